-- An occasion is what keeps a greeting from coming twice: it is never deleted, and what became of it stays.

create or replace function campaigns_occasion_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'campaigns_occasion: % refused', lower(tg_op) using errcode = 'restrict_violation',
        hint = 'An occasion goes from planned to written, suppressed or expired, and stays there.';
end $$;

create trigger campaigns_occasion_fixed before update of id, greeting_id, member_id, channel, key, "on", planned_at
    on campaigns_occasion for each row execute function campaigns_occasion_refuse_change();
create trigger campaigns_occasion_state before update on campaigns_occasion
    for each row when (old.state <> 'planned') execute function campaigns_occasion_refuse_change();
create trigger campaigns_occasion_kept before delete on campaigns_occasion
    for each row execute function campaigns_occasion_refuse_change();
create trigger campaigns_occasion_no_truncate before truncate on campaigns_occasion
    for each statement execute function campaigns_occasion_refuse_change();
