-- What a sale needs before it can be priced, in one round trip: the receipts claimed, and for those that are new the
-- accounts opened (locked by id, then touched) and the tiers held. Sales of distinct members.

-- Per member and point type the account as it stands, and the tier that the member holds at that moment. A member who is
-- asked for with no point type has one row, without account.
create or replace function pos_ready(members bigint[], types bigint[], ats timestamptz[])
returns table (member_id bigint, account_id bigint, point_type_id bigint, pending bigint, available bigint, held bigint,
               debt bigint, last_number bigint, tier_id bigint, code text, rank int, multiplier numeric,
               since_on date, lapses_on date, valid_until date)
language plpgsql as $$
begin
    return query
    with opened as materialized (
        select o.* from (select array_agg(m.id) as ids, array_agg(m.type) as types, array_agg(m.at) as ats
                         from unnest(members, types, ats) as m(id, type, at) where m.type is not null) w
        cross join ledger_open(w.ids, w.types, w.ats) o
    ), standings as materialized (
        select s.* from (select array_agg(d.id) as ids, array_agg(d.at) as ats
                         from (select m.id, max(m.at) as at from unnest(members, ats) as m(id, at) group by m.id) d) w
        cross join tiers_standings(w.ids, w.ats) s
    )
    select s.member_id, o.account_id, o.point_type_id, o.pending, o.available, o.held, o.debt, o.last_number,
           s.tier_id, s.code, s.rank, s.multiplier, s.since_on, s.lapses_on, s.valid_until
    from standings s left join opened o on o.member_id = s.member_id;
end $$;

-- receipts: as pos_claim takes them, each with "types", the point types that it may earn. A receipt with several answers
-- a row for each; one that is known already, or has no member, a row without account.
create or replace function pos_open(receipts jsonb)
returns table (place bigint, purchase_id bigint, uuid uuid, claim_code text, content_hash text, owner_id bigint,
               is_assigned boolean, is_new boolean, categories text[],
               named_id bigint, number text, status text, is_replaced boolean,
               member_id bigint, account_id bigint, point_type_id bigint, pending bigint, available bigint, held bigint,
               debt bigint, last_number bigint, tier_id bigint, code text, rank int, multiplier numeric,
               since_on date, lapses_on date, valid_until date)
language plpgsql as $$
begin
    return query
    with claimed as materialized (
        select * from pos_claim(receipts)
    ), wanted as materialized (
        select array_agg(c.owner_id) as members, array_agg(t.id::bigint) as types, array_agg(r.at) as ats
        from claimed c
        join rows from (jsonb_to_recordset(receipts) as (at timestamptz, types jsonb)) with ordinality as r(at, types, place)
            on r.place = c.place
        left join jsonb_array_elements_text(r.types) as t(id) on true
        where c.is_new and c.owner_id is not null
        having count(*) > 0
    )
    select c.*, r.*
    from claimed c
    left join (select r.* from wanted w cross join pos_ready(w.members, w.types, w.ats) r) r
        on r.member_id = c.owner_id and c.is_new;
end $$;
