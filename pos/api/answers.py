"""What tills are told: facts as JSON, in the language asked for. Of a member's person no more than a till needs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation

from campaigns import offers
from campaigns.matching import Missed
from core import money
from core.models import Programme
from core.revisions import PerRevision
from members.identity import Found
from members.models import Member
from points import rules
from points.ledger import Booking, Grant, Opened
from points.queries import Balance, Due, Entry
from pos.queries import Back, Earned, Sold, SoldLine
from pos.settling import Recorded
from tiers import ladder
from tiers.models import Scheme, Tier
from tiers.qualification import Held

SHOWN_DIGITS = 4

# How an account stands: as read, as booked just now, or as opened and not booked on.
Stands = Balance | Booking | Opened


def words(by_language: Mapping[str, str]) -> str:
    """A text kept in both languages, in the one asked for."""
    return by_language.get(translation.get_language() or "") or by_language.get("en", "")


def masked_name(name: str) -> str:
    """So much of a name that the cashier can greet by it, and nobody learns it: the first letter of each part."""
    return " ".join(f"{part[0]}**" for part in name.split())


def masked_phone(phone: str) -> str:
    """The last digits of a phone number."""
    return f"***{phone[-SHOWN_DIGITS:]}" if phone else ""


def member(found: Found | Member) -> dict[str, Any]:
    """A member as tills see them."""
    return {
        "number": found.number,
        "status": found.status,
        "name": masked_name(found.name),
        "phone": masked_phone(str(found.phone or "")),
        "language": found.language,
    }


def balance(found: Stands) -> dict[str, int]:
    """Points of one type as they stand."""
    return {"available": found.available, "pending": found.pending, "held": found.held, "debt": found.debt}


def tier(held: Held, programme: Programme) -> dict[str, Any]:
    """The tier a member holds, and until when."""
    return {"code": held.code, "name": words(_rungs(programme).names[held.code]), "valid_until": held.valid_until}


def next_tier(held: Held, programme: Programme) -> dict[str, Any] | None:
    """The next tier and what is missing to it; None at the highest."""
    if held.next_code is None or held.missing is None:
        return None
    rungs = _rungs(programme)
    name = words(rungs.names[held.next_code])
    return {"code": held.next_code, "name": name, "missing": plain(held.missing), "basis": rungs.basis}


@dataclass(frozen=True, slots=True)
class Rungs:
    """The tiers' names by code, and by what members qualify."""

    names: Mapping[str, Mapping[str, str]]
    basis: str


def _load_rungs(programme: Programme) -> Rungs:
    names = ladder.names(programme)
    codes = Tier.objects.values_list("pk", "code")
    return Rungs({code: names[pk] for pk, code in codes}, Scheme.objects.values_list("basis", flat=True).get())


_rungs = PerRevision(_load_rungs)


def earned(parts: Iterable[Earned], programme: Programme) -> list[dict[str, Any]]:
    """What was earned, by point type, each grant with its reason in words."""
    types = rules.rulebook(programme).point_types
    return [
        {
            "point_type": types[part.point_type_id].code,
            "points": part.points,
            "usable_at": part.usable_at,
            "expires_at": part.expires_at,
            "reasons": [reason(one) for one in part.reasons],
        }
        for part in parts
    ]


def reason(kept: Mapping[str, Any]) -> dict[str, Any]:
    """A grant's share and why, in the language asked for."""
    return {"points": kept["points"], "rule": kept["rule"], "version": kept["version"], "words": words(kept["words"])}


def missed_offers(missed: Sequence[Missed], programme: Programme) -> list[dict[str, Any]]:
    """The offers of the day that did not apply: why, and what money is missing, in the language asked for."""
    return [
        {
            "offer": each.code,
            "title": words(each.title),
            "code": each.why.value,
            "detail": each.words,
            "missing": amount(each.missing, programme.currency) if each.missing else None,
        }
        for each in offers.told(missed, programme)
    ]


def just_earned(recorded: Recorded) -> list[Earned]:
    """What a purchase recorded just now earned, as it was booked."""
    return [granted(point_type, recorded.quote.grants[point_type]) for point_type in sorted(recorded.bookings)]


def granted(point_type_id: int, grants: Sequence[Grant]) -> Earned:
    """Grants of one point type, as they are or would be booked."""
    return Earned(
        point_type_id=point_type_id,
        points=sum(grant.points for grant in grants),
        reasons=[grant.as_reason() for grant in grants],
        usable_at=min(grant.available_at for grant in grants),
        expires_at=min((grant.expires_at for grant in grants if grant.expires_at), default=None),
    )


def sold(found: Sold) -> dict[str, Any]:
    """A purchase as recorded, in short."""
    return {
        "purchase": found.uuid,
        "receipt": found.number,
        "terminal": found.terminal,
        "business_on": found.business_on,
        "occurred_at": found.occurred_at,
        "amount": amount(found.amount, found.currency),
        "currency": found.currency,
        "member": {"number": found.member_number} if found.member_number else None,
        "points": found.points,
    }


def sold_line(line: SoldLine, currency: str) -> dict[str, Any]:
    """A line of a purchase as recorded. `returned`: how much of its quantity was brought back."""
    return {
        "line": line.position,
        "sku": line.sku,
        "name": line.name,
        "category": line.category,
        "quantity": plain(line.quantity),
        "amount": amount(line.amount, currency),
        "returned": plain(line.returned),
    }


def brought_back(back: Back, currency: str) -> dict[str, Any]:
    """A return as recorded."""
    return {
        "uuid": back.uuid,
        "number": back.number,
        "terminal": back.terminal,
        "occurred_at": back.occurred_at,
        "amount": amount(back.amount, currency),
        "lines": [
            {"line": position, "quantity": plain(Decimal(quantity)), "amount": amount(Decimal(paid), currency)}
            for position, quantity, paid in back.goods
        ],
        "taken_back": [{"point_type": code, "points": points} for code, points in sorted(back.points.items())],
        "given_back": given_back(back.vouchers),
    }


def given_back(vouchers: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Vouchers that a return gave back to their members."""
    return [{"reward": v["reward"], "name": words(v["names"]), "points": v["points"]} for v in vouchers]


def entry(posting: Entry) -> dict[str, Any]:
    """A posting: what, why, when usable, when it expires."""
    return {
        "number": posting.number,
        "kind": posting.kind,
        "points": posting.points,
        "occurred_at": posting.occurred_at,
        "usable_at": posting.usable_at,
        "expires_at": posting.expires_at,
        "reasons": [reason(one) for one in posting.reasons],
    }


def due(parts: Sequence[Due]) -> list[dict[str, Any]]:
    """When how many points become usable, or expire."""
    return [{"at": part.at, "points": part.points} for part in parts]


def amount(number: Decimal, currency: str) -> str:
    """An amount of money with as many places as its currency has."""
    return f"{money.rounded(number, currency):f}"


def plain(number: Decimal) -> str:
    """A quantity without needless zeros."""
    return f"{number.normalize():f}"
