"""How things stand after a sale or a return: what the till prints."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from points import queries as points
from points import rules
from pos import pricing, queries
from pos.api import answers
from pos.api.authentication import Till
from pos.queries import Sold
from pos.receipts import Brought, Receipt
from pos.returns import Returned
from pos.settling import Recorded
from tiers import qualification
from tiers.qualification import Held


def after_purchase(till: Till, receipt: Receipt | Sold, recorded: Recorded, at: datetime) -> dict[str, Any]:
    """What a purchase earned and how its member stands. A repeat is told what was booked then."""
    programme = till.programme
    parts = queries.earned(recorded.purchase_id) if recorded.is_repeat else answers.just_earned(recorded)
    earned = answers.earned(parts, programme)
    missed = pricing.missed(programme, recorded.purchase_id) if recorded.is_repeat else recorded.missed
    main = rules.rulebook(programme).main
    return {
        "purchase": recorded.uuid,
        "receipt": receipt.number,
        "claim_code": None if recorded.member_id else recorded.claim_code,
        "business_on": receipt.business_on,
        "amount": answers.amount(recorded.amount, programme.currency),
        "currency": programme.currency,
        "member": _member(till, recorded),
        "points": sum(part.points for part in parts if main and part.point_type_id == main.pk),
        "earned": earned,
        "missed_offers": answers.missed_offers(missed, programme),
        **_standing(till, recorded, recorded.member_id, at),
        "replayed": recorded.is_repeat,
    }


def after_return(till: Till, sold: Sold, brought: Brought, returned: Returned, at: datetime) -> dict[str, Any]:
    """What a return took back and how its member stands. A repeat is told what was taken then."""
    types = rules.rulebook(till.programme)
    if returned.is_repeat:
        taken, given = queries.taken_back(returned.return_id), queries.given_back(returned.return_id)
    else:
        taken = {point_type: -booking.points for point_type, booking in returned.bookings.items()}
        given = [
            {"reward": g.voucher.reward.code, "names": g.voucher.names, "points": g.points} for g in returned.vouchers
        ]
    return {
        "uuid": returned.uuid,
        "number": brought.number,
        "purchase": sold.uuid,
        "amount": answers.amount(returned.amount, sold.currency),
        "currency": sold.currency,
        "member": {"number": sold.member_number} if sold.member_number else None,
        "points": taken.get(types.main.pk, 0) if types.main else 0,
        "taken_back": [
            {"point_type": types.point_types[pk].code, "points": amount} for pk, amount in sorted(taken.items())
        ],
        "given_back": answers.given_back(given),
        **_standing(till, returned, sold.member_id, at),
        "replayed": returned.is_repeat,
    }


def _member(till: Till, recorded: Recorded) -> dict[str, str] | None:
    """The member by number: as named now, or whom the receipt was given to meanwhile."""
    if recorded.member_number:
        return {"number": recorded.member_number}
    if recorded.member_id is None:
        return None
    known = queries.purchase(till.store_id, recorded.uuid)
    return {"number": known.member_number} if known and known.member_number else None


def _standing(
    till: Till, done: Recorded | Returned, member_id: int | None, at: datetime
) -> dict[str, dict[str, Any] | None]:
    """Balance and tier, from what was just done where it says so."""
    if member_id is None:
        return {"balance": None, "tier": None, "next_tier": None}
    held = done.held or held_now(member_id, at)
    return {
        "balance": answers.balance(_just_booked(till, done) or points.balance(member_id, at)),
        **standing(till, held),
    }


def held_now(member_id: int, at: datetime) -> Held:
    """The tier a member holds, with what is missing to the next. Two queries."""
    progress = qualification.progress(member_id, at)
    if progress.next_tier is None:
        return progress.held
    return replace(progress.held, next_code=progress.next_tier.code, missing=progress.missing)


def standing(till: Till, held: Held) -> dict[str, dict[str, Any] | None]:
    """The tier held, and the next one."""
    return {"tier": answers.tier(held, till.programme), "next_tier": answers.next_tier(held, till.programme)}


def _just_booked(till: Till, done: Recorded | Returned) -> answers.Stands | None:
    """The main account as it was left by what was just done."""
    main = rules.rulebook(till.programme).main
    if main is None:
        return None
    if booking := done.bookings.get(main.pk):
        return booking
    return done.accounts.get(main.pk) if isinstance(done, Recorded) else None
