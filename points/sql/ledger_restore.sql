-- Give back points that a posting redeemed: to the lots that were spent, latest-expiring first. A lot that has expired
-- meanwhile gets one successor that lasts until the grace of its first restore; later restores of that origin keep
-- its date, and expire at once when that has passed too. What comes back repays debt. A lot that was once expired is
-- expired for ever, also for whoever comes with a clock that is behind: no lot expires twice.
-- Answers a null posting when more would be given back than was redeemed. A repeat answers the first posting.

create or replace function ledger_restore(
    the_posting bigint, the_reference text, wanted bigint, grace_until timestamptz,
    the_moment timestamptz, the_time timestamptz, the_actor text, the_reasons jsonb)
returns table (posting_id bigint, number bigint, points bigint, is_repeat boolean,
               pending bigint, available bigint, held bigint, debt bigint)
language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare
    original points_posting; acc points_account; old points_posting; entry record; target points_lot;
    needed bigint := wanted; share bigint; repaid bigint := 0; lapsed bigint := 0; part bigint;
    is_past boolean; new_id bigint := nextval('points_posting_id_seq');
    lot_ids bigint[] := '{}'; sources text[] := '{}'; sinks text[] := '{}'; shares bigint[] := '{}';
    origins bigint[] := '{}';
begin
    select * into original from points_posting p where p.id = the_posting;
    perform ledger_lock(array[original.account_id]);
    perform ledger_touch(array[original.account_id], array[the_time]);
    select * into acc from points_account a where a.id = original.account_id;
    select * into old from points_posting p
        where p.account_id = acc.id and p.kind = 'restore' and p.reference = the_reference;
    if found then
        return query select old.id, old.number, old.points, true, acc.pending, acc.available, acc.held, acc.debt;
        return;
    end if;
    if original.moved < wanted
        + coalesce((select sum(p.moved) from points_posting p where p.reverses_id = the_posting), 0) then
        return query select null::bigint, null::bigint, null::bigint, false,
                            acc.pending, acc.available, acc.held, acc.debt;
        return;
    end if;

    -- First plan: how much goes to which lot, what of it expires at once, what repays debt.
    for entry in
        select l.id, l.origin_lot_id, l.expires_at, m.points - coalesce((
                   select sum(r.points) from points_movement r
                   join points_posting p on p.id = r.posting_id and p.reverses_id = the_posting
                   join points_lot t on t.id = r.lot_id
                   where r.from_bucket = 'redeemed' and l.id in (t.id, t.origin_lot_id)), 0) as open_points
        from points_movement m join points_lot l on l.id = m.lot_id
        where m.posting_id = the_posting and m.to_bucket = 'redeemed'
        order by l.expires_at desc nulls first, l.id desc
    loop
        exit when needed = 0;
        share := least(entry.open_points, needed);
        continue when share = 0;
        needed := needed - share;
        select * into target from points_lot l where l.id = entry.id;
        is_past := target.expires_at <= the_time or target.expired > 0;
        if is_past and target.origin_lot_id is null then
            select * into target from points_lot l where l.origin_lot_id = entry.id;
            if found then
                is_past := target.expires_at <= the_time or target.expired > 0;
            else
                target.id := nextval('points_lot_id_seq');
                target.expires_at := grace_until;
                origins := origins || array[target.id, entry.id];
                is_past := false;
            end if;
        end if;
        lot_ids := lot_ids || target.id;
        sources := sources || 'redeemed'::text;
        sinks := sinks || 'available'::text;
        shares := shares || share;
        if is_past then
            part := share;
            lapsed := lapsed + part;
            sinks := sinks || 'expired'::text;
        else
            part := least(share, acc.debt - repaid);
            repaid := repaid + part;
            sinks := sinks || 'debt'::text;
        end if;
        lot_ids := lot_ids || target.id;
        sources := sources || 'available'::text;
        shares := shares || part;
    end loop;

    insert into points_posting (id, account_id, number, kind, points, moved, reference, reverses_id, occurred_at,
                                booked_at, actor, reasons)
    values (new_id, acc.id, acc.last_number + 1, 'restore', wanted - lapsed, wanted, the_reference, the_posting,
            the_moment, clock_timestamp(), the_actor, the_reasons);
    insert into points_lot (id, account_id, posting_id, origin_lot_id, granted, remaining, available_at, expires_at,
                            is_pending, is_open)
    select origins[i], acc.id, new_id, origins[i + 1], 0, 0, least(the_time, grace_until - interval '1 microsecond'),
           grace_until, false, false
    from generate_series(1, cardinality(origins), 2) as i;
    insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
    select new_id, acc.id, s.lot_id, s.source, s.sink, s.points
    from unnest(lot_ids, sources, sinks, shares) with ordinality as s(lot_id, source, sink, points, step)
    where s.points > 0 order by s.step;
    update points_lot l
    set remaining = l.remaining + t.gain, is_open = l.remaining + t.gain > 0, expired = l.expired + t.expired
    from (select s.lot_id, sum(case when s.source = 'redeemed' then s.points else -s.points end) as gain,
                 coalesce(sum(s.points) filter (where s.sink = 'expired'), 0) as expired
          from unnest(lot_ids, sources, sinks, shares) as s(lot_id, source, sink, points) group by s.lot_id) t
    where l.id = t.lot_id;
    update points_account a
    set available = a.available + wanted - lapsed - repaid, debt = a.debt - repaid, last_number = a.last_number + 1
    where a.id = acc.id;
    return query select new_id, acc.last_number + 1, wanted - lapsed, false,
                        acc.pending, acc.available + wanted - lapsed - repaid, acc.held, acc.debt - repaid;
end $$;
