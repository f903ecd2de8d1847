-- One chunk of a sweep: what fell due by UNTIL, soonest first, after the place where the last chunk ended. Accounts are
-- locked first, by id; those that a sale holds at the moment are passed over, unless the sweep WAITS for them. Answers
-- accounts and points swept (null: nothing was due there), and where the chunk ended (null: nothing lies beyond).
-- A sweep only tidies, so that its commit need not reach the disk: what a crash takes back is swept again.

create or replace function ledger_mature_chunk(
    after_at timestamptz, after_account bigint, until timestamptz, size int, waits boolean,
    out accounts bigint, out points bigint, out last_at timestamptz, out last_account bigint)
language plpgsql
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare owners bigint[];
begin
    perform set_config('synchronous_commit', 'off', true);
    select array_agg(d.account_id order by d.available_at, d.account_id), max(d.available_at) into owners, last_at
    from (
        select l.available_at, l.account_id from points_lot l
        where l.is_pending and l.available_at <= until and (l.available_at, l.account_id) > (after_at, after_account)
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
    after_at timestamptz, after_account bigint, until timestamptz, size int, waits boolean,
    out accounts bigint, out points bigint, out last_at timestamptz, out last_account bigint)
language plpgsql
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare lots bigint[]; places tid[]; owners bigint[]; amounts bigint[]; locked bigint[]; is_last boolean;
begin
    perform set_config('synchronous_commit', 'off', true);
    -- Where it ends, out of the index alone: whole accounts, as what one loses at one moment is one posting.
    select l.expires_at, l.account_id into last_at, last_account from points_lot l
    where l.is_open and l.expires_at <= until and (l.expires_at, l.account_id) > (after_at, after_account)
    order by l.expires_at, l.account_id offset size - 1 limit 1;
    is_last := not found;
    if is_last then
        last_at := until;
        last_account := 9223372036854775807;
    end if;
    select f.lots, f.places, f.owners, f.amounts into lots, places, owners, amounts
    from ledger_expiring(after_at, after_account, last_at, last_account) f;
    if lots is not null then
        locked := ledger_lock_free(owners, waits);
        select array_agg(d.id), array_agg(d.place), array_agg(d.owner), array_agg(d.amount)
        into lots, places, owners, amounts
        from unnest(lots, places, owners, amounts) as d(id, place, owner, amount) where d.owner = any(locked);
        select e.accounts, e.points into accounts, points from ledger_expire_lots(lots, places, owners, amounts) e;
    elsif is_last then
        last_at := null;
    end if;
end $$;

-- The lots that expire after one place up to another, with where they lie and what they hold. They are read in the order
-- in which they lie, ahead of need: one by one, in the order of their accounts, most of a sweep would be waiting for them.
create or replace function ledger_expiring(
    after_at timestamptz, after_account bigint, last_at timestamptz, last_account bigint,
    out lots bigint[], out places tid[], out owners bigint[], out amounts bigint[])
language plpgsql
set enable_seqscan = off set enable_indexscan = off
as $$
begin
    select array_agg(l.id), array_agg(l.ctid), array_agg(l.account_id), array_agg(l.remaining)
    into lots, places, owners, amounts
    from points_lot l
    where l.is_open and not l.is_pending
      and (l.expires_at, l.account_id) > (after_at, after_account)
      and (l.expires_at, l.account_id) <= (last_at, last_account);
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
