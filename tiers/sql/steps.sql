-- Steps down: what happens to a standing that has run out, computed from its dates and the qualifying days alone.

-- The steps down that are due for these members on their dates, highest first, each on its true date, however late.
-- A rung below lapses when its own days say so, but not before it begins, and what was given lasts as long as given.
create or replace function tiers_steps(members bigint[], todays date[])
returns table (member_id bigint, from_tier_id bigint, from_since_on date, from_lapses_on date,
               tier_id bigint, step int, since_on date, lapses_on date, valid_until date)
language sql stable as $$
    select d.member_id, w.from_tier_id, lag(w.since_on, 1, d.since_on) over steps,
           w.from_lapses_on, w.tier_id, w.step, w.since_on, w.lapses_on, w.valid_until
    from (
        select s.*, m.today, h.step, g.step as given_step
        from unnest(members, todays) as m(member_id, today)
        join tiers_standing s on s.member_id = m.member_id and s.valid_until < m.today
        join tiers_ladder() h on h.tier_id = s.tier_id
        left join tiers_ladder() g on g.tier_id = s.given_tier_id
    ) d
    cross join lateral (
        select array_agg(r.step) as steps, array_agg(r.lapses_on) as lapses
        from tiers_lapses(d.member_id, d.valid_until + 1) r
    ) reached
    cross join lateral (
        select e.step, e.tier_id, e.lapses_on, e.valid_until,
               lag(e.valid_until, 1, d.valid_until) over downwards + 1 as since_on,
               lag(e.tier_id, 1, d.tier_id) over downwards as from_tier_id,
               lag(e.lapses_on, 1, d.lapses_on) over downwards as from_lapses_on
        from tiers_rungs(0, d.step - 1,
                         reached.steps || array[d.step - 1, case when d.given_step < d.step then d.given_step - 1 end],
                         reached.lapses || array[d.valid_until + 1, d.given_until + 1], d.given_step, d.given_until) e
        window downwards as (order by e.step desc)
    ) w
    where w.since_on <= d.today
    window steps as (partition by d.member_id order by w.step desc)
    order by d.member_id, w.step desc
$$;

-- An event for each change of tier: ids, codes, and the new tier's name as it was then, which the member is told.
create or replace function tiers_facts(changes tiers_tierchange[]) returns jsonb language sql stable as $$
    select jsonb_agg(jsonb_build_object(
        'kind', case when t.rank > coalesce(f.rank, -1) then 'tier.raised' else 'tier.lowered' end,
        'member_id', c.member_id, 'reference', 'tier_change:' || c.id, 'occurred_at', c.at,
        'payload', jsonb_build_object('from', f.code, 'to', t.code, 'on', c."on", 'cause', c.cause,
                                      'reference', c.reference,
                                      'words', jsonb_build_object('en', coalesce(t.name_en, t.name_zh_hans),
                                                                'zh-hans', coalesce(t.name_zh_hans, t.name_en))))
                     order by c.id)
    from unnest(changes) c
    join tiers_tier t on t.id = c.to_tier_id
    left join tiers_tier f on f.id = c.from_tier_id
$$;

-- Write down the steps that are due. Answers how many members were lowered. The standings are locked by the caller.
create or replace function tiers_step_down(members bigint[], todays date[], ats timestamptz[])
returns int language plpgsql as $$
declare lowered int; facts jsonb;
begin
    with steps as materialized (
        select * from tiers_steps(members, todays)
    ), standings as (
        update tiers_standing s
        set tier_id = last.tier_id, since_on = last.since_on, lapses_on = last.lapses_on,
            valid_until = last.valid_until, floor_on = case when last.step > 0 then last.since_on end,
            given_tier_id = case when s.given_until >= last.since_on then s.given_tier_id end,
            given_until = case when s.given_until >= last.since_on then s.given_until end
        from (select distinct on (t.member_id) t.* from steps t order by t.member_id, t.step) last
        where s.member_id = last.member_id
        returning s.member_id
    ), changes as (
        insert into tiers_tierchange (member_id, from_tier_id, from_since_on, from_lapses_on, to_tier_id, "on", at,
                                      cause, reference)
        select t.member_id, t.from_tier_id, t.from_since_on, t.from_lapses_on, t.tier_id, t.since_on, w.at,
               'review', 'review:' || t.since_on
        from steps t join unnest(members, ats) as w(member_id, at) on w.member_id = t.member_id
        order by t.member_id, t.step desc
        returning tiers_tierchange
    )
    select (select count(*) from standings), tiers_facts(array_agg(c.tiers_tierchange)) into lowered, facts
    from changes c;
    if facts is not null then
        perform core_tell(facts);
    end if;
    return lowered;
end $$;

-- Lock the standings of these members, in id order, give a row to those who have none yet, and bring them to their
-- dates. Every verb begins here. Answers how many members were lowered.
create or replace function tiers_hold(members bigint[], todays date[], ats timestamptz[])
returns int language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare there int; due int;
begin
    for attempt in 1..2 loop
        select count(*), count(*) filter (where h.valid_until < h.today) into there, due
        from (select s.valid_until, w.today
              from unnest(members, todays) as w(member_id, today)
              join tiers_standing s on s.member_id = w.member_id
              order by s.member_id for no key update of s) h;
        exit when there = cardinality(members);
        insert into tiers_standing (member_id, tier_id, since_on)
        select w.member_id, l.tier_id, w.today
        from unnest(members, todays) as w(member_id, today) join tiers_ladder() l on l.step = 0
        order by w.member_id
        on conflict do nothing;
    end loop;
    if due > 0 then
        return tiers_step_down(members, todays, ats);
    end if;
    return 0;
end $$;
