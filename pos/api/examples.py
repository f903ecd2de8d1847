"""Examples of what tills send and are told, for the schema. Tests hold them to its shapes."""

from typing import Any

PURCHASE = "0192f0c1-7a3e-4b52-9d61-3f5a8c2e7b10"
RETURN = "0192f0c9-1d24-4c07-8e95-6b7f0a1c2d33"
NUMBER = "419283746500"

SALE: dict[str, Any] = {
    "receipt": "536365",
    "occurred_at": "2026-11-22T10:30:00+00:00",
    "currency": "GBP",
    "member": {"phone": "+447700900123"},
    "lines": [
        {"sku": "85123A", "name": "White hanging heart T-light holder", "quantity": "6", "amount": "15.30"},
        {"sku": "71053", "name": "White metal lantern", "quantity": "2", "amount": "6.78"},
    ],
    "total": "22.08",
    "cashier": "Ada",
}
ANONYMOUS_SALE: dict[str, Any] = {
    "receipt": "536366",
    "occurred_at": "2026-11-22T10:41:07+00:00",
    "currency": "GBP",
    "lines": [{"sku": "22633", "name": "Hand warmer Union Jack", "quantity": "1", "amount": "1.85"}],
    "total": "1.85",
}
REASON: dict[str, Any] = {"points": 22, "rule": "base", "version": 1, "words": "1 point per £1 · GBP 22.08"}
EARNED: list[dict[str, Any]] = [
    {
        "point_type": "points",
        "points": 22,
        "usable_at": "2026-11-22T10:30:00+00:00",
        "expires_at": "2027-12-01T00:00:00+00:00",
        "reasons": [REASON],
    }
]
MISSED_OFFERS: list[dict[str, Any]] = [
    {
        "offer": "advent",
        "title": "Advent treat: 200 points",
        "code": "below_minimum",
        "detail": "Minimum £50, £27.92 short",
        "missing": "27.92",
    }
]
BALANCE: dict[str, Any] = {"available": 342, "pending": 0, "held": 0, "debt": 0}
TIER: dict[str, Any] = {"code": "star", "name": "Star", "valid_until": "2027-12-31"}
NEXT_TIER: dict[str, Any] = {"code": "moon", "name": "Moon", "missing": "412.5", "basis": "amount"}
BASKET: dict[str, Any] = {
    "currency": "GBP",
    "member": {"number": NUMBER},
    "lines": [
        {"sku": "85123A", "quantity": "6", "amount": "15.30"},
        {"sku": "71053", "quantity": "2", "amount": "6.78"},
    ],
    "vouchers": ["7K3M-9QX2-TD5R-VH0X"],
}
ANONYMOUS_BASKET: dict[str, Any] = {name: BASKET[name] for name in ("currency", "lines")}
QUOTE: dict[str, Any] = {
    "currency": "GBP",
    "total": "22.08",
    "to_pay": "20.08",
    "lines": [{"line": 1, "amount": "13.91"}, {"line": 2, "amount": "6.17"}],
    "vouchers": [
        {
            "code": "7K3M-9QX2-TD5R-VH0X",
            "applies": True,
            "takes_off": "2.00",
            "reward": "two-pounds",
            "name": "£2 off your next visit",
            "kind": "amount_off",
            "problem": None,
        }
    ],
    "member": {"number": NUMBER},
    "points": 20,
    "earned": [
        {**EARNED[0], "points": 20, "reasons": [{**REASON, "points": 20, "words": "1 point per £1 · GBP 20.08"}]}
    ],
    "missed_offers": [{**MISSED_OFFERS[0], "detail": "Minimum £50, £29.92 short", "missing": "29.92"}],
    "balance": BALANCE,
    "worth": "3.42",
    "tier": TIER,
    "rises_to": None,
    "next_tier": {**NEXT_TIER, "missing": "392.42"},
}
SALE_ANSWER: dict[str, Any] = {
    "purchase": PURCHASE,
    "receipt": "536365",
    "claim_code": None,
    "business_on": "2026-11-22",
    "amount": "22.08",
    "currency": "GBP",
    "member": {"number": NUMBER},
    "points": 22,
    "earned": EARNED,
    "missed_offers": MISSED_OFFERS,
    "balance": BALANCE,
    "tier": TIER,
    "next_tier": NEXT_TIER,
    "replayed": False,
}
SALE_KNOWN: dict[str, Any] = {**SALE_ANSWER, "replayed": True}
SHORT: dict[str, Any] = {
    "purchase": PURCHASE,
    "receipt": "536365",
    "terminal": "T1",
    "business_on": "2026-11-22",
    "occurred_at": "2026-11-22T10:30:00+00:00",
    "amount": "22.08",
    "currency": "GBP",
    "member": {"number": NUMBER},
    "points": 22,
}
PAGE: dict[str, Any] = {"items": [SHORT], "next_cursor": "WzE3OTUzNDM0MDAwMDAwMDAsMTJd"}
WHOLE: dict[str, Any] = {
    **SHORT,
    "recorded_at": "2026-11-22T10:30:02.114+00:00",
    "channel": "store",
    "cashier": "Ada",
    "lines": [
        {
            "line": 1,
            "sku": "85123A",
            "name": "White hanging heart T-light holder",
            "category": "decoration",
            "quantity": "6",
            "amount": "15.30",
            "returned": "2",
        },
        {
            "line": 2,
            "sku": "71053",
            "name": "White metal lantern",
            "category": "",
            "quantity": "2",
            "amount": "6.78",
            "returned": "0",
        },
    ],
    "earned": EARNED,
    "missed_offers": MISSED_OFFERS,
}
GOODS: dict[str, Any] = {
    "number": "R-77",
    "occurred_at": "2026-11-22T16:05:00+00:00",
    "lines": [{"line": 1, "quantity": "2"}],
}
RETURN_ANSWER: dict[str, Any] = {
    "uuid": RETURN,
    "number": "R-77",
    "purchase": PURCHASE,
    "amount": "5.10",
    "currency": "GBP",
    "member": {"number": NUMBER},
    "points": 6,
    "taken_back": [{"point_type": "points", "points": 6}],
    "given_back": [],
    "balance": {"available": 336, "pending": 0, "held": 0, "debt": 0},
    "tier": TIER,
    "next_tier": {**NEXT_TIER, "missing": "417.6"},
    "replayed": False,
}
RETURNS: dict[str, Any] = {
    "items": [
        {
            "uuid": RETURN,
            "number": "R-77",
            "terminal": "T1",
            "occurred_at": "2026-11-22T16:05:00+00:00",
            "amount": "5.10",
            "lines": [{"line": 1, "quantity": "2", "amount": "5.10"}],
            "taken_back": [{"point_type": "points", "points": 6}],
            "given_back": [],
        }
    ]
}
ASSIGNMENT: dict[str, Any] = {"member": {"number": NUMBER}, "claim_code": "7K3M9QX2TD"}
ENROLMENT: dict[str, Any] = {
    "phone": "+447700900123",
    "name": "Ada Lovelace",
    "language": "en",
    "birthday": {"month": 12, "day": 10},
    "accepts_terms": True,
    "consents": [{"channel": "sms", "purpose": "marketing"}],
}
LUNAR_ENROLMENT: dict[str, Any] = {
    "phone": "+8613800138000",
    "name": "王小明",
    "language": "zh-hans",
    "birthday": {"calendar": "lunar", "month": 8, "day": 15, "year": 1990},
}
MEMBER: dict[str, Any] = {
    "number": NUMBER,
    "status": "active",
    "name": "A** L**",
    "phone": "***0123",
    "language": "en",
}
ENROLLED: dict[str, Any] = {**MEMBER, "is_new": True}
MEMBER_WHOLE: dict[str, Any] = {**MEMBER, "tier": TIER, "next_tier": NEXT_TIER, "balance": BALANCE}
BALANCES: dict[str, Any] = {
    "number": NUMBER,
    "balances": [
        {
            "point_type": "points",
            **BALANCE,
            "maturing": [],
            "expiring": [{"at": "2027-12-01T00:00:00+00:00", "points": 342}],
        }
    ],
}
POSTINGS: dict[str, Any] = {
    "items": [
        {
            "number": 14,
            "kind": "accrue",
            "points": 22,
            "occurred_at": "2026-11-22T10:30:00+00:00",
            "usable_at": "2026-11-22T10:30:00+00:00",
            "expires_at": "2027-12-01T00:00:00+00:00",
            "reasons": [REASON],
        }
    ],
    "next_cursor": None,
}
PONG: dict[str, Any] = {
    "store": "LON-1",
    "terminal": "T1",
    "currency": "GBP",
    "time_zone": "Europe/London",
    "day_ends_at": 0,
    "business_on": "2026-11-22",
    "oldest_receipt_days": 90,
    "now": "2026-11-22T10:29:58.301+00:00",
}
