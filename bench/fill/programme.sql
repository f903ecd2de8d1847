insert into core_programme (id, name, name_en, name_zh_hans, currency, time_zone, day_ends_at, language, country,
                            oldest_receipt_days, late_grace_days, expiry_notice_days, age_of_consent, revision)
values (1, 'Bench', 'Bench', '测', 'GBP', 'UTC', 0, 'en', 'GB', 3650, 14, 30, 16, 1);
insert into points_pointtype (id, code, name, name_en, name_zh_hans, name_plural, name_plural_en, name_plural_zh_hans,
                              is_default, worth, pending_days, expiry_months)
values (1, 'points', 'point', 'point', '积分', 'points', 'points', '积分', true, 0.01, 0, 12);
select setval(pg_get_serial_sequence('points_pointtype', 'id'), 10);
insert into members_member (id, uuid, number, status, name, phone, email, external_id, language, time_zone, birth_calendar,
                            birth_month, birth_day, birth_is_leap_month, birth_year, enrolled_at, enrolled_via)
select i, gen_random_uuid(), (900000000000 + i)::text, 'active', 'Member ' || i, null, 'm' || i || '@example.com',
       i::text, 'en', '', 'solar', null, null, false, null, timestamptz '2024-01-01', 'bench'
from generate_series(1, :members) i;
insert into members_card (number, member_id, status, issued_at)
select number, id, 'active', enrolled_at from members_member;
select setval(pg_get_serial_sequence('members_member', 'id'), :members);
insert into points_account (id, member_id, point_type_id) select i, i, 1 from generate_series(1, :members) i;
select setval(pg_get_serial_sequence('points_account', 'id'), :members)
