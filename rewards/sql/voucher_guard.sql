-- What a voucher promises, to whom and for what never changes, and no voucher is deleted. Its state goes from issued to
-- used, cancelled or expired; only a use is taken back, when the sale it belonged to did not come about.

create or replace function rewards_voucher_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rewards_voucher: % refused', lower(tg_op) using errcode = 'restrict_violation',
        hint = 'Only the state of a voucher changes: issued to used, cancelled or expired, and used back to issued.';
end $$;

create trigger rewards_voucher_fixed before update of id, uuid, code, member_id, reward_id, redemption_id, points, token,
    kind, amount, percent, names, issued_at, issued_by, expires_at
    on rewards_voucher for each row execute function rewards_voucher_refuse_change();
create trigger rewards_voucher_state before update on rewards_voucher
    for each row when (not ((old.state = 'issued' and new.state in ('used', 'cancelled', 'expired'))
                            or (old.state = 'used' and new.state = 'issued')))
    execute function rewards_voucher_refuse_change();
create trigger rewards_voucher_begins before insert on rewards_voucher
    for each row when (new.state <> 'issued') execute function rewards_voucher_refuse_change();
create trigger rewards_voucher_kept before delete on rewards_voucher
    for each row execute function rewards_voucher_refuse_change();
create trigger rewards_voucher_no_truncate before truncate on rewards_voucher
    for each statement execute function rewards_voucher_refuse_change();

-- A supplied code that a voucher took is a voucher's for ever: its member has read it.
create or replace function rewards_unit_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rewards_unit: % refused', lower(tg_op) using errcode = 'restrict_violation';
end $$;

create trigger rewards_unit_fixed before update of id, reward_id, pool_id, code on rewards_unit
    for each row execute function rewards_unit_refuse_change();
create trigger rewards_unit_taken before update of voucher_id on rewards_unit
    for each row when (old.voucher_id is not null and (new.voucher_id is not null or old.code is not null))
    execute function rewards_unit_refuse_change();
create trigger rewards_unit_kept before delete on rewards_unit
    for each row when (old.voucher_id is not null) execute function rewards_unit_refuse_change();
create trigger rewards_unit_no_truncate before truncate on rewards_unit
    for each statement execute function rewards_unit_refuse_change();
