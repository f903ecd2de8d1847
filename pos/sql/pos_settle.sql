-- Tie purchases to what they earned, and tell it, in one round trip.

create or replace function pos_settle(settlements jsonb, facts jsonb) returns void language plpgsql as $$
begin
    insert into pos_settlement (purchase_id, point_type_id, posting_id, context)
    select s.purchase, s.point_type, s.posting, s.context
    from jsonb_to_recordset(settlements) as s(purchase bigint, point_type bigint, posting bigint, context jsonb);
    perform core_tell(facts);
end $$;
