-- The standard shop: a till whose key is bench0001.secret, five rules of which two match the basket, four tiers.
insert into sales_store (id, code, name, time_zone, is_active) values (1, 'B', 'Bench', '', true);
insert into sales_terminal (id, store_id, code, name, key_prefix, key_hash, is_active, is_page, created_at)
values (1, 1, '1', '', 'bench0001', encode(sha256('secret'), 'hex'), true, false, now());
insert into points_earningrule (id, code, point_type_id)
select i, (array['base', 'tea', 'toys', 'books', 'flowers'])[i], 1 from generate_series(1, 5) i;
insert into points_earningruleversion (rule_id, number, name, name_en, name_zh_hans, begins_at, is_active, points, per_amount,
                                       rounding, only_categories, except_categories, tier_multiplies)
select r.id, 1, r.code, r.code, r.code, timestamptz '2010-01-01', true, 1, 1, 'down',
       case when r.code = 'base' then '{}' else array[r.code] end, case when r.code = 'base' then '{service}'::text[] else '{}' end,
       r.code = 'base'
from points_earningrule r;
insert into tiers_scheme (id, basis, "window", months) values (1, 'amount', 'rolling', 12);
insert into tiers_tier (id, code, rank, name, name_en, name_zh_hans, benefits, threshold, multiplier, colour, picture)
select i + 1, 'tier-' || i, i, 'Tier ' || i, 'Tier ' || i, '等级', '', (array[0, 1000, 2500, 6000])[i + 1],
       (array[1, 1.2, 1.5, 2])[i + 1], '#64748b', 'leaf'
from generate_series(0, 3) i
