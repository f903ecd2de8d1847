-- What the qualifying days say, without regard to what is held.

-- The rungs from the lowest (step 0) to the highest, without gaps.
create or replace function tiers_ladder() returns table (tier_id bigint, step int, rank int, threshold numeric)
language sql stable as $$
    select t.id, (row_number() over (order by t.rank))::int - 1, t.rank::int, t.threshold from tiers_tier t
$$;

-- What one day counts in the scheme's basis.
create or replace function tiers_value(basis text, amount numeric, points bigint, purchases int)
returns numeric language sql immutable parallel safe as $$
    select case basis when 'amount' then amount when 'points' then points::numeric else purchases::numeric end
$$;

-- For each rung that the member's days reach on any date from SINCE on: the first date after the last such date.
-- Each day enters the window and leaves it again; in between, the total of the window does not change.
create or replace function tiers_lapses(who bigint, since date) returns table (step int, lapses_on date)
language sql stable as $$
    select l.step, max(w.until)
    from (
        select sum(sum(e.value)) over (order by e.day) as total, lead(e.day) over (order by e.day) as until
        from tiers_scheme c
        join tiers_qualifyingday q
            on q.member_id = who and q.day >= tiers_window_start(since, c."window", c.months)
        cross join lateral (values
            (greatest(q.day, since), tiers_value(c.basis, q.amount, q.points, q.purchases)),
            (tiers_leaves_on(q.day, c."window", c.months), -tiers_value(c.basis, q.amount, q.points, q.purchases))
        ) as e(day, value)
        group by e.day
    ) w
    join tiers_ladder() l on l.step > 0 and l.threshold <= w.total
    group by l.step
$$;

-- The rungs from LOWEST to HIGHEST with the dates of a standing there, given when each of STEPS lapses. Who lets a
-- higher rung run out lands on the one below. What is given (up to GIVEN_STEP) lasts at least until GIVEN_UNTIL.
create or replace function tiers_rungs(lowest int, highest int, steps int[], lapses date[],
                                       given_step int, given_until date)
returns table (step int, tier_id bigint, lapses_on date, valid_until date) language sql stable as $$
    select l.step, l.tier_id, x.lapses_on,
           case when l.step > 0 then greatest(tiers_valid_until(x.lapses_on),
                                              case when given_step >= l.step then given_until end) end
    from tiers_ladder() l
    cross join lateral (
        select max(tiers_lapses_after(a.lapses_on, a.step - l.step)) as lapses_on
        from unnest(steps, lapses) as a(step, lapses_on)
        where l.step > 0 and a.step between l.step and highest
    ) x
    where l.step between lowest and highest
$$;
