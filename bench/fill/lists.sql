-- Of whatever the staff's lists show, as many rows as there are purchases: over purchases and members.
update sales_purchase set number = 'R-' || id, claim_code = upper(substr(md5(id::text), 1, 10));
insert into sales_product (sku, name, category_id, price, is_active)
    select 'SKU-' || i, 'Product ' || md5(i::text), null, 1 + i % 90, true from generate_series(1, :purchases) i;
insert into sales_return (uuid, purchase_id, terminal_id, number, amount, content_hash, occurred_at, recorded_at)
    select gen_random_uuid(), id, 1, 'B-' || id, amount, '', occurred_at + interval '1 hour', recorded_at + interval '1 hour'
    from sales_purchase;
insert into messaging_message (reference, member_id, kind, channel, address, language, subject, body, is_secret, state,
                               attempts, error, created_at, due_at, sent_at)
    select 'bench:' || i, 1 + i % :members, 'welcome', 'email', 'm' || 1 + i % :members || '@example.com', 'en',
           'Welcome to Bench', repeat('Come again. ', 20), false, (array['sent', 'sent', 'sent', 'failed'])[1 + i % 4], 1, '',
           now() - i * interval '1 minute', now() - i * interval '1 minute', now() - i * interval '1 minute'
    from generate_series(1, :purchases) i;
insert into rewards_reward (id, code, kind, name, name_en, name_zh_hans, description, description_en, description_zh_hans,
                            drawing, price, supply, position, is_active, voucher_days)
    select i, 'reward-' || i, 'gift', 'Reward ' || i, 'Reward ' || i, '礼遇' || i, '', '', '', 'gift', 100, 'unlimited', i, true, 90
    from generate_series(1, 500) i;
insert into rewards_voucher (uuid, code, member_id, reward_id, redemption_id, points, token, kind, names, state, issued_at,
                             issued_by, expires_at, used_by, receipt, cancelled_by)
    select gen_random_uuid(), upper(substr(md5('v' || i), 1, 16)), 1 + i % :members, 1 + i % 500, i, 100, 't' || i, 'gift',
           '{"en": "Reward"}', 'issued', now() - i * interval '1 minute', 'portal', now() + interval '90 days', '', '', ''
    from generate_series(1, :purchases) i;
insert into tiers_standing (member_id, tier_id, since_on)
    select id, (select min(id) from tiers_tier), current_date from members_member on conflict do nothing;
insert into tiers_tierchange (member_id, to_tier_id, "on", at, cause, reference)
    select 1 + i % :members, (select min(id) from tiers_tier), current_date - i % 400, now() - i * interval '1 minute', 'purchase', 'purchase:' || i
    from generate_series(1, :purchases) i;
insert into core_event (transaction, kind, member_id, reference, payload, occurred_at, booked_at)
    select i, 'purchase.recorded', 1 + i % :members, 'purchase:' || i, '{}', now() - i * interval '1 minute', now() - i * interval '1 minute'
    from generate_series(1, :purchases) i;
insert into access_user (username, first_name, last_name, email, password, is_superuser, is_staff, is_active, date_joined)
    select 'member-' || i, '', '', '', '!', false, false, true, now() from generate_series(1, :purchases) i;
insert into access_auditentry (at, actor_id, action, subject, reason, changes, request_id)
    select now() - i * interval '1 minute', null, 'member.changed', 'member:' || 1 + i % :members, 'As asked', '{}', ''
    from generate_series(1, :purchases) i;
insert into core_jobrun (job, period, state, requested_by, started_at, finished_at, done, error)
    select 'tiers.review', (current_date - i)::text, 'done', '', now() - i * interval '1 day', now() - i * interval '1 day', '{}', ''
    from generate_series(1, 3000) i
