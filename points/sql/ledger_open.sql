-- Open and lock the accounts of these members and point types, in id order, and bring each to its moment.
-- Every verb begins here: the account row is the only lock. Allocation happens in later statements, because under
-- READ COMMITTED a statement that waited for the lock still sees what was there before it waited.

create or replace function ledger_lock(ids bigint[]) returns void language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
begin
    perform from points_account where id = any(ids) order by id for no key update;
end $$;

do $$
begin
    if to_regtype('ledger_opened') is null then
        create type ledger_opened as (account_id bigint, member_id bigint, point_type_id bigint, pending bigint,
                                      available bigint, held bigint, debt bigint, last_number bigint);
    end if;
end $$;

create or replace function ledger_open(members bigint[], types bigint[], ats timestamptz[])
returns setof ledger_opened
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare ids bigint[]; moments timestamptz[]; wanted bigint := cardinality(members);
begin
    select array_agg(a.id order by a.id), array_agg(w.at order by a.id) into ids, moments
    from unnest(members, types, ats) as w(member_id, type_id, at)
    join points_account a on a.member_id = w.member_id and a.point_type_id = w.type_id;

    if coalesce(cardinality(ids), 0) < wanted then
        insert into points_account (member_id, point_type_id)
        select distinct w.member_id, w.type_id from unnest(members, types) as w(member_id, type_id) order by 1, 2
        on conflict do nothing;
        select array_agg(a.id order by a.id), array_agg(w.at order by a.id) into ids, moments
        from unnest(members, types, ats) as w(member_id, type_id, at)
        join points_account a on a.member_id = w.member_id and a.point_type_id = w.type_id;
    end if;

    perform ledger_lock(ids);
    perform ledger_touch(ids, moments);
    return query select a.id, a.member_id, a.point_type_id, a.pending, a.available, a.held, a.debt, a.last_number
                 from points_account a where a.id = any(ids) order by a.id;
end $$;
