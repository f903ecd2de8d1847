-- A receipt is known by its business date, and an amount has the programme's currency: what they are recorded by stays
-- once there are any. A store's time zone counts for the store's own receipts.

create or replace function sales_refuse_other_hours() returns trigger language plpgsql as $$
declare bought boolean;
begin
    if tg_table_name = 'sales_store' then
        select exists (select from sales_purchase where store_id = old.id) into bought;
    else
        select exists (select from sales_purchase) into bought;
    end if;
    if bought then
        raise exception '%: time zone, business day and currency are fixed after the first purchase', tg_table_name
            using errcode = 'restrict_violation';
    end if;
    return new;
end $$;

create or replace trigger sales_hours_fixed before update of time_zone, day_ends_at, currency on core_programme
    for each row
    when ((old.time_zone, old.day_ends_at, old.currency) is distinct from (new.time_zone, new.day_ends_at, new.currency))
    execute function sales_refuse_other_hours();
create or replace trigger sales_hours_fixed before update of time_zone on sales_store
    for each row when (old.time_zone is distinct from new.time_zone) execute function sales_refuse_other_hours();
