-- What a lot was granted, to whom and until when never changes, and no lot is deleted. Only what remains of it moves.

create or replace function points_lot_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'points_lot: only what remains of a lot may change' using errcode = 'restrict_violation';
end $$;

create trigger points_lot_fixed before update of id, account_id, posting_id, origin_lot_id, granted, available_at, expires_at
    on points_lot for each row execute function points_lot_refuse_change();
create trigger points_lot_kept before delete on points_lot
    for each row execute function points_lot_refuse_change();
create trigger points_lot_no_truncate before truncate on points_lot
    for each statement execute function points_lot_refuse_change();
