-- Take points from the available lots of one account, soonest-expiring first, into a bucket of the programme's side.
-- Answers the posting, or a null posting with what is available when that is less than asked (nothing is moved).
-- A repeat of (account, kind, reference) answers the first posting.

create or replace function ledger_redeem(
    the_account bigint, the_kind text, the_reference text, wanted bigint, bucket text,
    the_moment timestamptz, the_time timestamptz, the_actor text, the_reasons jsonb)
returns table (posting_id bigint, number bigint, points bigint, is_repeat boolean,
               pending bigint, available bigint, held bigint, debt bigint)
language plpgsql
set enable_seqscan = off set random_page_cost = 1.1 -- by index, whatever a batch's size is guessed to be
as $$
declare
    acc points_account; old points_posting; entry record; needed bigint := wanted; share bigint; new_id bigint;
begin
    perform ledger_lock(array[the_account]);
    perform ledger_touch(array[the_account], array[the_time]);
    select * into acc from points_account a where a.id = the_account;
    select * into old from points_posting p
        where p.account_id = the_account and p.kind = the_kind and p.reference = the_reference;
    if found then
        return query select old.id, old.number, old.points, true, acc.pending, acc.available, acc.held, acc.debt;
        return;
    end if;
    if acc.available < wanted then
        return query select null::bigint, null::bigint, null::bigint, false, acc.pending, acc.available, acc.held, acc.debt;
        return;
    end if;

    insert into points_posting (account_id, number, kind, points, moved, reference, occurred_at, booked_at, actor, reasons)
    values (the_account, acc.last_number + 1, the_kind, -wanted, wanted, the_reference, the_moment, clock_timestamp(),
            the_actor, the_reasons)
    returning id into new_id;
    for entry in
        select l.id, l.remaining from points_lot l
        where l.account_id = the_account and l.is_open and not l.is_pending order by l.expires_at, l.id
    loop
        share := least(entry.remaining, needed);
        update points_lot l set remaining = l.remaining - share, is_open = l.remaining > share where l.id = entry.id;
        insert into points_movement (posting_id, account_id, lot_id, from_bucket, to_bucket, points)
        values (new_id, the_account, entry.id, 'available', bucket, share);
        needed := needed - share;
        exit when needed = 0;
    end loop;
    if needed <> 0 then
        raise exception 'the lots of account % are % points short of its balance', the_account, needed
            using errcode = 'data_corrupted';
    end if;
    update points_account a set available = a.available - wanted, last_number = a.last_number + 1
        where a.id = the_account;
    return query select new_id, acc.last_number + 1, -wanted, false, acc.pending, acc.available - wanted, acc.held, acc.debt;
end $$;
