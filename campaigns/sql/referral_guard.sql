-- A referral is what keeps a friend from being rewarded twice: it is never deleted, its terms stay those of the day of
-- joining, and what was decided stays. The one step back is from waiting to joined, when the goods came back in time.

create or replace function campaigns_referral_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'campaigns_referral: % refused', lower(tg_op) using errcode = 'restrict_violation',
        hint = 'A referral goes from joined to waiting, to rewarded or refused, and stays there.';
end $$;

create or replace trigger campaigns_referral_fixed before update of id, friend_id, referrer_id, via, referrer_points,
    friend_points, minimum, days, joined_at, buy_until
    on campaigns_referral for each row execute function campaigns_referral_refuse_change();
create or replace trigger campaigns_referral_state before update on campaigns_referral
    for each row when (old.state in ('rewarded', 'refused') or old.state = 'joined' and new.state = 'rewarded')
    execute function campaigns_referral_refuse_change();
create or replace trigger campaigns_referral_kept before delete on campaigns_referral
    for each row execute function campaigns_referral_refuse_change();
create or replace trigger campaigns_referral_no_truncate before truncate on campaigns_referral
    for each statement execute function campaigns_referral_refuse_change();
