-- Whether a member said no to marketing and yes to none: then not even the inbox is used for it.
create or replace function members_refuses_marketing(in_member bigint) returns boolean
    language sql stable parallel safe as $$
    select coalesce(bool_or(not said.granted) and not bool_or(said.granted), false)
    from (
        select distinct on (channel) granted from members_consent
        where member_id = in_member and purpose = 'marketing' order by channel, id desc
    ) said
$$;
