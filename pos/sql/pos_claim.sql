-- Claim receipts: write each purchase with its lines, unless its receipt is known already. Answers, per receipt by its
-- place in the batch, the purchase and the categories of its lines (the till's word, else the product's). A receipt that
-- another till is posting at this moment is waited for, and then known. Sorted, so that two batches never deadlock.

create or replace function pos_claim(receipts jsonb)
returns table (place bigint, purchase_id bigint, uuid uuid, claim_code text, content_hash text, member_id bigint,
               is_new boolean, categories text[])
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare many int;
begin
    return query
    with wanted as materialized (
        select r.* from rows from (jsonb_to_recordset(receipts) as (
            uuid uuid, store bigint, terminal bigint, business_on date, number text, member bigint, amount numeric,
            currency text, channel text, cashier text, claim_code text, content_hash text,
            occurred_at timestamptz, at timestamptz, lines jsonb)) with ordinality
            as r(uuid, store, terminal, business_on, number, member, amount, currency, channel, cashier, claim_code,
                 content_hash, occurred_at, at, lines, place)
    ), claimed as (
        insert into sales_purchase (uuid, store_id, terminal_id, business_on, number, member_id, amount, currency, channel,
                                    cashier, claim_code, content_hash, occurred_at, recorded_at)
        select w.uuid, w.store, w.terminal, w.business_on, w.number, w.member, w.amount, w.currency, w.channel, w.cashier,
               w.claim_code, w.content_hash, w.occurred_at, w.at
        from wanted w order by w.store, w.terminal, w.business_on, w.number
        on conflict (store_id, terminal_id, business_on, number) do nothing
        returning sales_purchase.id, sales_purchase.uuid
    ), fresh as materialized (
        select c.id, w.* from claimed c join wanted w on w.uuid = c.uuid
    ), lines as (
        insert into sales_purchaseline (purchase_id, position, sku, name, category, quantity, amount)
        select f.id, l.position, l.sku, l.name, coalesce(l.category, k.code, ''), l.quantity, l.amount
        from fresh f
        cross join jsonb_to_recordset(f.lines) as l(position int, sku text, name text, category text, quantity numeric,
                                                    amount numeric)
        left join sales_product p on l.category is null and p.sku = l.sku
        left join sales_category k on k.id = p.category_id
        returning sales_purchaseline.purchase_id, sales_purchaseline.position, sales_purchaseline.category
    )
    select f.place, f.id, f.uuid, f.claim_code, f.content_hash, f.member, true, k.categories
    from fresh f
    left join (select l.purchase_id, array_agg(l.category::text order by l.position) as categories
               from lines l group by l.purchase_id) k on k.purchase_id = f.id;

    get diagnostics many = row_count;
    if many < jsonb_array_length(receipts) then
        return query
        select r.place, p.id, p.uuid, p.claim_code::text, p.content_hash::text, p.member_id, false, null::text[]
        from rows from (jsonb_to_recordset(receipts) as (uuid uuid, store bigint, terminal bigint, business_on date, number text))
            with ordinality as r(uuid, store, terminal, business_on, number, place)
        join sales_purchase p on p.store_id = r.store and p.terminal_id = r.terminal
            and p.business_on = r.business_on and p.number = r.number
        where p.uuid <> r.uuid;
    end if;
end $$;
