-- Claim receipts: write each purchase with its lines, unless its receipt is known already. Answers, per receipt in the
-- order given, the purchase and the categories of its lines (the till's word, else the product's). A receipt that
-- another till is posting at this moment is waited for, and then known. Sorted, so that two batches never deadlock.

create or replace function pos_claim(receipts jsonb)
returns table (place bigint, purchase_id bigint, uuid uuid, claim_code text, content_hash text, member_id bigint,
               is_new boolean, categories text[])
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare fresh bigint[];
begin
    with wanted as (
        select r.* from jsonb_to_recordset(receipts) as r(
            uuid uuid, store bigint, terminal bigint, business_on date, number text, member bigint, amount numeric,
            currency text, channel text, cashier text, claim_code text, content_hash text,
            occurred_at timestamptz, recorded_at timestamptz)
    ), claimed as (
        insert into sales_purchase (uuid, store_id, terminal_id, business_on, number, member_id, amount, currency, channel,
                                    cashier, claim_code, content_hash, occurred_at, recorded_at)
        select w.uuid, w.store, w.terminal, w.business_on, w.number, w.member, w.amount, w.currency, w.channel, w.cashier,
               w.claim_code, w.content_hash, w.occurred_at, w.recorded_at
        from wanted w order by w.store, w.terminal, w.business_on, w.number
        on conflict (store_id, terminal_id, business_on, number) do nothing
        returning sales_purchase.id, sales_purchase.uuid
    ), lines as (
        insert into sales_purchaseline (purchase_id, position, sku, name, category, quantity, amount)
        select c.id, l.position, l.sku, l.name, coalesce(l.category, k.code, ''), l.quantity, l.amount
        from jsonb_to_recordset(receipts) as r(uuid uuid, lines jsonb)
        join claimed c on c.uuid = r.uuid
        cross join jsonb_to_recordset(r.lines) as l(position int, sku text, name text, category text, quantity numeric,
                                                    amount numeric)
        left join sales_product p on l.category is null and p.sku = l.sku
        left join sales_category k on k.id = p.category_id
        order by c.id, l.position
    )
    select array_agg(c.id) into fresh from claimed c;

    return query
    select r.place, p.id, p.uuid, p.claim_code::text, p.content_hash::text, p.member_id, p.id = any(coalesce(fresh, '{}')),
           case when p.id = any(coalesce(fresh, '{}')) then
               (select array_agg(l.category::text order by l.position) from sales_purchaseline l where l.purchase_id = p.id)
           end
    from rows from (jsonb_to_recordset(receipts) as (store bigint, terminal bigint, business_on date, number text))
        with ordinality as r(store, terminal, business_on, number, place)
    join sales_purchase p on p.store_id = r.store and p.terminal_id = r.terminal
        and p.business_on = r.business_on and p.number = r.number
    order by r.place;
end $$;
