-- A redemption is two calls. The first opens the member's account, the lock that makes their redemptions serial, and only
-- then asks all that may stand between them and the reward: each in a statement of its own, which sees what was committed
-- while it waited for the lock.

create or replace function rewards_open(
    the_member bigint, the_type bigint, the_time timestamptz, the_token text, the_reward bigint, counted int)
returns table (account_id bigint, member_id bigint, point_type_id bigint, pending bigint, available bigint, held bigint,
               debt bigint, last_number bigint, status text, is_known boolean, left_over bigint, taken bigint, rank int)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, also while the tables are still small
as $$
#variable_conflict use_column
declare
    acc record; standing record; the_rank int := 0; the_status text; was_asked boolean;
begin
    select * into acc from ledger_open(array[the_member], array[the_type], array[the_time]);
    select m.status into the_status from members_member m where m.id = the_member;
    was_asked := exists (select from rewards_voucher v where v.member_id = the_member and v.token = the_token);
    select * into standing from rewards_standings(the_member, the_time, array[the_reward], counted) s;
    if exists (select from rewards_reward r where r.id = the_reward and r.minimum_tier_id is not null) then
        select s.rank into the_rank from tiers_standings(array[the_member], array[the_time]) s;
    end if;
    return query select acc.account_id, acc.member_id, acc.point_type_id, acc.pending, acc.available, acc.held, acc.debt,
                        acc.last_number, the_status, was_asked, standing.left_over, standing.taken, the_rank;
end $$;

-- The second takes the points, writes the voucher, takes a piece of the stock last, and tells it. Where there are too few
-- points, nothing is written and the posting is null. Where nothing is left, all is undone and is_sold_out is true.
-- voucher: the row; facts: as core_tell takes them.

create or replace function rewards_post(
    the_account bigint, the_reference text, the_reasons jsonb, voucher jsonb, supply text, facts jsonb)
returns table (posting_id bigint, number bigint, points bigint, is_repeat boolean, pending bigint, available bigint,
               held bigint, debt bigint, voucher_id bigint, unit_id bigint, unit_code text, pool_id bigint,
               is_sold_out boolean)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1 -- by index, also while the tables are still small
as $$
#variable_conflict use_column
declare
    row_of rewards_voucher := jsonb_populate_record(null::rewards_voucher, voucher);
    booked record; unit record; found_id bigint;
begin
    begin
        select * into booked from ledger_redeem(
            the_account, 'redeem', the_reference, row_of.points, 'redeemed', row_of.issued_at, row_of.issued_at,
            row_of.issued_by, the_reasons);
        if booked.posting_id is null then
            return query select booked.posting_id, booked.number, booked.points, booked.is_repeat, booked.pending, booked.available,
                                booked.held, booked.debt, null::bigint, null::bigint, null::text, null::bigint, false;
            return;
        end if;
        insert into rewards_voucher (uuid, code, member_id, reward_id, redemption_id, points, token, kind, amount, percent,
                                     names, state, issued_at, issued_by, expires_at, used_by, receipt, cancelled_by)
        values (row_of.uuid, row_of.code, row_of.member_id, row_of.reward_id, booked.posting_id, row_of.points, row_of.token,
                row_of.kind, row_of.amount, row_of.percent, row_of.names, 'issued', row_of.issued_at, row_of.issued_by,
                row_of.expires_at, '', '', '')
        returning id into found_id;
        if supply <> 'unlimited' then
            select * into unit from rewards_take(row_of.reward_id, found_id, supply = 'codes');
            if unit.id is null then
                raise exception 'sold out' using errcode = 'RW001';
            end if;
            unit_id := unit.id;
            unit_code := unit.code;
            pool_id := unit.pool_id;
        end if;
    exception when sqlstate 'RW001' then
        is_sold_out := true;
        return next;
        return;
    end;
    perform core_tell(facts);
    posting_id := booked.posting_id;
    number := booked.number;
    points := booked.points;
    is_repeat := booked.is_repeat;
    pending := booked.pending;
    available := booked.available;
    held := booked.held;
    debt := booked.debt;
    voucher_id := found_id;
    is_sold_out := false;
    return next;
end $$;

-- A free piece of a reward for a voucher; no row when nothing is left. The last pieces may be in the hands of others, who
-- may yet let go of them: then one waits for those.
create or replace function rewards_take(the_reward bigint, the_voucher bigint, is_code boolean)
returns table (id bigint, code text, pool_id bigint)
language plpgsql
set plan_cache_mode = force_generic_plan
set enable_seqscan = off set random_page_cost = 1.1
as $$
#variable_conflict use_column
begin
    return query
    with free as materialized (
        select u.id from rewards_unit u
        where u.reward_id = the_reward and u.voucher_id is null and (u.code is not null) = is_code
        order by u.id limit 1
        for update skip locked
    )
    update rewards_unit u set voucher_id = the_voucher from free where u.id = free.id
    returning u.id, u.code::text, u.pool_id;
    if found then
        return;
    end if;
    return query
    with free as materialized (
        select u.id from rewards_unit u
        where u.reward_id = the_reward and u.voucher_id is null and (u.code is not null) = is_code
        order by u.id limit 1
        for update
    )
    update rewards_unit u set voucher_id = the_voucher from free where u.id = free.id
    returning u.id, u.code::text, u.pool_id;
end $$;
