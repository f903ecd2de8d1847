-- What one batch of purchases or returns of distinct members counts towards tiers, and what they hold after it.
-- batch: [{member, day, amount, points, purchases, at, cause, reference}]; DAY is the business date of the sale.

create or replace function tiers_record(batch jsonb)
returns table (member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date, next_code text, missing numeric)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
#variable_conflict use_column
declare
    members bigint[]; days date[]; todays date[]; ats timestamptz[]; causes text[]; refs text[];
    amounts numeric[]; points bigint[]; purchases int[]; is_plain boolean;
begin
    select array_agg(i.member), array_agg(i.day), array_agg(i.today), array_agg(i.at), array_agg(i.cause),
           array_agg(i.reference), array_agg(i.amount), array_agg(i.points), array_agg(i.purchases),
           bool_and(i.cause = 'purchase' and i.day = i.today)
    into members, days, todays, ats, causes, refs, amounts, points, purchases, is_plain
    from (select x.*, greatest(x.day, tiers_date(x.at, p.time_zone, p.day_ends_at)) as today
          from jsonb_to_recordset(batch) as x(member bigint, day date, amount numeric, points bigint, purchases int,
                                              at timestamptz, cause text, reference text)
          cross join core_programme p
          order by x.member) i;
    perform tiers_hold(members, todays, ats);

    insert into tiers_qualifyingday as q (member_id, day, amount, points, purchases)
    select * from unnest(members, days, amounts, points, purchases)
    on conflict (member_id, day) do update
    set amount = q.amount + excluded.amount, points = q.points + excluded.points,
        purchases = q.purchases + excluded.purchases;

    if not is_plain then
        perform tiers_settle(array_agg(w.member_id), array_agg(w.day), array_agg(w.today), array_agg(w.at),
                             array_agg(w.cause), array_agg(w.reference))
        from unnest(members, days, todays, ats, causes, refs) as w(member_id, day, today, at, cause, reference)
        where w.cause <> 'purchase' or w.day < w.today;
    end if;
    return query select * from tiers_renew(members, todays, ats, causes, refs);
end $$;
