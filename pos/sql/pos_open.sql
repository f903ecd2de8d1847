-- What a sale needs before it can be priced, in one round trip: the receipts claimed, and for those that are new the
-- accounts opened (locked by id, then touched) and the tiers held. Sales of distinct members.

-- Per member and point type the account as it stands, and the tier that the member holds at that moment: read after the
-- account is locked, so that of two sales of one member the second is told what the first has come to. A member who is
-- asked for with no point type has one row, without account.
create or replace function pos_ready(members bigint[], types bigint[], ats timestamptz[])
returns table (member_id bigint, account_id bigint, point_type_id bigint, pending bigint, available bigint, held bigint,
               debt bigint, last_number bigint, tier_id bigint, code text, rank int, multiplier numeric,
               since_on date, lapses_on date, valid_until date)
language plpgsql as $$
declare
    owners bigint[]; wanted bigint[]; moments timestamptz[]; all_owners bigint[]; all_moments timestamptz[];
    opened ledger_opened[];
begin
    for i in 1 .. cardinality(members) loop
        if types[i] is not null then
            owners := owners || members[i]; wanted := wanted || types[i]; moments := moments || ats[i];
        end if;
        if i = 1 or members[i] <> members[i - 1] then
            all_owners := all_owners || members[i]; all_moments := all_moments || ats[i];
        end if;
    end loop;
    if owners is not null then
        select array_agg(o) into opened from ledger_open(owners, wanted, moments) o;
    end if;
    return query
    select s.member_id, o.account_id, o.point_type_id, o.pending, o.available, o.held, o.debt, o.last_number,
           s.tier_id, s.code, s.rank, s.multiplier, s.since_on, s.lapses_on, s.valid_until
    from tiers_standings(all_owners, all_moments) s left join unnest(opened) o on o.member_id = s.member_id;
end $$;

-- receipts: as pos_claim takes them, each with "types", the point types that it may earn, and "offers", what there is to
-- win, or null. A receipt with several types answers a row for each; one that is known already, or has no member, a row
-- without account. How the member stands with the offers is read last, when the accounts are locked.
create or replace function pos_open(receipts jsonb)
returns table (place bigint, purchase_id bigint, uuid uuid, claim_code text, content_hash text, owner_id bigint,
               is_assigned boolean, is_new boolean, categories text[],
               named_id bigint, number text, status text, is_replaced boolean,
               member_id bigint, account_id bigint, point_type_id bigint, pending bigint, available bigint, held bigint,
               debt bigint, last_number bigint, tier_id bigint, code text, rank int, multiplier numeric,
               since_on date, lapses_on date, valid_until date, offers json)
language plpgsql as $$
declare claimed pos_claimed[]; c pos_claimed; members bigint[] = '{}'; wanted bigint[]; ats timestamptz[];
begin
    select array_agg(k) into claimed from pos_claim(receipts) k;
    foreach c in array coalesce(claimed, '{}') loop
        if c.is_new and c.owner_id is not null then
            for i in 1 .. greatest(cardinality(c.types), 1) loop
                members := members || c.owner_id; wanted := wanted || c.types[i]; ats := ats || c.at;
            end loop;
        end if;
    end loop;
    return query
    select k.place, k.purchase_id, k.uuid, k.claim_code, k.content_hash, k.owner_id, k.is_assigned, k.is_new, k.categories,
           k.named_id, k.number, k.status, k.is_replaced, r.*,
           case when r.member_id is not null and jsonb_typeof(receipts -> (k.place::int - 1) -> 'offers') = 'array'
               then campaigns_standing(k.owner_id, receipts -> (k.place::int - 1) -> 'offers') end
    from unnest(claimed) k left join pos_ready(members, wanted, ats) r on r.member_id = k.owner_id and k.is_new;
end $$;
