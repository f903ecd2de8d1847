-- What these members hold on their dates: as it is written down, or, where that has run out, what it has come to.
-- A null date means as written down. Members without a row hold the lowest rung.

create or replace function tiers_standings(members bigint[], todays date[])
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
declare many int;
begin
    return query
    select m.member_id, t.id, t.code::text, t.rank::int, t.multiplier, s.since_on, s.lapses_on, s.valid_until
    from unnest(members, todays) as m(member_id, today)
    left join tiers_standing s on s.member_id = m.member_id
    join tiers_tier t on t.id = coalesce(s.tier_id, (select l.id from tiers_tier l order by l.rank limit 1))
    where (s.valid_until < m.today) is not true;

    get diagnostics many = row_count;
    if many < cardinality(members) then
        return query
        select d.member_id, t.id, t.code::text, t.rank::int, t.multiplier, d.since_on, d.lapses_on, d.valid_until
        from (select distinct on (x.member_id) x.* from tiers_steps(members, todays) x
              order by x.member_id, x.step) d
        join tiers_tier t on t.id = d.tier_id;
    end if;
end $$;
