-- Accrue a batch: per item one posting, its lots, their movements, and the debt they repay. One sale is a batch of one.
-- batch: [{account, kind, reference, occurred_at, at, actor, reasons, lots: [{points, available_at, expires_at}]}]
-- An item whose (account, kind, reference) is already posted is a repeat: it moves nothing and answers the posting.

do $$
begin
    if to_regtype('ledger_booked') is null then
        create type ledger_booked as (place bigint, posting_id bigint, account_id bigint, number bigint, points bigint,
                                      is_repeat boolean, pending bigint, available bigint, held bigint, debt bigint);
    end if;
end $$;

-- The booking itself, on accounts that the caller has opened in this transaction. Item by item, in small statements: for
-- one sale they cost less than one large one, and for many no more. Only the movements are written together, since
-- what guards them looks at all that a statement writes.
create or replace function ledger_book(batch jsonb)
returns setof ledger_booked
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare
    item record; b ledger_booked; lot jsonb; lot_id bigint; amount bigint; opens_at timestamptz; waits boolean;
    paid bigint; repaid bigint; later bigint;
    postings bigint[]; accounts bigint[]; lots bigint[]; sources text[]; targets text[]; amounts bigint[];
begin
    for item in
        select x.* from rows from (jsonb_to_recordset(batch)
            as (account bigint, kind text, reference text, occurred_at timestamptz, at timestamptz, actor text,
                reasons jsonb, lots jsonb)) with ordinality
            as x(account, kind, reference, occurred_at, at, actor, reasons, lots, place)
    loop
        b.place := item.place; b.account_id := item.account;
        select p.id, coalesce(p.number, a.last_number + 1), p.points, p.id is not null,
               a.pending, a.available, a.held, a.debt
        into b.posting_id, b.number, b.points, b.is_repeat, b.pending, b.available, b.held, b.debt
        from points_account a
        left join points_posting p on p.account_id = a.id and p.kind = item.kind and p.reference = item.reference
        where a.id = item.account;
        if b.is_repeat then
            return next b;
            continue;
        end if;

        b.posting_id := nextval('points_posting_id_seq'); b.points := 0; later := 0; repaid := 0;
        for i in 0 .. jsonb_array_length(item.lots) - 1 loop
            lot := item.lots -> i; amount := lot ->> 'points'; opens_at := lot ->> 'available_at';
            waits := opens_at > item.at; paid := case when waits then 0 else least(amount, b.debt - repaid) end;
            insert into points_lot as l (account_id, posting_id, granted, remaining, available_at, expires_at, is_pending,
                                         is_open)
            values (item.account, b.posting_id, amount, amount - paid, opens_at,
                    (lot ->> 'expires_at')::timestamptz, waits, amount > paid)
            returning l.id into lot_id;
            postings := postings || b.posting_id; accounts := accounts || item.account; lots := lots || lot_id;
            sources := sources || 'issued'::text; amounts := amounts || amount;
            targets := targets || case when waits then 'pending' else 'available' end;
            if paid > 0 then -- what is usable at once repays debt, first come first
                postings := postings || b.posting_id; accounts := accounts || item.account; lots := lots || lot_id;
                sources := sources || 'available'::text; targets := targets || 'debt'::text; amounts := amounts || paid;
            end if;
            b.points := b.points + amount; repaid := repaid + paid; later := later + case when waits then amount else 0 end;
        end loop;

        insert into points_posting (id, account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor,
                                    reasons)
        values (b.posting_id, item.account, b.number, item.kind, b.points, b.points,
                item.reference, item.occurred_at, clock_timestamp(), item.actor, item.reasons);
        update points_account a
        set pending = a.pending + later, available = a.available + b.points - later - repaid,
            debt = a.debt - repaid, last_number = b.number
        where a.id = item.account
        returning a.pending, a.available, a.debt into b.pending, b.available, b.debt;
        return next b;
    end loop;
    insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
    select * from unnest(postings, accounts, lots, sources, targets, amounts);
end $$;

-- The same for accounts that nobody has opened yet.
create or replace function ledger_accrue(batch jsonb)
returns setof ledger_booked
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare ids bigint[]; moments timestamptz[];
begin
    select array_agg(i.account), array_agg(i.at) into ids, moments
    from (select x.account, max(x.at) as at
          from jsonb_to_recordset(batch) as x(account bigint, at timestamptz) group by 1 order by 1) i;
    perform ledger_lock(ids);
    perform ledger_touch(ids, moments);
    return query select * from ledger_book(batch);
end $$;
