-- What a sale leaves behind, in one round trip: points booked, days counted towards tiers, how it was priced, and the
-- facts told. The accounts are open (see pos_open). One sale is a batch of one.
-- awards: what is won by offers, as campaigns_award takes them. They come first, as budgets decide what is booked at all:
-- where one has not enough, nothing is written, and "short" says what there is. A sale waits for a budget only where it
-- is nearly used up.
-- settlements: [{purchase, member, point_type, accrual, context}], accrual being a place in accruals or null.
-- Answers for each member the tier held now, and a row per posting; members who earned nothing have one without.

create or replace function pos_post(accruals jsonb, qualifying jsonb, settlements jsonb, facts jsonb, awards jsonb)
returns table (point_type_id bigint, posting_id bigint, account_id bigint, number bigint, points bigint, is_repeat boolean,
               pending bigint, available bigint, held bigint, debt bigint,
               member_id bigint, tier_id bigint, code text, rank int, multiplier numeric, since_on date,
               lapses_on date, valid_until date, next_code text, missing numeric, short json)
language plpgsql as $$
declare booked ledger_booked[]; lacking jsonb;
begin
    if awards <> '[]' then
        lacking := campaigns_award(awards);
        if lacking is not null then
            short := lacking::json;
            return next;
            return;
        end if;
    end if;
    perform core_tell(facts);
    if settlements = '[]' and qualifying = '[]' then
        return;
    end if;
    if accruals <> '[]' then
        select array_agg(b order by b.place) into booked from ledger_book(accruals) b;
    end if;
    insert into pos_settlement (purchase_id, point_type_id, posting_id, context)
    select s.purchase, s.point_type, (booked[s.accrual]).posting_id, s.context
    from jsonb_to_recordset(settlements) as s(purchase bigint, point_type bigint, accrual bigint, context jsonb);
    return query
    select s.point_type, b.posting_id, b.account_id, b.number, b.points, b.is_repeat, b.pending, b.available, b.held, b.debt,
           h.*, null::json
    from tiers_record(qualifying) h
    left join (jsonb_to_recordset(settlements) as s(member bigint, point_type bigint, accrual bigint)
               join unnest(booked) b on b.place = s.accrual) on s.member = h.member_id;
end $$;
