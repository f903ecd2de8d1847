-- How far members are with challenges, counted from what they bought less what they brought back: a row for each of these
-- members and challenges that the member's tier lets take part. Nothing else keeps progress.
--
-- A purchase counts on business days from the challenge's first to its last, and not before the day the member enrolled;
-- goods that are not asked for are left out of it. "counted" is the whole count, from which every completed round takes
-- the goal away:
--   stamps  whole pieces of a line that cost something
--   spend   what was paid for them
--   visits  business days with a purchase whose goods come to the minimum
--   streak  the goal for each full run of weeks or months with such a purchase, and what the run of today has beyond
-- "purchase_id" is the latest purchase that counts.

create or replace function campaigns_period(period text, day date) returns int language sql immutable as $$
    select case period when 'week' then (day - date '1970-01-05') / 7
                       else extract(year from day)::int * 12 + extract(month from day)::int end
$$;

create or replace function campaigns_challenge_progress(the_members bigint[], the_challenges bigint[], today date)
returns table (challenge_id bigint, member_id bigint, counted numeric, rounds bigint, purchase_id bigint)
language plpgsql stable
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever the number of members is guessed to be
as $$
begin
    return query
    with those as materialized (
        select c.*, coalesce(least(c.ends_on, c.ended_on), 'infinity') as until_on, c.categories || c.skus = '{}' as is_all
        from campaigns_challenge c where c.id = any(the_challenges)
    ), people as materialized (
        select m.id, tiers_date(m.enrolled_at, g.time_zone, g.day_ends_at) as since_on,
               (today + make_interval(hours => g.day_ends_at + 12)) at time zone g.time_zone as at
        from members_member m cross join core_programme g
        where m.id = any(the_members)
    ), asked as materialized ( -- none where no challenge is for some tiers only
        select array_agg(p.id) as members, array_agg(p.at) as moments
        from people p where exists (select from those c where c.tiers <> '{}')
    ), held as materialized ( -- also where it has run out and nobody has reviewed it yet
        select s.member_id as member, s.code from asked a cross join lateral tiers_standings(a.members, a.moments) s
    ), part as materialized (
        select c.id as challenge, c.kind::text, c.goal, c.period, c.minimum, p.id as member
        from those c cross join people p
        where c.tiers = '{}' or exists (select from held h where h.member = p.id and h.code = any(c.tiers))
    ), bought as materialized (
        select w.challenge, w.member, s.id, s.business_on, g.pieces, g.amount
        from part w
        join those c on c.id = w.challenge
        join people m on m.id = w.member
        join sales_purchase s on s.member_id = w.member
            and s.business_on between greatest(c.begins_on, m.since_on) and c.until_on
        cross join lateral (
            select sum(case when l.amount > 0 then floor(l.quantity - b.quantity) else 0 end) as pieces,
                   sum(l.amount - b.amount) as amount
            from sales_purchaseline l
            cross join lateral (
                select coalesce(sum(r.quantity), 0) as quantity, coalesce(sum(r.amount), 0) as amount
                from sales_returnline r where r.line_id = l.id
            ) b
            where l.purchase_id = s.id and (c.is_all or l.category = any(c.categories) or l.sku = any(c.skus))
        ) g
        where (c.stores = '{}' or exists (select from sales_store st where st.id = s.store_id and st.code = any(c.stores)))
          and case w.kind when 'stamps' then g.pieces > 0 else g.amount > 0 and g.amount >= w.minimum end
    ), sums as (
        select b.challenge, b.member, sum(b.pieces) as pieces, sum(b.amount) as amount,
               count(distinct b.business_on) as days, max(b.id) as latest
        from bought b group by 1, 2
    ), numbered as ( -- weeks counted from a Monday, months from the year 0
        select distinct w.challenge, w.member, w.goal,
               campaigns_period(w.period, b.business_on) as number, campaigns_period(w.period, today) as this
        from part w join bought b on b.challenge = w.challenge and b.member = w.member
        where w.kind = 'streak'
    ), runs as (
        select u.challenge, u.member, u.goal, u.this, count(*) as length, max(u.number) as latest
        from (select n.*, n.number - row_number() over (partition by n.challenge, n.member order by n.number) as run
              from numbered n) u
        group by 1, 2, 3, 4, u.run
    ), streaks as (
        select r.challenge, r.member,
               sum(floor(r.length / r.goal) * r.goal
                   + case when r.latest >= r.this - 1 then mod(r.length, r.goal) else 0 end) as counted
        from runs r group by 1, 2
    )
    select w.challenge, w.member,
           coalesce(case w.kind when 'stamps' then s.pieces when 'spend' then s.amount
                                when 'visits' then s.days else k.counted end, 0)::numeric,
           (select count(*) from campaigns_completion d where d.challenge_id = w.challenge and d.member_id = w.member),
           s.latest::bigint
    from part w
    left join sums s on s.challenge = w.challenge and s.member = w.member
    left join streaks k on k.challenge = w.challenge and k.member = w.member;
end $$;
