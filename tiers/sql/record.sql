-- What one batch of purchases or returns of distinct members counts towards tiers, and what they hold after it.
-- batch: [{member, day, amount, points, purchases, at, cause, reference}]; DAY is the business date of the sale.
-- Member by member, in small statements: for one sale they cost less than one large one, and for many no more.

create or replace function tiers_record(batch jsonb)
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date, next_code text, missing numeric)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
#variable_conflict use_column
declare
    x record; members bigint[]; days date[]; todays date[]; ats timestamptz[]; causes text[]; refs text[];
    late int[]; unheld int[]; place int := 0;
begin
    for x in
        select i.*, greatest(i.day, tiers_date(i.at, p.time_zone, p.day_ends_at)) as today
        from jsonb_to_recordset(batch) as i(member bigint, day date, amount numeric, points bigint, purchases int,
                                            at timestamptz, cause text, reference text)
        cross join core_programme p
        order by i.member
    loop
        place := place + 1;
        members[place] := x.member; days[place] := x.day; todays[place] := x.today; ats[place] := x.at;
        causes[place] := x.cause; refs[place] := x.reference;
        if x.cause <> 'purchase' or x.day < x.today then
            late := late || place;
        end if;
        perform from tiers_standing s
        where s.member_id = x.member and (s.valid_until < x.today) is not true for no key update;
        if not found then
            unheld := unheld || place;
        end if;
    end loop;

    if unheld is not null then -- before the day counts: what has run out by then ran out without it
        perform tiers_hold(array_agg(members[u]), array_agg(todays[u]), array_agg(ats[u])) from unnest(unheld) u;
    end if;
    insert into tiers_qualifyingday as q (member_id, day, amount, points, purchases)
    select i.member, i.day, i.amount, i.points, i.purchases
    from jsonb_to_recordset(batch) as i(member bigint, day date, amount numeric, points bigint, purchases int)
    on conflict (member_id, day) do update
    set amount = q.amount + excluded.amount, points = q.points + excluded.points,
        purchases = q.purchases + excluded.purchases;

    if late is not null then
        perform tiers_settle(array_agg(members[l]), array_agg(days[l]), array_agg(todays[l]), array_agg(ats[l]),
                             array_agg(causes[l]), array_agg(refs[l]))
        from unnest(late) l;
    end if;
    return query select * from tiers_renew(members, todays, ats, causes, refs);
end $$;
