-- Accrue a batch: per item one posting, its lots, their movements, and the debt they repay. One sale is a batch of one.
-- batch: [{account, kind, reference, occurred_at, at, actor, reasons, lots: [{points, available_at, expires_at}]}]
-- An item whose (account, kind, reference) is already posted is a repeat: it moves nothing and answers the posting.

create or replace function ledger_accrue(batch jsonb)
returns table (posting_id bigint, account_id bigint, number bigint, reference text, points bigint, is_repeat boolean,
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

    return query
    with items as materialized (
        select x.*, a.debt as owed, a.last_number, p.id as posted_id
        from rows from (jsonb_to_recordset(batch)
            as (account bigint, kind text, reference text, occurred_at timestamptz, at timestamptz, actor text,
                reasons jsonb, lots jsonb)) with ordinality
            as x(account, kind, reference, occurred_at, at, actor, reasons, lots, position)
        join points_account a on a.id = x.account
        left join points_posting p on p.account_id = x.account and p.kind = x.kind and p.reference = x.reference
    ), fresh as materialized (
        select i.*, nextval('points_posting_id_seq') as new_id,
               i.last_number + row_number() over (partition by i.account order by i.position) as new_number
        from items i where i.posted_id is null
    ), grants as materialized (
        select f.account, f.position, f.new_id, f.owed, nextval('points_lot_id_seq') as lot_id,
               l.points, l.available_at, l.expires_at, l.available_at > f.at as is_pending
        from fresh f cross join jsonb_to_recordset(f.lots) as l(points bigint, available_at timestamptz, expires_at timestamptz)
    ), shares as materialized (
        -- what is usable at once repays debt, first come first
        select g.*, case when g.is_pending or g.owed = 0 then 0
            else least(g.points, greatest(0, g.owed - (sum(g.points) filter (where not g.is_pending)
                over (partition by g.account order by g.position, g.lot_id) - g.points))) end as repaid
        from grants g
    ), booked as (
        insert into points_posting (id, account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
        select f.new_id, f.account, f.new_number, f.kind, t.points, t.points, f.reference, f.occurred_at,
               clock_timestamp(), f.actor, f.reasons
        from fresh f join (select s.new_id, sum(s.points) as points from shares s group by s.new_id) t using (new_id)
    ), lots as (
        insert into points_lot (id, account_id, posting_id, granted, remaining, available_at, expires_at, is_pending, is_open)
        select s.lot_id, s.account, s.new_id, s.points, s.points - s.repaid, s.available_at, s.expires_at,
               s.is_pending, s.points > s.repaid
        from shares s
    ), moves as (
        insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
        select s.new_id, s.account, s.lot_id, m.from_bucket, m.to_bucket, m.points
        from shares s
        cross join lateral (values
            (1, 'issued', case when s.is_pending then 'pending' else 'available' end, s.points),
            (2, 'available', 'debt', s.repaid)) as m(step, from_bucket, to_bucket, points)
        where m.points > 0 order by s.lot_id, m.step
    ), changes as (
        select s.account, sum(s.points) filter (where s.is_pending) as to_pending,
               sum(s.points) filter (where not s.is_pending) as to_available, sum(s.repaid) as repaid,
               count(distinct s.new_id) as postings
        from shares s group by s.account
    ), accounts as (
        update points_account a
        set pending = a.pending + coalesce(c.to_pending, 0),
            available = a.available + coalesce(c.to_available, 0) - c.repaid,
            debt = a.debt - c.repaid, last_number = a.last_number + c.postings
        from changes c where a.id = c.account
        returning a.id, a.pending, a.available, a.held, a.debt
    )
    select coalesce(i.posted_id, f.new_id), i.account, coalesce(f.new_number, old.number), i.reference::text,
           coalesce((select sum(s.points)::bigint from shares s where s.new_id = f.new_id), old.points),
           i.posted_id is not null,
           coalesce(u.pending, a.pending), coalesce(u.available, a.available), coalesce(u.held, a.held),
           coalesce(u.debt, a.debt)
    from items i
    join points_account a on a.id = i.account
    left join fresh f on f.position = i.position
    left join points_posting old on old.id = i.posted_id
    left join accounts u on u.id = i.account
    order by i.position;
end $$;
