-- Once a challenge was on, members collect for it: what counts, and what it gives, stays. What has ended stays as it is.

create or replace function campaigns_challenge_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'campaigns_challenge: % refused', lower(tg_op) using errcode = 'restrict_violation',
        hint = 'What a challenge counts and gives stays once it was on. Make a copy.';
end $$;

create or replace trigger campaigns_challenge_fixed before update on campaigns_challenge
    for each row when (
        old.state = 'ended' or new.code <> old.code or old.started_at is not null and
        (new.started_at, new.kind, new.goal, new.period, new.minimum, new.categories, new.skus, new.stores, new.tiers,
         new.begins_on, new.most_times, new.points, new.reward_id, new.badge)
        is distinct from
        (old.started_at, old.kind, old.goal, old.period, old.minimum, old.categories, old.skus, old.stores, old.tiers,
         old.begins_on, old.most_times, old.points, old.reward_id, old.badge)
    ) execute function campaigns_challenge_refuse_change();
create or replace trigger campaigns_challenge_kept before delete on campaigns_challenge
    for each row execute function campaigns_challenge_refuse_change();
create or replace trigger campaigns_challenge_no_truncate before truncate on campaigns_challenge
    for each statement execute function campaigns_challenge_refuse_change();
