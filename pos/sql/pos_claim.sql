-- Claim receipts: write each purchase with its lines, unless its receipt is known already. Answers, per receipt by its
-- place in the batch, the purchase, the categories of its lines (the till's word, else the product's), and whom the till
-- named: by id ("member") or by what they are known by ("known_as", "identifier", see members_find). A receipt whose
-- member nobody is, is not written. One that another till is posting at this moment is waited for, and then known.
-- Sorted, so that two batches never deadlock.

create or replace function pos_claim(receipts jsonb)
returns table (place bigint, purchase_id bigint, uuid uuid, claim_code text, content_hash text, owner_id bigint,
               is_assigned boolean, is_new boolean, categories text[],
               named_id bigint, number text, status text, is_replaced boolean)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
#variable_conflict use_column
declare many int;
begin
    return query
    with wanted as materialized (
        select r.*, coalesce(r.member, f.member_id) as named, f.number as card, f.status, f.is_replaced
        from rows from (jsonb_to_recordset(receipts) as (
            uuid uuid, store bigint, terminal bigint, business_on date, number text, member bigint, known_as text,
            identifier text, amount numeric, currency text, channel text, cashier text, claim_code text,
            content_hash text, occurred_at timestamptz, at timestamptz, lines jsonb)) with ordinality
            as r(uuid, store, terminal, business_on, number, member, known_as, identifier, amount, currency, channel,
                 cashier, claim_code, content_hash, occurred_at, at, lines, place)
        left join lateral members_find(r.known_as, r.identifier) f on r.known_as is not null
    ), claimed as (
        insert into sales_purchase (uuid, store_id, terminal_id, business_on, number, member_id, amount, currency, channel,
                                    cashier, claim_code, content_hash, occurred_at, recorded_at)
        select w.uuid, w.store, w.terminal, w.business_on, w.number, w.named, w.amount, w.currency, w.channel, w.cashier,
               w.claim_code, w.content_hash, w.occurred_at, w.at
        from wanted w where w.known_as is null or w.named is not null
        order by w.store, w.terminal, w.business_on, w.number
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
    select f.place, f.id, f.uuid, f.claim_code, f.content_hash, f.named, false, true, k.categories,
           f.named, f.card, f.status, f.is_replaced
    from fresh f
    left join (select l.purchase_id, array_agg(l.category::text order by l.position) as categories
               from lines l group by l.purchase_id) k on k.purchase_id = f.id;

    get diagnostics many = row_count;
    if many < jsonb_array_length(receipts) then
        return query
        select r.place, p.id, p.uuid, p.claim_code::text, p.content_hash::text, p.member_id, p.assigned_at is not null,
               false, null::text[], coalesce(r.member, f.member_id), f.number, f.status, f.is_replaced
        from rows from (jsonb_to_recordset(receipts) as (uuid uuid, store bigint, terminal bigint, business_on date,
                                                         number text, member bigint, known_as text, identifier text))
            with ordinality as r(uuid, store, terminal, business_on, number, member, known_as, identifier, place)
        left join lateral members_find(r.known_as, r.identifier) f on r.known_as is not null
        join sales_purchase p on p.store_id = r.store and p.terminal_id = r.terminal
            and p.business_on = r.business_on and p.number = r.number
        where p.uuid <> r.uuid;
    end if;
end $$;
