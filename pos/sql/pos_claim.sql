-- Claim receipts: write each purchase with its lines, unless its receipt is known already. Answers, per receipt by its
-- place in the batch, the purchase, the categories of its lines (the till's word, else the product's), and whom the till
-- named: by id ("member") or by what they are known by ("known_as", "identifier", see members_find). A receipt whose
-- member nobody is, is not written and has no answer. One that another till is posting at this moment is waited for, and
-- then known. Sorted, so that two batches never deadlock. "types" and "at" are handed on.

do $$
begin
    if to_regtype('pos_claimed') is null then
        create type pos_claimed as (
            place bigint, purchase_id bigint, uuid uuid, claim_code text, content_hash text, owner_id bigint,
            is_assigned boolean, is_new boolean, categories text[], named_id bigint, number text, status text,
            is_replaced boolean, types bigint[], at timestamptz);
    end if;
end $$;

create or replace function pos_claim(receipts jsonb) returns setof pos_claimed
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare
    r record; w record; c pos_claimed; nobody pos_claimed; answers pos_claimed[] = '{}';
    purchases bigint[]; baskets jsonb[]; places int[];
begin
    for r in
        select x.* from rows from (jsonb_to_recordset(receipts) as (
            uuid uuid, store bigint, terminal bigint, business_on date, number text, member bigint, known_as text,
            identifier text, amount numeric, currency text, channel text, cashier text, claim_code text,
            content_hash text, occurred_at timestamptz, at timestamptz, types bigint[], lines jsonb)) with ordinality
            as x(uuid, store, terminal, business_on, number, member, known_as, identifier, amount, currency, channel,
                 cashier, claim_code, content_hash, occurred_at, at, types, lines, place)
        order by x.store, x.terminal, x.business_on, x.number
    loop
        c := nobody; c.named_id := r.member;
        if r.known_as is not null then
            select f.member_id, f.number, f.status, f.is_replaced into c.named_id, c.number, c.status, c.is_replaced
            from members_find(r.known_as, r.identifier) f;
            continue when c.named_id is null;
        end if;
        c.place := r.place; c.types := r.types; c.at := r.at;
        insert into sales_purchase as p (uuid, store_id, terminal_id, business_on, number, member_id, amount, currency,
                                         channel, cashier, claim_code, content_hash, occurred_at, recorded_at)
        values (r.uuid, r.store, r.terminal, r.business_on, r.number, c.named_id, r.amount, r.currency, r.channel, r.cashier,
                r.claim_code, r.content_hash, r.occurred_at, r.at)
        on conflict (store_id, terminal_id, business_on, number) do nothing
        returning p.id into c.purchase_id;
        c.is_new := found;
        if c.is_new then
            c.uuid := r.uuid; c.claim_code := r.claim_code; c.content_hash := r.content_hash; c.owner_id := c.named_id;
            c.is_assigned := false;
            purchases := purchases || c.purchase_id; baskets := baskets || r.lines;
            places := places || cardinality(answers) + 1;
        else
            select p.id, p.uuid, p.claim_code, p.content_hash, p.member_id, p.assigned_at is not null
            into c.purchase_id, c.uuid, c.claim_code, c.content_hash, c.owner_id, c.is_assigned
            from sales_purchase p
            where p.store_id = r.store and p.terminal_id = r.terminal and p.business_on = r.business_on
                and p.number = r.number;
        end if;
        answers := answers || c;
    end loop;
    for w in select * from pos_write_lines(purchases, baskets) loop
        answers[places[w.nth]].categories := w.categories;
    end loop;
    return query select * from unnest(answers);
end $$;

-- Write the lines of these purchases, BASKETS being theirs one by one. Answers, by the place of a purchase that has any,
-- the categories of its lines in order. One statement for a batch: a file has half a million lines.
create or replace function pos_write_lines(purchases bigint[], baskets jsonb[])
returns table (nth bigint, categories text[]) language sql as $$
    with written as (
        insert into sales_purchaseline as w (purchase_id, position, sku, name, category, quantity, amount)
        select b.purchase_id, l.position, l.sku, l.name,
               coalesce(l.category, (select k.code from sales_product p join sales_category k on k.id = p.category_id
                                     where p.sku = l.sku), ''),
               l.quantity, l.amount
        from unnest(purchases, baskets) as b(purchase_id, lines)
        cross join jsonb_to_recordset(b.lines) as l(position int, sku text, name text, category text,
                                                    quantity numeric, amount numeric)
        returning w.purchase_id, w.position, w.category
    )
    select array_position(purchases, w.purchase_id), array_agg(w.category::text order by w.position)
    from written w group by w.purchase_id
$$;
