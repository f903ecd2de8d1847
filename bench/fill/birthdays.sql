-- Birthdays all over both calendars, as a programme that is half Chinese has them; six of ten said yes to e-mail.
update members_member set birth_calendar = case when id % 3 = 0 then 'lunar' else 'solar' end,
    birth_month = id % 12 + 1, birth_day = (id / 12) % case when id % 3 = 0 then 30 else 28 end + 1,
    enrolled_via = 'till:LON-1/T1'
where id % 10 < 9;
insert into members_consent (member_id, channel, purpose, granted, at, source, wording_id)
select id, 'email', 'marketing', true, enrolled_at, 'portal', null from members_member where id % 10 < 6;
vacuum analyze members_member;
