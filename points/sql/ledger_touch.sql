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

create or replace function ledger_expire(ids bigint[], ats timestamptz[]) returns bigint language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare moved_points bigint;
begin
    with due as materialized (
        select l.id, l.account_id, l.remaining, l.expires_at, a.last_number
        from unnest(ids, ats) as d(account_id, at)
        join points_account a on a.id = d.account_id
        -- offset 0 keeps the date inside the index scan: joined flat, every open lot of the account would be read
        cross join lateral (
            select o.id, o.account_id, o.remaining, o.expires_at from points_lot o
            where o.account_id = d.account_id and o.is_open and o.expires_at <= d.at and not o.is_pending offset 0
        ) l
    ), booked as (
        insert into points_posting (account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
        select account_id, last_number + row_number() over (partition by account_id order by expires_at), 'expire',
               -sum(remaining), sum(remaining), 'expire:' || min(id), expires_at, clock_timestamp(), 'clock', '[]'
        from due group by account_id, last_number, expires_at
        returning id, account_id, occurred_at
    ), moves as (
        insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
        select b.id, d.account_id, d.id, 'available', 'expired', d.remaining
        from due d join booked b on b.account_id = d.account_id and b.occurred_at = d.expires_at
    ), lots as (
        -- reserved points stay: a hold taken in time may be captured until its time-out
        update points_lot l set remaining = 0, is_open = false from due d where l.id = d.id
    ), accounts as (
        update points_account a
        set available = a.available - t.moved, last_number = a.last_number + t.postings
        from (select account_id, sum(remaining) as moved, count(distinct expires_at) as postings
              from due group by account_id) t
        where a.id = t.account_id
    )
    select coalesce(sum(remaining), 0) into moved_points from due;
    return moved_points;
end $$;

create or replace function ledger_touch(ids bigint[], ats timestamptz[]) returns void language plpgsql as $$
begin
    if exists (select from unnest(ids, ats) as d(account_id, at) cross join lateral (
                   select from points_lot l
                   where l.account_id = d.account_id and l.is_pending and l.available_at <= d.at limit 1) due) then
        perform ledger_mature(ids, ats);
    end if;
    if exists (select from unnest(ids, ats) as d(account_id, at) cross join lateral (
                   select from points_lot l
                   where l.account_id = d.account_id and l.is_open and l.expires_at <= d.at limit 1) due) then
        perform ledger_expire(ids, ats);
    end if;
end $$;
