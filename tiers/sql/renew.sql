-- The short cut of tiers_settle for a window that ends today: one sum, and a walk back over its days only as far as
-- they are needed, which is not far for a member who buys much. The standings are locked by the caller, and have not
-- run out.
create or replace function tiers_renew(members bigint[], todays date[], ats timestamptz[], causes text[], refs text[])
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date, next_code text, missing numeric)
language plpgsql as $$
#variable_conflict use_column
begin
    return query
    with renewed as (
        select w.today, w.at, w.cause, w.reference, sums.total, s.member_id, s.tier_id, s.since_on, s.lapses_on,
               s.valid_until, n.id as new_id, n.code, n.rank, n.multiplier, dates.lapses as new_lapses,
               case when n.rank > 0 then greatest(tiers_valid_until(dates.lapses), case when n.rank <= (
                   select g.rank from tiers_tier g where g.id = s.given_tier_id) then s.given_until end)
               end as new_until
        from unnest(members, todays, ats, causes, refs) as w(member_id, today, at, cause, reference)
        cross join (select c.basis, c."window" as kind, c.months::int from tiers_scheme c) c
        cross join lateral (select tiers_window_start(w.today, c.kind, c.months) as day offset 0) first
        join tiers_standing s on s.member_id = w.member_id
        join tiers_tier h on h.id = s.tier_id
        cross join lateral (
            select coalesce(sum(tiers_value(c.basis, q.amount, q.points, q.purchases)), 0) as total
            from tiers_qualifyingday q where q.member_id = w.member_id and q.day >= first.day
        ) sums
        cross join lateral (
            select t.* from tiers_tier t
            where t.id = h.id or (t.rank > h.rank and t.threshold <= sums.total and w.cause = 'purchase')
            order by t.rank desc limit 1
        ) n
        cross join lateral (
            select case when n.rank = 0 then null when n.threshold > sums.total then tiers_by(s.lapses_on, w.today)
                else tiers_leaves_on((
                    select r.day
                    from (select q.day, sum(tiers_value(c.basis, q.amount, q.points, q.purchases))
                                            over (order by q.day desc rows unbounded preceding) as total
                          from tiers_qualifyingday q where q.member_id = w.member_id and q.day >= first.day) r
                    where r.total >= n.threshold order by r.day desc limit 1), c.kind, c.months)
            end as lapses offset 0
        ) dates
    ), standings as (
        update tiers_standing s
        set tier_id = d.new_id, lapses_on = d.new_lapses, valid_until = d.new_until,
            since_on = case when d.new_id = d.tier_id then s.since_on else d.today end,
            floor_on = case when d.new_id = d.tier_id then s.floor_on end
        from renewed d
        where s.member_id = d.member_id and (d.tier_id, d.lapses_on, d.valid_until)
              is distinct from (d.new_id, d.new_lapses, d.new_until)
    ), changes as (
        insert into tiers_tierchange (member_id, from_tier_id, from_since_on, from_lapses_on, to_tier_id, "on", at,
                                      cause, reference)
        select d.member_id, d.tier_id, d.since_on, d.lapses_on, d.new_id, d.today, d.at, d.cause, d.reference
        from renewed d where d.new_id <> d.tier_id
        returning tiers_tierchange
    ), told as (
        select core_tell(tiers_facts(array_agg(c.tiers_tierchange))) from changes c having count(*) > 0
    )
    select d.member_id, d.new_id, d.code::text, d.rank::int, d.multiplier,
           case when d.new_id = d.tier_id then d.since_on else d.today end, d.new_lapses, d.new_until,
           up.code::text, greatest(up.threshold - d.total, 0)
    from renewed d
    left join lateral (
        select u.code, u.threshold from tiers_tier u where u.rank > d.rank order by u.rank limit 1
    ) up on true
    cross join (select count(*) from told) as events;
end $$;
