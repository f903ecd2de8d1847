-- As the floor's lots: each of a random member, one in ten past its day on 2026-06-01. Each has its own posting.
select setseed(0.42);
create temporary table drawn as
    select i, 1 + (random() * (:members - 1))::bigint as account, 50 + (random() * 100)::int as points, random() as r
    from generate_series(1, :lots) i;
insert into points_posting (id, account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
    select i, account, row_number() over (partition by account order by i), 'accrue', points, points, 'purchase:' || i,
           timestamptz '2025-06-01', timestamptz '2025-06-01', 'till:B/1', '[]'
    from drawn;
insert into points_lot (id, account_id, posting_id, granted, remaining, reserved, available_at, expires_at, is_pending, is_open)
    select i, account, i, points, points, 0, timestamptz '2025-06-01',
           case when r < 0.1 then timestamptz '2026-06-01' else timestamptz '2026-06-02' + (random() * 363)::int * interval '1 day' end,
           false, true
    from drawn;
insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
    select i, account, i, 'issued', 'available', points from drawn;
select setval(pg_get_serial_sequence('points_posting', 'id'), :lots);
select setval(pg_get_serial_sequence('points_lot', 'id'), :lots);
update points_account a set available = t.points, last_number = t.postings
    from (select account, sum(points) as points, count(*) as postings from drawn group by 1) t where a.id = t.account;
drop table drawn
