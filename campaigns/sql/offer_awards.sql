-- What stands of offers for a member: {offer: [times won so far, what is left of its budget or null]}.
-- Asked once the member's account is locked, so that of two sales of one member the second counts the first.

create or replace function campaigns_standing(the_member bigint, offers jsonb) returns json
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare standing json;
begin
    select json_object_agg(o.id, json_build_array(
        (select count(*) from campaigns_award a where a.offer_id = o.id and a.member_id = the_member),
        (select sum(s."left") from campaigns_budgetslot s where s.offer_id = o.id)))
    into standing
    from (select value::bigint as id from jsonb_array_elements(offers)) o;
    return standing;
end $$;

-- Hold so much of an offer's budget: the slots that have it, locked. One that nobody else holds if any has enough;
-- only when the budget is nearly used up all of them, in order, and then whoever holds one is waited for.

create or replace function campaigns_hold_budget(the_offer bigint, needed bigint) returns bigint[]
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare one bigint; ids bigint[];
begin
    select s.id into one from campaigns_budgetslot s
    where s.offer_id = the_offer and s."left" >= needed
    order by random() limit 1
    for update skip locked;
    if found then
        return array[one];
    end if;
    select array_agg(l.id) into ids from (
        select s.id from campaigns_budgetslot s where s.offer_id = the_offer order by s.id for update
    ) l;
    return ids;
end $$;

-- Write awards, [{offer, version, member, number, purchase, points, at}], and take them from the budgets. Answers null;
-- or, when a budget has not enough for all that is asked of it, what each such budget has: then nothing is written, and
-- whoever asks again in this transaction for no more than that, gets it. Offers go in order, whatever the batch's.

create or replace function campaigns_award(awards jsonb) returns jsonb
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1
as $$
declare r record; s record; held bigint[] = '{}'; ids bigint[]; has bigint; short jsonb; needed bigint; taken bigint;
begin
    for r in
        select a.offer, sum(a.points)::bigint as points
        from jsonb_to_recordset(awards) as a(offer bigint, points bigint)
        where exists (select from campaigns_budgetslot b where b.offer_id = a.offer)
        group by a.offer order by a.offer
    loop
        ids := campaigns_hold_budget(r.offer, r.points);
        held := held || ids;
        select sum(b."left") into has from campaigns_budgetslot b where b.id = any(ids);
        if has < r.points then
            short := coalesce(short, '{}') || jsonb_build_object(r.offer, has);
        end if;
    end loop;
    if short is not null then
        return short;
    end if;
    for r in
        select a.offer, sum(a.points)::bigint as points
        from jsonb_to_recordset(awards) as a(offer bigint, points bigint) group by a.offer order by a.offer
    loop
        needed := r.points;
        for s in
            select b.id, b."left" from campaigns_budgetslot b
            where b.id = any(held) and b.offer_id = r.offer and b."left" > 0 order by b."left" desc, b.id
        loop
            taken := least(needed, s."left");
            update campaigns_budgetslot b set "left" = b."left" - taken where b.id = s.id;
            needed := needed - taken;
            exit when needed = 0;
        end loop;
    end loop;
    insert into campaigns_award (offer_id, version, member_id, number, purchase_id, points, awarded_at)
    select a.offer, a.version, a.member, a.number, a.purchase, a.points, a.at
    from jsonb_to_recordset(awards) as a(offer bigint, version int, member bigint, number int, purchase bigint,
                                         points bigint, at timestamptz);
    return null;
end $$;
