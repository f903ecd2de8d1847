-- In place of two foreign keys: the occasions that a statement writes are looked at once, as a set, and whom or what they
-- name is neither deleted nor renumbered.

create or replace function campaigns_occasion_check_links() returns trigger language plpgsql as $$
begin
    if exists (
        select from written w
        where not exists (select from members_member m where m.id = w.member_id)
           or not exists (select from campaigns_greeting g where g.id = w.greeting_id)
    ) then
        raise exception 'campaigns_occasion: of nobody, or of no greeting' using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;

create or replace function campaigns_occasion_keep_links() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.id = old.id then
        return new;
    end if;
    if tg_table_name = 'members_member' and exists (select from campaigns_occasion where member_id = old.id)
        or tg_table_name = 'campaigns_greeting' and exists (select from campaigns_occasion where greeting_id = old.id)
    then
        raise exception '%: % refused, an occasion names it', tg_table_name, lower(tg_op)
            using errcode = 'foreign_key_violation';
    end if;
    return case tg_op when 'DELETE' then old else new end;
end $$;

create or replace trigger campaigns_occasion_links after insert on campaigns_occasion
    referencing new table as written for each statement execute function campaigns_occasion_check_links();
create or replace trigger campaigns_occasion_keeps before delete or update of id on members_member
    for each row execute function campaigns_occasion_keep_links();
create or replace trigger campaigns_occasion_keeps before delete or update of id on campaigns_greeting
    for each row execute function campaigns_occasion_keep_links();
