-- A complaint is for ever: whoever complained once is never written to again, whatever staff or a program would do.
create or replace function messaging_suppression_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'messaging_suppression: % refused', lower(tg_op) using errcode = 'restrict_violation',
        hint = 'Who complained stays on the list.';
end $$;

create or replace trigger messaging_suppression_complaints before update or delete on messaging_suppression
    for each row when (old.reason = 'complained') execute function messaging_suppression_refuse_change();
create or replace trigger messaging_suppression_no_truncate before truncate on messaging_suppression
    for each statement execute function messaging_suppression_refuse_change();
