-- The member known by one identifier: 'number' (of a card, also one that was replaced), 'phone', 'email' or
-- 'external_id', in the form that is kept. On every sale, hence a function: its plan is made once.

create or replace function members_find(kind text, identifier text)
returns table (member_id bigint, uuid uuid, number text, status text, name text, language text, time_zone text,
               phone text, email text, external_id text, is_replaced boolean)
language plpgsql stable
rows 1 -- else whoever joins it plans for thousands, and a batch of receipts for billions of lines
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare who bigint; replaced boolean := false;
begin
    if kind = 'number' then
        select c.member_id, c.status = 'replaced' into who, replaced from members_card c where c.number = identifier;
    elsif kind = 'phone' then
        select m.id into who from members_member m where m.phone = identifier;
    elsif kind = 'email' then
        select m.id into who from members_member m where m.email = identifier;
    else
        select m.id into who from members_member m where m.external_id = identifier;
    end if;
    return query
    select m.id, m.uuid, m.number::text, m.status::text, m.name::text, m.language::text, m.time_zone::text,
           coalesce(m.phone, '')::text, coalesce(m.email, '')::text, coalesce(m.external_id, '')::text, replaced
    from members_member m where m.id = who;
end $$;
