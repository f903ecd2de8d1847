-- Accrue a batch: per item one posting, its lots, their movements, and the debt they repay. One sale is a batch of one.
-- batch: [{account, kind, reference, occurred_at, at, actor, reasons, lots: [{points, available_at, expires_at}]}]
-- An item whose (account, kind, reference) is already posted is a repeat: it moves nothing and answers the posting.

-- The booking itself, on accounts that the caller has opened in this transaction. One statement: its cost for a batch of
-- one is that of its nodes, so there are as few as may be.
create or replace function ledger_book(batch jsonb)
returns table (place bigint, posting_id bigint, account_id bigint, number bigint, points bigint, is_repeat boolean,
               pending bigint, available bigint, held bigint, debt bigint)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
begin
    return query
    with items as materialized (
        select x.*, a.pending, a.available, a.held, a.debt, p.id as old_id, p.number as old_number, p.points as old_points,
               case when p.id is null then nextval('points_posting_id_seq') end as new_id,
               a.last_number + count(*) filter (where p.id is null)
                   over (partition by x.account order by x.place rows unbounded preceding) as new_number
        from rows from (jsonb_to_recordset(batch)
            as (account bigint, kind text, reference text, occurred_at timestamptz, at timestamptz, actor text,
                reasons jsonb, lots jsonb)) with ordinality
            as x(account, kind, reference, occurred_at, at, actor, reasons, lots, place)
        join points_account a on a.id = x.account
        left join points_posting p on p.account_id = x.account and p.kind = x.kind and p.reference = x.reference
    ), shares as materialized (
        -- what is usable at once repays debt, first come first
        select i.account, i.new_id, nextval('points_lot_id_seq') as lot_id, l.points, l.available_at, l.expires_at,
               l.available_at > i.at as is_pending,
               case when i.debt = 0 or l.available_at > i.at then 0
                   else least(l.points, greatest(0, i.debt - (sum(l.points) filter (where l.available_at <= i.at)
                       over (partition by i.account order by i.place, l.place rows unbounded preceding) - l.points)))
               end as repaid
        from items i
        cross join lateral rows from (jsonb_to_recordset(i.lots)
            as (points bigint, available_at timestamptz, expires_at timestamptz)) with ordinality
            as l(points, available_at, expires_at, place)
        where i.old_id is null
    ), sums as materialized (
        select s.account, s.new_id, sum(s.points)::bigint as points, sum(s.repaid)::bigint as repaid,
               coalesce(sum(s.points) filter (where s.is_pending), 0)::bigint as later
        from shares s group by s.account, s.new_id
    ), booked as (
        insert into points_posting (id, account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
        select i.new_id, i.account, i.new_number, i.kind, t.points, t.points, i.reference, i.occurred_at,
               clock_timestamp(), i.actor, i.reasons
        from items i join sums t on t.new_id = i.new_id
    ), lots as (
        insert into points_lot (id, account_id, posting_id, granted, remaining, available_at, expires_at, is_pending, is_open)
        select s.lot_id, s.account, s.new_id, s.points, s.points - s.repaid, s.available_at, s.expires_at,
               s.is_pending, s.points > s.repaid
        from shares s
    ), moves as (
        insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
        select s.new_id, s.account, s.lot_id, 'issued', case when s.is_pending then 'pending' else 'available' end, s.points
        from shares s
        union all
        select s.new_id, s.account, s.lot_id, 'available', 'debt', s.repaid from shares s where s.repaid > 0
    ), accounts as (
        update points_account a
        set pending = a.pending + t.later, available = a.available + t.points - t.later - t.repaid,
            debt = a.debt - t.repaid, last_number = a.last_number + t.postings
        from (select s.account, sum(s.points) as points, sum(s.later) as later, sum(s.repaid) as repaid,
                     count(*) as postings
              from sums s group by s.account) t
        where a.id = t.account
        returning a.id, a.pending, a.available, a.held, a.debt
    )
    select i.place, coalesce(i.old_id, i.new_id), i.account, coalesce(i.old_number, i.new_number),
           coalesce(i.old_points, t.points), i.old_id is not null, coalesce(u.pending, i.pending),
           coalesce(u.available, i.available), coalesce(u.held, i.held), coalesce(u.debt, i.debt)
    from items i
    left join sums t on t.new_id = i.new_id
    left join accounts u on u.id = i.account
    order by i.place;
end $$;

-- The same for accounts that nobody has opened yet.
create or replace function ledger_accrue(batch jsonb)
returns table (place bigint, posting_id bigint, account_id bigint, number bigint, points bigint, is_repeat boolean,
               pending bigint, available bigint, held bigint, debt bigint)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare ids bigint[]; moments timestamptz[];
begin
    select array_agg(i.account), array_agg(i.at) into ids, moments
    from (select x.account, max(x.at) as at
          from jsonb_to_recordset(batch) as x(account bigint, at timestamptz) group by 1 order by 1) i;
    perform ledger_lock(ids);
    perform ledger_touch(ids, moments);
    return query select * from ledger_book(batch);
end $$;
