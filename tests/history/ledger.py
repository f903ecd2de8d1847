"""The whole state that receipts leave behind, in words that don't depend on ids, so that two runs can be compared."""

from typing import Any

from django.db import connection

from core.db import rows

QUESTIONS = {
    "members": "select external_id, status, enrolled_at, enrolled_via, language from members_member order by 1",
    "cards": """
        select m.external_id, c.status, c.issued_at from members_card c join members_member m on m.id = c.member_id
        order by 1""",
    "products": """
        select p.sku, p.name, p.price, c.code
        from sales_product p left join sales_category c on c.id = p.category_id order by 1""",
    "purchases": """
        select s.code as store, t.code as terminal, p.business_on, p.number, m.external_id, p.amount, p.currency,
               p.channel, p.occurred_at, p.recorded_at,
               (select jsonb_agg(jsonb_build_array(position, sku, name, category, quantity, amount) order by position)
                from sales_purchaseline l where l.purchase_id = p.id) as lines
        from sales_purchase p join sales_store s on s.id = p.store_id join sales_terminal t on t.id = p.terminal_id
        left join members_member m on m.id = p.member_id order by p.number""",
    "returns": """
        select p.number as purchase, r.number, r.amount, r.content_hash, r.occurred_at, r.recorded_at,
               (select jsonb_agg(jsonb_build_array(l.position, x.quantity, x.amount) order by l.position)
                from sales_returnline x join sales_purchaseline l on l.id = x.line_id where x.return_id = r.id) as lines
        from sales_return r join sales_purchase p on p.id = r.purchase_id order by 1, 2""",
    "accounts": """
        select m.external_id, a.pending, a.available, a.held, a.debt, a.last_number
        from points_account a join members_member m on m.id = a.member_id order by 1""",
    "postings": """
        select m.external_id, p.number, p.kind, p.points, p.moved, p.occurred_at, p.actor, p.reasons,
               regexp_replace(p.reference, '^(mature|expire):.*', '') as reference, r.number as reverses
        from points_posting p join points_account a on a.id = p.account_id join members_member m on m.id = a.member_id
        left join points_posting r on r.id = p.reverses_id order by 1, 2""",
    "lots": """
        select m.external_id, p.number, l.granted, l.remaining, l.reserved, l.available_at, l.expires_at, l.is_pending,
               l.is_open
        from points_lot l join points_posting p on p.id = l.posting_id join points_account a on a.id = l.account_id
        join members_member m on m.id = a.member_id order by 1, 2, l.id""",
    "movements": """
        select m.external_id, p.number, o.number as lot_of, v.from_bucket, v.to_bucket, v.points
        from points_movement v join points_posting p on p.id = v.posting_id join points_account a on a.id = v.account_id
        join members_member m on m.id = a.member_id left join points_lot l on l.id = v.lot_id
        left join points_posting o on o.id = l.posting_id order by 1, 2, v.id""",
    "settlements": """
        select u.number, s.context, p.number as posting
        from pos_settlement s join sales_purchase u on u.id = s.purchase_id
        left join points_posting p on p.id = s.posting_id order by 1""",
    "return settlements": """
        select u.number as purchase, r.number, p.number as posting from pos_returnsettlement s
        join sales_return r on r.id = s.return_id join sales_purchase u on u.id = r.purchase_id
        left join points_posting p on p.id = s.posting_id order by 1, 2""",
    "qualifying days": """
        select m.external_id, q.day, q.amount, q.points, q.purchases from tiers_qualifyingday q
        join members_member m on m.id = q.member_id order by 1, 2""",
    "standings": """
        select m.external_id, t.code, s.since_on, s.lapses_on, s.valid_until from tiers_standing s
        join members_member m on m.id = s.member_id join tiers_tier t on t.id = s.tier_id order by 1""",
    "tier changes": """
        select m.external_id, f.code as from_tier, t.code as to_tier, c.on, c.at, c.cause, c.reference
        from tiers_tierchange c join members_member m on m.id = c.member_id join tiers_tier t on t.id = c.to_tier_id
        left join tiers_tier f on f.id = c.from_tier_id order by 1, c.id""",
    "events": """
        select e.kind, m.external_id, e.occurred_at, e.payload->'amount' as amount, e.payload->'points' as points
        from core_event e left join members_member m on m.id = e.member_id order by 1, 2, 3, 4, 5""",
}


def state() -> dict[str, list[dict[str, Any]]]:
    """Every table that receipts reach, row by row."""
    # What was just written has no statistics yet, and four joined tables without any may take minutes.
    with connection.cursor() as cursor:
        cursor.execute("analyze")
    return {table: rows(question) for table, question in QUESTIONS.items()}
