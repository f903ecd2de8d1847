-- A mug for 100 points, for everybody, without limit; every member has a phone that shows QR codes.
insert into rewards_reward (id, code, kind, name, name_en, name_zh_hans, description, description_en, description_zh_hans,
                            drawing, price, supply, voucher_days, position, is_active)
values (1, 'mug', 'gift', 'Mug', 'Mug', '杯', '', '', '', 'mug', 100, 'unlimited', 90, 0, true);
insert into rewards_proving (member_id, salt, last_window, pin_hash, pin_failures)
select id, sha256(id::text::bytea), 0, '', 0 from members_member
