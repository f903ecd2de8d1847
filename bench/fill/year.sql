-- As the floor's purchases: 400 days up to 2026-06-01, five to a hundred points each, every other one a hundred more.
select setseed(0.42);
update tiers_scheme set basis = 'points';
insert into tiers_qualifyingday (member_id, day, amount, points, purchases)
    select member, day, sum(points), sum(points), count(*)
    from (select 1 + (random() * (:members - 1))::bigint as member, (5 + (random() * 95)::int + (i % 2) * 100) as points,
                 (timestamptz '2026-06-01' - (random() * 400) * interval '1 day')::date as day
          from generate_series(1, :purchases) i) drawn
    group by member, day
