-- A year's purchases in order of time, each of a random member; one in fifty brought back as a whole. Tiers, points and
-- consents all over.
select setseed(0.42);
insert into sales_purchase (id, uuid, store_id, terminal_id, business_on, number, member_id, amount, currency, channel, cashier,
                            claim_code, content_hash, occurred_at, recorded_at)
    select i, gen_random_uuid(), 1, 1, at::date, i::text, 1 + (random() * (:members - 1))::bigint, 5 + (random() * 95)::int,
           'GBP', 'store', '', i::text, '', at, at
    from generate_series(1, :purchases) i,
         lateral (select timestamptz '2026-06-01' - interval '400 days' + i * (interval '400 days' / :purchases) as at) t;
insert into sales_return (uuid, purchase_id, terminal_id, number, amount, content_hash, occurred_at, recorded_at)
    select gen_random_uuid(), id, 1, 'R', amount, '', occurred_at, occurred_at from sales_purchase where id % 50 = 0;
insert into tiers_standing (member_id, tier_id, since_on) select id, 1 + id % 4, '2026-01-01' from members_member where id % 4 > 0;
update points_account set available = member_id % 400;
insert into members_consent (member_id, channel, purpose, granted, at, source, wording_id)
    select id, 'email', 'marketing', id % 10 < 6, enrolled_at, 'portal', null from members_member where id % 10 < 8
