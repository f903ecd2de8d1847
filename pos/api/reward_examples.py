"""Examples of rewards and vouchers, for the schema. Tests hold them to its shapes."""

from typing import Any

from pos.api.examples import BALANCE, MEMBER, NUMBER

REWARDS: dict[str, Any] = {
    "number": NUMBER,
    "balance": BALANCE,
    "items": [
        {
            "reward": "five-pounds",
            "name": "£5 off your basket",
            "kind": "amount_off",
            "amount": "5.00",
            "percent": None,
            "currency": "GBP",
            "worth": None,
            "price": 250,
            "state": "affordable",
            "missing": 0,
            "left": None,
            "tier": None,
            "begins_on": None,
            "ends_on": None,
        },
        {
            "reward": "afternoon-tea",
            "name": "Afternoon tea for two",
            "kind": "experience",
            "amount": None,
            "percent": None,
            "currency": "GBP",
            "worth": "38.00",
            "price": 1800,
            "state": "locked",
            "missing": 1458,
            "left": 12,
            "tier": "moon",
            "begins_on": None,
            "ends_on": "2027-03-31",
        },
    ],
}
REDEMPTION: dict[str, Any] = {
    "reward": "five-pounds",
    "proof": {"kind": "qr", "value": "SP419283746500X0M4KB7T"},
}
BY_PIN: dict[str, Any] = {
    "reward": "five-pounds",
    "member": {"phone": "+447700900123"},
    "proof": {"kind": "pin", "value": "2580"},
}
VOUCHER: dict[str, Any] = {
    "code": "7K3M9QX2TD5RVH0X",
    "written": "7K3M-9QX2-TD5R-VH0X",
    "reward": "five-pounds",
    "name": "£5 off your basket",
    "kind": "amount_off",
    "amount": "5.00",
    "percent": None,
    "currency": "GBP",
    "points": 250,
    "member": MEMBER,
    "state": "issued",
    "issued_at": "2026-11-22T10:30:00+00:00",
    "expires_at": "2027-02-21T00:00:00+00:00",
    "used_at": None,
    "store": None,
    "receipt": None,
    "supplied_code": None,
}
REDEEMED: dict[str, Any] = {"voucher": VOUCHER, "available": 92, "replayed": False}
USE: dict[str, Any] = {"receipt": "536365"}
USED: dict[str, Any] = {
    **VOUCHER,
    "state": "used",
    "used_at": "2026-11-22T10:35:12.402+00:00",
    "store": "LON-1",
    "receipt": "536365",
    "replayed": False,
}
UNUSE: dict[str, Any] = {"receipt": "536365"}
UNUSED: dict[str, Any] = {**VOUCHER, "replayed": False}
SPENDING_CODE: dict[str, Any] = {"member": {"phone": "+447700900123"}}
SENT_CODE: dict[str, Any] = {"channel": "sms", "address": "***0123", "expires_at": "2026-11-22T10:40:00+00:00"}
