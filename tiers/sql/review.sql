-- One chunk of the review: the next SIZE members after AFTER. Every window is summed anew; only members for whom the
-- days and the standing disagree, or whose standing has run out, are locked and settled.

-- The members after AFTER up to UPTO whose standing is not what the windows from SINCE to TODAY say.
-- Dates are checked without being computed: on the date a standing lapses, the days still in the window must fall
-- short of its threshold; on the day before, they must reach it.
create or replace function tiers_disagreeing(after bigint, upto bigint, today date, since date)
returns bigint[] language plpgsql stable as $$
declare ids bigint[]; scheme tiers_scheme;
begin
    select * into scheme from tiers_scheme;
    if not found then
        return null;
    end if;
    execute format($q$
        with windows as (
            select q.member_id, sum(q.%1$I) as total,
                   sum(q.%1$I) filter (where q.day >= k.last_day) as left_over,
                   sum(q.%1$I) filter (where q.day >= k.day_before) as enough
            from tiers_qualifyingday q
            left join (
                select s.member_id, tiers_window_start(s.lapses_on, $5, $6) as last_day,
                       tiers_window_start(s.lapses_on - 1, $5, $6) as day_before
                from tiers_standing s where s.member_id > $1 and s.member_id <= $2 and s.lapses_on > $3
            ) k on k.member_id = q.member_id
            where q.member_id > $1 and q.member_id <= $2 and q.day >= tiers_window_start($4, $5, $6)
            group by q.member_id
        ), standings as (
            select s.member_id, s.lapses_on, s.valid_until, h.step, h.threshold, h.next_threshold
            from tiers_standing s
            join (select l.*, lead(l.threshold) over (order by l.step) as next_threshold from tiers_ladder() l) h
                using (tier_id)
            where s.member_id > $1 and s.member_id <= $2
        )
        select array_agg(member_id order by member_id)
        from windows w full join standings s using (member_id)
        where case
            when s.step is null then w.total >= (select min(threshold) from tiers_ladder() where step > 0)
            when s.valid_until < $3 or w.total >= s.next_threshold then true
            when s.step = 0 then false
            when w.total >= s.threshold then s.lapses_on is null or s.lapses_on <= $3
                                             or w.left_over >= s.threshold or w.enough < s.threshold
            else s.lapses_on > $3
        end $q$, scheme.basis)
    into ids using after, upto, today, since, scheme."window", scheme.months::int;
    return ids;
end $$;

-- Review the next members; `upto` is the last one of them, empty when there are none left.
create or replace function tiers_review(after bigint, size int, today date, since date, at timestamptz)
returns table (upto bigint, reviewed int, raised int, lowered int) language plpgsql as $$
declare members bigint[]; todays date[]; ats timestamptz[]; many int;
begin
    select max(m.id), count(*) into upto, reviewed
    from (select id from members_member where id > after order by id limit size) m;
    raised := 0;
    lowered := 0;
    members := tiers_disagreeing(after, upto, today, since);
    many := cardinality(members);
    if many > 0 then
        todays := array_fill(today, array[many]);
        ats := array_fill(at, array[many]);
        lowered := tiers_hold(members, todays, ats);
        raised := tiers_settle(members, array_fill(since, array[many]), todays, ats,
                               array_fill('review'::text, array[many]),
                               array_fill('review:' || today, array[many]));
    end if;
    return next;
end $$;
