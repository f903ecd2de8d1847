-- The short cut of tiers_settle for a window that ends today: one sum, and a walk back over its days only as far as
-- they are needed, which is not far for a member who buys much. The standings are locked by the caller, and have not
-- run out. What follows is only done where it is due: most purchases change no standing.

create or replace function tiers_renew(members bigint[], todays date[], ats timestamptz[], causes text[], refs text[])
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date, next_code text, missing numeric)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
#variable_conflict use_column
declare
    basis text; kind text; months int; window_starts date; total numeric; s record; change tiers_tierchange;
    ids bigint[]; codes text[]; ranks int[]; thresholds numeric[]; multipliers numeric[]; old int; new int;
begin
    select c.basis, c."window", c.months, l.* into basis, kind, months, ids, codes, ranks, thresholds, multipliers
    from tiers_scheme c
    cross join (select array_agg(t.id), array_agg(t.code::text), array_agg(t.rank::int), array_agg(t.threshold),
                       array_agg(t.multiplier) from (select * from tiers_tier order by rank) t) l;
    for place in 1 .. coalesce(cardinality(members), 0) loop
        window_starts := tiers_window_start(todays[place], kind, months);
        select h.*, (select coalesce(sum(tiers_value(basis, q.amount, q.points, q.purchases)), 0)
                     from tiers_qualifyingday q where q.member_id = h.member_id and q.day >= window_starts) as total
        into s from tiers_standing h where h.member_id = members[place];
        continue when not found;
        total := s.total; old := array_position(ids, s.tier_id); new := old;
        for higher in reverse case causes[place] when 'purchase' then cardinality(ids) else old end .. old + 1 loop
            if total >= thresholds[higher] then
                new := higher;
                exit;
            end if;
        end loop;

        member_id := s.member_id; tier_id := ids[new]; code := codes[new]; rank := ranks[new];
        multiplier := multipliers[new]; next_code := codes[new + 1]; missing := greatest(thresholds[new + 1] - total, 0);
        since_on := case when new = old then s.since_on else todays[place] end;
        lapses_on := case when new = 1 then null
                          when total < thresholds[new] then tiers_by(s.lapses_on, todays[place])
                          else tiers_leaves_on(tiers_reached_on(
                              members[place], window_starts, thresholds[new], basis), kind, months) end;
        valid_until := case when new > 1 then greatest(
            tiers_valid_until(lapses_on),
            case when new <= array_position(ids, s.given_tier_id) then s.given_until end) end;

        if (s.tier_id, s.lapses_on, s.valid_until) is distinct from (tier_id, lapses_on, valid_until) then
            update tiers_standing h
            set tier_id = ids[new], since_on = tiers_renew.since_on, lapses_on = tiers_renew.lapses_on,
                valid_until = tiers_renew.valid_until, floor_on = case when new = old then h.floor_on end
            where h.member_id = members[place];
        end if;
        if new <> old then
            insert into tiers_tierchange (member_id, from_tier_id, from_since_on, from_lapses_on, to_tier_id, "on", at,
                                          cause, reference)
            values (members[place], s.tier_id, s.since_on, s.lapses_on, ids[new], todays[place], ats[place],
                    causes[place], refs[place])
            returning * into change;
            perform core_tell(tiers_facts(array[change]));
        end if;
        return next;
    end loop;
end $$;

-- The latest day since SINCE from which on a member's days add up to so much: when it leaves the window, they don't.
create or replace function tiers_reached_on(who bigint, since date, threshold numeric, basis text)
returns date language plpgsql stable
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare d record; total numeric := 0;
begin
    for d in select q.day, tiers_value(basis, q.amount, q.points, q.purchases) as value
             from tiers_qualifyingday q where q.member_id = who and q.day >= since order by q.day desc
    loop
        total := total + d.value;
        if total >= threshold then
            return d.day;
        end if;
    end loop;
    return null;
end $$;
