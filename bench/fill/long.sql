-- Member 1 has 100,000 postings, each with an open lot of its own, over a year; member 2 has ten.
create temporary table drawn as
    select i, case when i <= 100000 then 1 else 2 end as account, timestamptz '2025-06-02' + i * interval '5 minutes' as at
    from generate_series(1, 100010) i;
insert into points_posting (id, account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
    select i, account, row_number() over (partition by account order by i), 'accrue', 20, 20, 'purchase:' || i, at, at, 'till:B/1', '[]'
    from drawn;
insert into points_lot (id, account_id, posting_id, granted, remaining, reserved, available_at, expires_at, is_pending, is_open)
    select i, account, i, 20, 20, 0, at, at + interval '2 years', false, true from drawn;
insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
    select i, account, i, 'issued', 'available', 20 from drawn;
select setval(pg_get_serial_sequence('points_posting', 'id'), 100010);
select setval(pg_get_serial_sequence('points_lot', 'id'), 100010);
update points_account a set available = t.points, last_number = t.postings
    from (select account, 20 * count(*) as points, count(*) as postings from drawn group by 1) t where a.id = t.account;
insert into tiers_qualifyingday (member_id, day, amount, points, purchases)
    select account, at::date, sum(20), sum(20), count(*) from drawn group by 1, 2;
drop table drawn
