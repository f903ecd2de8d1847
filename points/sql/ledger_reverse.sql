-- Take back points that a posting accrued: from its own lots (pending, then available, then what of them expired
-- meanwhile, which costs the member nothing), then from the member's other available lots, soonest-expiring first,
-- never held ones; the rest becomes debt. Answers a null posting when more would be taken back than was accrued.
-- A repeat of (account, reverse, reference) answers the first posting.

create or replace function ledger_reverse(
    the_posting bigint, the_reference text, wanted bigint,
    the_moment timestamptz, the_time timestamptz, the_actor text, the_reasons jsonb)
returns table (posting_id bigint, number bigint, points bigint, is_repeat boolean,
               pending bigint, available bigint, held bigint, debt bigint)
language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare
    original points_posting; acc points_account; old points_posting; entry record; own bigint[];
    needed bigint := wanted; share bigint; taken bigint[] := array[0, 0, 0]; -- pending, available, expired
    lot_ids bigint[] := '{}'; sources text[] := '{}'; shares bigint[] := '{}'; new_id bigint;
begin
    select * into original from points_posting p where p.id = the_posting;
    perform ledger_lock(array[original.account_id]);
    perform ledger_touch(array[original.account_id], array[the_time]);
    select * into acc from points_account a where a.id = original.account_id;
    select * into old from points_posting p
        where p.account_id = acc.id and p.kind = 'reverse' and p.reference = the_reference;
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

    select array_agg(m.lot_id) into own from points_movement m
        where m.posting_id = the_posting and m.from_bucket = 'issued';
    own := own || array(select l.id from points_lot l where l.origin_lot_id = any(own));

    for entry in
        select l.id, 1 as bucket, l.remaining as points, l.expires_at
        from points_lot l where l.id = any(own) and l.is_pending
        union all
        select l.id, 2, l.remaining, l.expires_at from points_lot l where l.id = any(own) and l.is_open and not l.is_pending
        union all
        select l.id, 3, l.expired, l.expires_at from points_lot l where l.id = any(own) and l.expired > 0
        order by 2, 4, 1
    loop
        exit when needed = 0;
        share := least(entry.points, needed);
        continue when share = 0;
        lot_ids := lot_ids || entry.id;
        sources := sources || (array['pending', 'available', 'expired'])[entry.bucket];
        shares := shares || share;
        taken[entry.bucket] := taken[entry.bucket] + share;
        needed := needed - share;
    end loop;
    if needed > 0 and acc.available > taken[2] then
        for entry in
            select l.id, l.remaining from points_lot l
            where l.account_id = acc.id and l.is_open and not l.is_pending and l.id <> all(own)
            order by l.expires_at, l.id
        loop
            share := least(entry.remaining, needed);
            lot_ids := lot_ids || entry.id;
            sources := sources || 'available'::text;
            shares := shares || share;
            taken[2] := taken[2] + share;
            needed := needed - share;
            exit when needed = 0;
        end loop;
    end if;
    if needed > 0 then
        lot_ids := lot_ids || null::bigint;
        sources := sources || 'debt'::text;
        shares := shares || needed;
    end if;

    insert into points_posting (account_id, number, kind, points, moved, reference, reverses_id, occurred_at, booked_at,
                                actor, reasons)
    values (acc.id, acc.last_number + 1, 'reverse', taken[3] - wanted, wanted, the_reference, the_posting, the_moment,
            clock_timestamp(), the_actor, the_reasons)
    returning id into new_id;
    insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
    select new_id, acc.id, s.lot_id, s.source, 'reversed', s.points
    from unnest(lot_ids, sources, shares) with ordinality as s(lot_id, source, points, step) order by s.step;
    update points_lot l
    set remaining = l.remaining - s.points, is_open = l.remaining > s.points,
        is_pending = l.is_pending and l.remaining > s.points, expired = l.expired - s.expired
    from (select x.lot_id, coalesce(sum(x.points) filter (where x.source <> 'expired'), 0) as points,
                 coalesce(sum(x.points) filter (where x.source = 'expired'), 0) as expired
          from unnest(lot_ids, sources, shares) as x(lot_id, source, points) group by x.lot_id) s
    where l.id = s.lot_id;
    update points_account a
    set pending = a.pending - taken[1], available = a.available - taken[2], debt = a.debt + needed,
        last_number = a.last_number + 1
    where a.id = acc.id;
    return query select new_id, acc.last_number + 1, taken[3] - wanted, false,
                        acc.pending - taken[1], acc.available - taken[2], acc.held, acc.debt + needed;
end $$;
