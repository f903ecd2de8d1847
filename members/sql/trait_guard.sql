-- A trait never changes: it ends once. So that what was known about a member at a moment can be told later.

create or replace function members_trait_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'members_trait: % refused', lower(tg_op) using errcode = 'restrict_violation',
        hint = 'A trait ends once, and another one begins.';
end $$;

create trigger members_trait_fixed before update of id, member_id, name, value, valid_from
    on members_trait for each row execute function members_trait_refuse_change();
create trigger members_trait_ended before update on members_trait
    for each row when (old.valid_to is not null) execute function members_trait_refuse_change();
