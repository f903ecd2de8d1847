-- A year's qualifying days of each member, so many as purchases were asked for.
insert into tiers_qualifyingday (member_id, day, amount, points, purchases)
select 1 + (random() * (:members - 1))::bigint, current_date - (random() * 400)::int, 5 + (random() * 95)::int, 5, 1
from generate_series(1, :purchases) i
on conflict do nothing
