-- The short cut of tiers_settle for a window that ends today: one sum, and a walk back over its days only as far as
-- they are needed, which is not far for a member who buys much. The standings are locked by the caller, and have not
-- run out. What follows is only done where it is due: most purchases change no standing.

drop type if exists tiers_renewal cascade;
create type tiers_renewal as (
    member_id bigint, today date, at timestamptz, cause text, reference text, total numeric,
    tier_id bigint, since_on date, lapses_on date, valid_until date,
    new_id bigint, code text, rank int, multiplier numeric, new_lapses date, new_until date);

create or replace function tiers_renew(members bigint[], todays date[], ats timestamptz[], causes text[], refs text[])
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date, next_code text, missing numeric)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
#variable_conflict use_column
declare found tiers_renewal[]; are_renewed boolean; are_changed boolean; facts jsonb;
begin
    select array_agg(row(
               w.member_id, w.today, w.at, w.cause, w.reference, sums.total, s.tier_id, s.since_on, s.lapses_on, s.valid_until,
               n.id, n.code, n.rank, n.multiplier, dates.lapses, ends.until)::tiers_renewal),
           bool_or((s.tier_id, s.lapses_on, s.valid_until) is distinct from (n.id, dates.lapses, ends.until)),
           bool_or(s.tier_id <> n.id)
    into found, are_renewed, are_changed
    from unnest(members, todays, ats, causes, refs) as w(member_id, today, at, cause, reference)
    cross join (select c.basis, c."window" as kind, c.months::int from tiers_scheme c) c
    cross join lateral (select tiers_window_start(w.today, c.kind, c.months) as day offset 0) first
    join tiers_standing s on s.member_id = w.member_id
    join tiers_tier h on h.id = s.tier_id
    cross join lateral (
        select coalesce(sum(tiers_value(c.basis, q.amount, q.points, q.purchases)), 0) as total
        from tiers_qualifyingday q where q.member_id = s.member_id and q.day >= first.day
    ) sums
    cross join lateral (
        select t.* from tiers_tier t
        where t.id = h.id or (t.rank > h.rank and t.threshold <= sums.total and w.cause = 'purchase')
        order by t.rank desc limit 1
    ) n
    -- In a step of its own: a column is what tiers_leaves_on can be inlined with.
    cross join lateral (
        select case when n.rank > 0 and n.threshold <= sums.total then (
            select r.day
            from (select q.day, sum(tiers_value(c.basis, q.amount, q.points, q.purchases))
                                    over (order by q.day desc rows unbounded preceding) as total
                  from tiers_qualifyingday q where q.member_id = s.member_id and q.day >= first.day) r
            where r.total >= n.threshold order by r.day desc limit 1) end as day offset 0
    ) reached
    cross join lateral (
        select case when n.rank = 0 then null when n.threshold > sums.total then tiers_by(s.lapses_on, w.today)
                    else tiers_leaves_on(reached.day, c.kind, c.months) end as lapses offset 0
    ) dates
    cross join lateral (
        select case when n.rank > 0 then greatest(tiers_valid_until(dates.lapses), case when s.given_tier_id is not null
                   and n.rank <= (select g.rank from tiers_tier g where g.id = s.given_tier_id) then s.given_until end)
               end as until offset 0
    ) ends;

    if are_renewed then
        update tiers_standing s
        set tier_id = d.new_id, lapses_on = d.new_lapses, valid_until = d.new_until,
            since_on = case when d.new_id = d.tier_id then s.since_on else d.today end,
            floor_on = case when d.new_id = d.tier_id then s.floor_on end
        from unnest(found) d
        where s.member_id = d.member_id and (d.tier_id, d.lapses_on, d.valid_until)
              is distinct from (d.new_id, d.new_lapses, d.new_until);
    end if;
    if are_changed then
        with changes as (
            insert into tiers_tierchange (member_id, from_tier_id, from_since_on, from_lapses_on, to_tier_id, "on", at,
                                          cause, reference)
            select d.member_id, d.tier_id, d.since_on, d.lapses_on, d.new_id, d.today, d.at, d.cause, d.reference
            from unnest(found) d where d.new_id <> d.tier_id
            returning tiers_tierchange
        )
        select tiers_facts(array_agg(c.tiers_tierchange)) into facts from changes c;
        perform core_tell(facts);
    end if;
    return query
    select d.member_id, d.new_id, d.code, d.rank, d.multiplier,
           case when d.new_id = d.tier_id then d.since_on else d.today end, d.new_lapses, d.new_until,
           up.code::text, greatest(up.threshold - d.total, 0)
    from unnest(found) d
    left join lateral (
        select u.code, u.threshold from tiers_tier u where u.rank > d.rank order by u.rank limit 1
    ) up on true;
end $$;
