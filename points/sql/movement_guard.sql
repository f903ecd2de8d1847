-- A movement belongs to a posting and a lot of its own account. Checked for all that a statement writes at once, in
-- place of two foreign keys, which would look up and lock each row by itself; and they would not compare the accounts.
-- Postings and lots are never deleted, and their ids never change, so that it is enough to look when one is written.

create or replace function points_movement_belongs() returns trigger language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
begin
    if exists (
        select from added m
        left join points_posting p on p.id = m.posting_id
        left join points_lot l on l.id = m.lot_id
        where p.account_id is distinct from m.account_id
           or (m.lot_id is not null and l.account_id is distinct from m.account_id)
    ) then
        raise exception 'points_movement: a movement belongs to a posting and a lot of its own account'
            using errcode = 'foreign_key_violation';
    end if;
    return null;
end $$;

create or replace trigger points_movement_belongs after insert on points_movement
    referencing new table as added for each statement execute function points_movement_belongs();
