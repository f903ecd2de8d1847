-- One chunk of a sweep: what fell due by UNTIL, soonest first, after the place where the last chunk ended. Accounts are
-- locked first, by id; those that a sale holds at the moment are passed over, unless the sweep WAITS for them. Of PARTS
-- sweeps side by side each takes the accounts whose id leaves its PART: none meets another's. Answers accounts and points
-- swept, and where the chunk ended: nothing, when nothing more is due.
-- A sweep only tidies, so that its commit need not reach the disk: what a crash takes back is swept again.

create or replace function ledger_mature_chunk(
    after_at timestamptz, after_account bigint, until timestamptz, size int, waits boolean, part int, parts int,
    out accounts bigint, out points bigint, out last_at timestamptz, out last_account bigint)
language plpgsql
set enable_seqscan = off set random_page_cost = 1.1
set enable_bitmapscan = off -- in the index's order, which ends with the chunk
as $$
declare owners bigint[];
begin
    perform set_config('synchronous_commit', 'off', true);
    select array_agg(d.account_id order by d.available_at, d.account_id), max(d.available_at) into owners, last_at
    from (
        select l.available_at, l.account_id from points_lot l
        where l.is_pending and l.available_at <= until and (l.available_at, l.account_id) > (after_at, after_account)
          and l.account_id % parts = part
        order by l.available_at, l.account_id limit size
    ) d;
    if owners is null then
        return;
    end if;
    last_account := owners[cardinality(owners)];
    owners := ledger_lock_free(owners, waits);
    accounts := cardinality(owners);
    points := ledger_mature(owners, array_fill(until, array[accounts::int]));
end $$;

create or replace function ledger_expire_chunk(
    after_at timestamptz, after_account bigint, until timestamptz, size int, waits boolean, part int, parts int,
    out accounts bigint, out points bigint, out last_at timestamptz, out last_account bigint)
language plpgsql
set plan_cache_mode = force_custom_plan -- a long array is searched by hashing only where the plan knows it
set enable_seqscan = off set random_page_cost = 1.1
set enable_bitmapscan = off -- in the index's order, which ends with the chunk
as $$
declare lots bigint[]; places tid[]; owners bigint[]; amounts bigint[]; locked bigint[];
begin
    perform set_config('synchronous_commit', 'off', true);
    select array_agg(d.id), array_agg(d.ctid), array_agg(d.account_id), array_agg(d.remaining), max(d.expires_at)
    into lots, places, owners, amounts, last_at
    from (
        select l.id, l.ctid, l.account_id, l.remaining, l.expires_at from points_lot l
        where l.is_open and not l.is_pending and l.expires_at <= until
          and (l.expires_at, l.account_id) > (after_at, after_account) and l.account_id % parts = part
        -- with ties: what an account loses at one moment is one posting
        order by l.expires_at, l.account_id fetch first (size) rows with ties
    ) d;
    if lots is null then
        return;
    end if;
    last_account := owners[cardinality(owners)];
    locked := ledger_lock_free(owners, waits);
    select array_agg(d.id), array_agg(d.place), array_agg(d.owner), array_agg(d.amount) into lots, places, owners, amounts
    from unnest(lots, places, owners, amounts) as d(id, place, owner, amount) where d.owner = any(locked);
    select e.accounts, e.points into accounts, points from ledger_expire_lots(lots, places, owners, amounts) e;
end $$;

-- Lock those of these accounts that nobody holds, or all of them, in id order. Answers the ids.
create or replace function ledger_lock_free(ids bigint[], waits boolean) returns bigint[] language plpgsql
set plan_cache_mode = force_custom_plan
set enable_seqscan = off set random_page_cost = 1.1
as $$
begin
    if waits then
        return array(select a.id from points_account a where a.id = any(ids) order by a.id for no key update);
    end if;
    return array(select a.id from points_account a where a.id = any(ids) order by a.id for no key update skip locked);
end $$;
