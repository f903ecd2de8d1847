-- Touch: mature, then expire, what is due on accounts that the caller has locked. Time decides, not the sweep.
-- ids and ats run in parallel: account, and the moment to which it is brought. A repeat changes nothing.

create or replace function ledger_mature(ids bigint[], ats timestamptz[]) returns bigint language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare moved_points bigint;
begin
    with due as materialized (
        select l.id, l.account_id, l.remaining, l.available_at, l.expires_at, a.debt, a.last_number,
               sum(l.remaining) over (partition by l.account_id order by l.available_at, l.expires_at, l.id) as up_to
        from unnest(ids, ats) as d(account_id, at)
        join points_account a on a.id = d.account_id
        cross join lateral (
            select o.id, o.account_id, o.remaining, o.available_at, o.expires_at from points_lot o
            where o.account_id = d.account_id and o.is_pending and o.available_at <= d.at offset 0
        ) l
    ), shares as materialized (
        select *, least(remaining, greatest(0, debt - (up_to - remaining))) as repaid from due
    ), booked as (
        insert into points_posting (account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
        select account_id, last_number + row_number() over (partition by account_id order by available_at), 'mature',
               0, sum(remaining), 'mature:' || min(id), available_at, clock_timestamp(), 'clock', '[]'
        from shares group by account_id, last_number, available_at
        returning id, account_id, number, occurred_at
    ), moves as (
        insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
        select b.id, s.account_id, s.id, m.from_bucket, m.to_bucket, m.points
        from shares s
        join booked b on b.account_id = s.account_id and b.occurred_at = s.available_at
        cross join lateral (values (1, 'pending', 'available', s.remaining), (2, 'available', 'debt', s.repaid))
            as m(step, from_bucket, to_bucket, points)
        where m.points > 0 order by b.id, s.id, m.step
    ), lots as (
        update points_lot l
        set is_pending = false, remaining = l.remaining - s.repaid, is_open = l.remaining > s.repaid
        from shares s where l.id = s.id
    ), accounts as (
        update points_account a
        set pending = a.pending - t.moved, available = a.available + t.moved - t.repaid, debt = a.debt - t.repaid,
            last_number = a.last_number + t.postings
        from (select account_id, sum(remaining) as moved, sum(repaid) as repaid, count(distinct available_at) as postings
              from shares group by account_id) t
        where a.id = t.account_id
    )
    select coalesce(sum(remaining), 0) into moved_points from shares;
    return moved_points;
end $$;

-- Expire these lots whole, each where it lies and with what it held when it was read: a lot that changed since then is
-- passed over. Per account and moment one posting. The caller has locked the accounts. Answers accounts and points.
create or replace function ledger_expire_lots(
    lots bigint[], places tid[], owners bigint[], amounts bigint[], out accounts bigint, out points bigint)
language plpgsql
set plan_cache_mode = force_custom_plan -- one lot at the till, thousands in a sweep: the arrays' lengths choose the plan
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare moments timestamptz[];
begin
    with gone as (
        -- reserved points stay: a hold taken in time may be captured until its time-out
        update points_lot l set remaining = 0, is_open = false, expired = l.expired + d.amount
        from unnest(lots, places, owners, amounts) as d(id, place, owner, amount)
        where l.ctid = d.place and l.id = d.id and l.is_open and not l.is_pending and l.remaining = d.amount
        returning l.id, l.account_id, l.expires_at, d.amount
    )
    select array_agg(g.id), array_agg(g.account_id), array_agg(g.expires_at), array_agg(g.amount)
    into lots, owners, moments, amounts from gone g;

    with gone as materialized (
        select * from unnest(lots, owners, moments, amounts) as g(id, account_id, expires_at, amount)
    ), due as materialized (
        select g.account_id, g.expires_at, sum(g.amount) as amount, min(g.id) as first_lot,
               nextval('points_posting_id_seq') as posting_id,
               row_number() over (partition by g.account_id order by g.expires_at) as step
        from gone g group by g.account_id, g.expires_at
    ), changed as (
        update points_account a
        set available = a.available - t.amount, last_number = a.last_number + t.postings
        from (select d.account_id, sum(d.amount) as amount, count(*) as postings from due d group by d.account_id) t
        where a.id = t.account_id
        returning a.id, a.last_number - t.postings as number, t.amount
    ), booked as (
        insert into points_posting (id, account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor,
                                    reasons)
        select d.posting_id, d.account_id, c.number + d.step, 'expire', -d.amount, d.amount, 'expire:' || d.first_lot,
               d.expires_at, clock_timestamp(), 'clock', '[]'
        from due d join changed c on c.id = d.account_id
    ), moves as (
        insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
        select d.posting_id, g.account_id, g.id, 'available', 'expired', g.amount
        from gone g join due d on d.account_id = g.account_id and d.expires_at = g.expires_at
    )
    select count(*), coalesce(sum(c.amount), 0) into accounts, points from changed c;
end $$;

create or replace function ledger_expire(ids bigint[], ats timestamptz[]) returns bigint language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare lots bigint[]; places tid[]; owners bigint[]; amounts bigint[];
begin
    select array_agg(l.id), array_agg(l.ctid), array_agg(l.account_id), array_agg(l.remaining)
    into lots, places, owners, amounts
    from unnest(ids, ats) as d(account_id, at)
    -- offset 0 keeps the date inside the index scan: joined flat, every open lot of the account would be read
    cross join lateral (
        select o.ctid, o.id, o.account_id, o.remaining from points_lot o
        where o.account_id = d.account_id and o.is_open and o.expires_at <= d.at and not o.is_pending offset 0
    ) l;
    return (select e.points from ledger_expire_lots(lots, places, owners, amounts) e);
end $$;

create or replace function ledger_touch(ids bigint[], ats timestamptz[]) returns void language plpgsql as $$
declare is_ripe boolean; is_over boolean;
begin
    select bool_or(exists (select from points_lot l
                           where l.account_id = d.account_id and l.is_pending and l.available_at <= d.at)),
           bool_or(exists (select from points_lot l
                           where l.account_id = d.account_id and l.is_open and l.expires_at <= d.at))
    into is_ripe, is_over from unnest(ids, ats) as d(account_id, at);
    if is_ripe then
        perform ledger_mature(ids, ats);
    end if;
    if is_over then
        perform ledger_expire(ids, ats);
    end if;
end $$;
