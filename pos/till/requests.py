"""What a till of the shop's own would send for the same: each step as a request to `/api/v1/`, for a shell."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from core.models import Programme
from pos.api import answers
from pos.receipts import Line

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """A request: what it does, in an operation of the API's reference, and its text for a shell."""

    operation: str
    text: str


def find_member(site: str, number: str) -> Call:
    """How a till finds the member whose card it has read."""
    return _get(site, "find_member", f"members/lookup?{urlencode({'number': number})}")


def enrol(site: str, body: Body, key: str) -> Call:
    """How a till enrols somebody."""
    return _post(site, "enrol_member", "members", body, key)


def purchase(site: str, body: Body) -> Call:
    """How a till records the sale."""
    return _post(site, "record_purchase", "purchases", body, f"sale-{body['receipt']}")


def read_purchase(site: str, uuid: object) -> Call:
    """How a till reads the receipt again."""
    return _get(site, "read_purchase", f"purchases/{uuid}")


def find_purchases(site: str, number: str) -> Call:
    """How a till finds a receipt by its number."""
    return _get(site, "list_purchases", f"purchases?{urlencode({'receipt': number})}")


def goods_back(site: str, uuid: object, body: Body) -> Call:
    """How a till takes goods back."""
    return _post(site, "record_return", f"purchases/{uuid}/returns", body, f"return-{body['number']}")


def give(site: str, uuid: object, body: Body) -> Call:
    """How a till gives a receipt to a member."""
    return _post(site, "give_purchase", f"purchases/{uuid}/member", body, f"give-{uuid}")


def rewards(site: str, number: str) -> Call:
    """How a till asks what a member may redeem."""
    return _get(site, "list_rewards", f"rewards?{urlencode({'number': number})}")


def send_code(site: str, body: Body, key: str) -> Call:
    """How a till has a code sent to a member."""
    return _post(site, "send_spending_code", "spending-codes", body, key)


def redeem(site: str, body: Body, key: str) -> Call:
    """How a till redeems a reward for a member."""
    return _post(site, "redeem_reward", "redemptions", body, key)


def use_voucher(site: str, code: str, receipt: str) -> Call:
    """How a till uses a voucher with the sale."""
    return _post(site, "use_voucher", f"vouchers/{code}/use", {"receipt": receipt}, f"voucher-{receipt}-{code}")


def sale(
    number: str, lines: Sequence[Line], member: str, cashier: str, *, programme: Programme, at: datetime
) -> dict[str, Any]:
    """The body of a purchase."""
    currency = programme.currency
    return {
        "receipt": number,
        "occurred_at": _moment(at),
        "currency": currency,
        **({"member": {"number": member}} if member else {}),
        "lines": [_line(line, currency) for line in lines],
        "total": answers.amount(sum((line.amount for line in lines), Decimal(0)), currency),
        "cashier": cashier,
    }


def back(number: str, goods: Sequence[tuple[int, Decimal]], at: datetime) -> dict[str, Any]:
    """The body of a return."""
    return {
        "number": number,
        "occurred_at": _moment(at),
        "lines": [{"line": position, "quantity": answers.plain(quantity)} for position, quantity in goods],
    }


def _line(line: Line, currency: str) -> dict[str, str]:
    told = {
        "sku": line.sku,
        "name": line.name,
        "quantity": answers.plain(line.quantity),
        "amount": answers.amount(line.amount, currency),
    }
    return {**told, "category": line.category} if line.category else told


def _moment(at: datetime) -> str:
    return at.replace(microsecond=0).isoformat()


def _get(site: str, operation: str, path: str) -> Call:
    return Call(operation, f'curl "{site}/{path}" \\\n  -H "Authorization: Bearer $TILL_KEY"')


def _post(site: str, operation: str, path: str, body: Body, key: str) -> Call:
    # A quote inside single quotes: end them, a quote of its own, begin them again.
    written = json.dumps(body, ensure_ascii=False, indent=2).replace("'", "'\\''")
    return Call(
        operation,
        f'curl {site}/{path} \\\n  -H "Authorization: Bearer $TILL_KEY" \\\n  -H "Idempotency-Key: {key}" \\\n'
        f"  -H \"Content-Type: application/json\" \\\n  -d '{written}'",
    )
