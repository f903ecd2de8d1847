-- What a till reported never changes, and no purchase is deleted: returns are priced by it for ever. Only a purchase
-- without member is given to one, once.

create or replace function pos_purchase_refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'sales_purchase: a purchase may only be given to a member, once' using errcode = 'restrict_violation';
end $$;

create trigger sales_purchase_fixed before update of id, uuid, store_id, terminal_id, business_on, number, amount, currency,
    channel, cashier, claim_code, content_hash, occurred_at, recorded_at
    on sales_purchase for each row execute function pos_purchase_refuse_change();
create trigger sales_purchase_given_once before update on sales_purchase
    for each row when (old.member_id is not null) execute function pos_purchase_refuse_change();
create trigger sales_purchase_kept before delete on sales_purchase
    for each row execute function pos_purchase_refuse_change();
create trigger sales_purchase_no_truncate before truncate on sales_purchase
    for each statement execute function pos_purchase_refuse_change();
