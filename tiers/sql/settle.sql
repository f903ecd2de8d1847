-- Bring standings in line with the qualifying days: the general case. tiers_record has a short cut for purchases of
-- the day itself, which must come to the same.

-- Per member: windows from DAY on may have changed (a late purchase, a return, a review), TODAY is the business date.
--   purchase, review: rises to the highest rung that the days reach and whose standing has not run out meanwhile.
--     What is held lapses when its days say so; where they don't reach it, today, or earlier if it did before.
--   return: never rises. What is held lapses as if the goods had never been bought; where it would have run out by
--     now, it lapses today instead. But a rung that was reached by the very purchase that comes back (REFERENCE) is
--     held only if it still would be: else what was held before holds again, or what is earned in between.
-- Answers how many members rose. The standings are locked by the caller, and have not run out.
create or replace function tiers_settle(members bigint[], days date[], todays date[], ats timestamptz[],
                                        causes text[], refs text[])
returns int language plpgsql as $$
declare raised int; facts jsonb;
begin
    with settled as materialized (
        select h.member_id, h.at, h.today, h.cause, h.reference, h.step as old_step, h.tier_id as old_id,
               h.since_on as old_since, h.lapses_on as old_lapses, coalesce(n.step, 0) as step,
               coalesce(n.tier_id, base.tier_id) as tier_id,
               case coalesce(n.step, 0) when h.step then h.since_on when base.step then base.since_on else h.today
               end as since_on,
               n.lapses_on, n.valid_until,
               case when n.step = h.step and n.lapses_on is not distinct from h.lapses_on then h.floor_on
                    when n.lapses_on is distinct from (
                        select max(r.lapses_on) from unnest(reached.steps, reached.lapses) as r(step, lapses_on)
                        where r.step = n.step) then n.lapses_on
                    when n.step = h.step then h.floor_on end as floor_on
        from (
            select m.*, s.tier_id, s.since_on, s.lapses_on, s.floor_on, s.given_until, l.step,
                   g.step as given_step
            from unnest(members, days, todays, ats, causes, refs) as m(member_id, day, today, at, cause, reference)
            join tiers_standing s on s.member_id = m.member_id
            join tiers_ladder() l on l.tier_id = s.tier_id
            left join tiers_ladder() g on g.tier_id = s.given_tier_id
        ) h
        left join lateral (
            select c.from_since_on, c.from_lapses_on, l.tier_id, l.step
            from (select x.* from tiers_tierchange x
                  where x.member_id = h.member_id order by x.id desc limit 1) c
            join tiers_ladder() l on l.tier_id = c.from_tier_id
            where h.cause = 'return' and c.cause = 'purchase' and c.reference = h.reference
              and c.to_tier_id = h.tier_id
        ) before on true
        cross join lateral (
            select array_agg(r.step) as steps, array_agg(r.lapses_on) as lapses
            from tiers_lapses(h.member_id, case when h.cause = 'return' and before.step is null
                                                then tiers_matters_since(h.today) else least(h.day, h.today) end) r
        ) reached
        cross join lateral (
            select coalesce(before.tier_id, h.tier_id) as tier_id, coalesce(before.step, h.step) as step,
                   case when before.step is null then h.since_on else before.from_since_on end as since_on,
                   case when h.cause = 'return' and before.step is null then h.floor_on
                        when before.step is null then tiers_by(h.lapses_on, h.today)
                        else tiers_by(before.from_lapses_on, h.today) end as lapses_on,
                   case when h.cause = 'return' then h.step else 1000 end as highest
        ) base
        left join lateral (
            select r.*, 1 as choice
            from tiers_rungs(greatest(base.step, 1), base.highest, reached.steps || base.step,
                             reached.lapses || base.lapses_on, h.given_step, h.given_until) r
            where r.valid_until >= h.today or (before.step is not null and r.step = base.step)
            union all
            select r.*, 2
            from tiers_rungs(h.step, h.step, array[h.step], array[tiers_by(h.lapses_on, h.today)],
                             h.given_step, h.given_until) r
            where before.step is null
            order by choice, step desc limit 1
        ) n on true
    ), standings as (
        update tiers_standing s
        set tier_id = n.tier_id, since_on = n.since_on, lapses_on = n.lapses_on, valid_until = n.valid_until,
            floor_on = n.floor_on
        from settled n
        where s.member_id = n.member_id and (s.tier_id, s.lapses_on, s.valid_until, s.floor_on)
              is distinct from (n.tier_id, n.lapses_on, n.valid_until, n.floor_on)
    ), changes as (
        insert into tiers_tierchange (member_id, from_tier_id, from_since_on, from_lapses_on, to_tier_id, "on", at,
                                      cause, reference)
        select n.member_id, n.old_id, n.old_since, n.old_lapses, n.tier_id, n.today, n.at, n.cause, n.reference
        from settled n where n.tier_id <> n.old_id
        order by n.member_id
        returning tiers_tierchange
    )
    select (select count(*) from settled n where n.step > n.old_step),
           (select tiers_facts(array_agg(c.tiers_tierchange)) from changes c)
    into raised, facts;
    if facts is not null then
        perform core_tell(facts);
    end if;
    perform tiers_step_down(members, todays, ats)
    from unnest(members, todays) as w(member_id, today)
    join tiers_standing s on s.member_id = w.member_id and s.valid_until < w.today
    limit 1;
    return raised;
end $$;
