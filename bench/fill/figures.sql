-- Purchases of 400 days up to yesterday in order of time, each of a random member, with two lines, a settlement, an accrual
-- of its own, its lot and its movement.
select setseed(0.42);
create temporary table drawn as
    select i, 1 + (random() * (:members - 1))::bigint as member, 5 + (random() * 95)::int as amount,
           date_trunc('day', now()) - interval '400 days' + i * (interval '400 days' / :purchases) as at
    from generate_series(1, :purchases) i;
insert into sales_purchase (id, uuid, store_id, terminal_id, business_on, number, member_id, amount, currency, channel, cashier,
                            claim_code, content_hash, occurred_at, recorded_at)
    select i, gen_random_uuid(), 1, 1, at::date, i::text, member, amount, 'GBP', 'store', '', i::text, '', at, at
    from drawn order by drawn.i;
insert into points_posting (id, account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
    select i, member, row_number() over (partition by member order by i), 'accrue', amount, amount, 'purchase:' || i, at, at,
           'till:B/1', '[]'
    from drawn order by drawn.i;
insert into points_lot (id, account_id, posting_id, granted, remaining, reserved, available_at, expires_at, is_pending, is_open)
    select i, member, i, amount, amount, 0, at, at + interval '2 years', false, true from drawn order by drawn.i;
insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
    select i, member, i, 'issued', 'available', amount from drawn order by drawn.i;
insert into pos_settlement (purchase_id, point_type_id, posting_id, context)
    select i, 1, i, '{}' from drawn order by drawn.i;
select setval(pg_get_serial_sequence('sales_purchase', 'id'), :purchases);
select setval(pg_get_serial_sequence('points_posting', 'id'), :purchases);
select setval(pg_get_serial_sequence('points_lot', 'id'), :purchases);
update points_account a set available = t.points, last_number = t.postings
    from (select member, sum(amount) as points, count(*) as postings from drawn group by 1) t where a.id = t.member;
drop table drawn
