-- What members hold at their moments: as it is written down, or, where that has run out, what it has come to.
-- A null moment means as written down. Members without a row hold the lowest rung.
create or replace function tiers_standings(members bigint[], ats timestamptz[])
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date)
language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
#variable_conflict use_column
declare many int; todays date[];
begin
    return query
    select m.member_id, t.id, t.code::text, t.rank::int, t.multiplier, s.since_on, s.lapses_on, s.valid_until
    from unnest(members, ats) as m(member_id, at)
    left join core_programme p on true
    left join tiers_standing s on s.member_id = m.member_id
    join tiers_tier t on t.id = coalesce(s.tier_id, (select l.id from tiers_tier l order by l.rank limit 1))
    where (s.valid_until < tiers_date(m.at, p.time_zone, p.day_ends_at)) is not true;

    get diagnostics many = row_count;
    if many < cardinality(members) then
        select array_agg(tiers_date(m.at, p.time_zone, p.day_ends_at) order by m.position) into todays
        from unnest(ats) with ordinality as m(at, position) cross join core_programme p;
        return query
        select d.member_id, t.id, t.code::text, t.rank::int, t.multiplier, d.since_on, d.lapses_on, d.valid_until
        from (select distinct on (x.member_id) x.* from tiers_steps(members, todays) x
              order by x.member_id, x.step) d
        join tiers_tier t on t.id = d.tier_id;
    end if;
end $$;

-- What one member holds at a moment, the total in the window then, and what of it is left on the standing's last day.
create or replace function tiers_progress(who bigint, at timestamptz)
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date, basis text, total numeric, left_over numeric)
language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
#variable_conflict use_column
begin
    return query
    select s.*, c.basis::text, sums.total, sums.left_over
    from tiers_scheme c
    cross join tiers_standings(array[who], array[at]) s
    cross join core_programme p
    cross join lateral (
        select coalesce(sum(days.value), 0) as total,
               coalesce(sum(days.value) filter (
                   where days.day >= tiers_window_start(s.valid_until, c."window", c.months)), 0) as left_over
        from (select q.day, tiers_value(c.basis, q.amount, q.points, q.purchases) as value
              from tiers_qualifyingday q
              where q.member_id = who and q.day >= tiers_window_start(
                  tiers_date(at, p.time_zone, p.day_ends_at), c."window", c.months)) days
    ) sums;
end $$;
