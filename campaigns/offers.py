"""What staff do with an offer: save it, switch it on, pause, end and copy it. Each step is a version of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from campaigns import offerbook, sentences
from campaigns.matching import Missed, Standing, Why
from campaigns.models import Award, AwardReversal, BudgetSlot, Offer, OfferVersion
from core import db
from core.errors import InvalidInput, LoyaltyError
from core.models import Programme

# As many tills may give points of one budget at once without waiting for each other.
SLOTS = 16
# A slot holds this many awards at least: with less in it, it would be empty before it saved anybody a wait.
AWARDS_A_SLOT = 10
GUESSED_AWARD = 200
LONGEST_CODE = 40
INSTANT = timedelta(microseconds=1)
STANDING = "select campaigns_standing(%s, %s::jsonb)"


class OfferEnded(LoyaltyError):
    """The offer has ended: it is not changed or switched on again."""

    code = "offer_ended"
    sentence = _("This offer has ended. Make a copy of it.")


class BudgetStays(InvalidInput):
    """An offer that was on got a budget, or lost it."""

    code = "budget_stays"
    sentence = _("Whether the offer has a budget can't change any more. Make a copy of it.")


class BudgetSpent(InvalidInput):
    """The budget would be less than what was given already. `given`: how much that is."""

    code = "budget_spent"
    sentence = _("It has given %(given)s points already: the budget can't be less.")


def save(offer: Offer, *, at: datetime) -> None:
    """Keep what OFFER says from AT on. Purchases before that moment keep to what it said then. Callers audit it.

    Raises OfferEnded, BudgetStays, BudgetSpent.
    """
    with transaction.atomic():
        if before := require_savable(offer):
            offer.state = before.state  # it may have been paused since the form was opened
        offer.save()
        _share_out(offer)
        _publish(offer, at)


def require_savable(offer: Offer) -> Offer | None:
    """What OFFER was before, None if it is new. Raises OfferEnded, BudgetStays or BudgetSpent where it can't be saved.

    It and its budget are locked, so that what is true now stays true until the end of the transaction. Not its key:
    sales that hold a part of the budget refer to it.
    """
    before = Offer.objects.select_for_update(no_key=True).filter(pk=offer.pk).first()
    if before is None:
        return None
    if before.state == Offer.State.ENDED:
        raise OfferEnded
    if before.versions.filter(is_on=True).exists() and (before.budget is None) != (offer.budget is None):
        raise BudgetStays(pointer="/budget")
    list(BudgetSlot.objects.select_for_update().filter(offer=offer).order_by("pk"))
    if offer.budget is not None and (given := _given(offer)) > offer.budget:
        raise BudgetSpent(pointer="/budget", given=f"{given:,}")
    return before


def switch(offer: Offer, state: Offer.State, *, actor: User | None, at: datetime) -> None:
    """Switch an offer on, pause or end it from AT on. Audited. A repeat changes nothing. Raises OfferEnded."""
    with transaction.atomic():
        now = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
        if now.state == state:
            return
        if now.state == Offer.State.ENDED:
            raise OfferEnded
        Offer.objects.filter(pk=offer.pk).update(state=state)
        now.state = offer.state = state
        _publish(now, at)
        audit.record(f"offer.{state.value}", subject=f"offer:{now.code}", actor=actor)


def copy(offer: Offer, *, actor: User | None, at: datetime) -> Offer:
    """A copy of an offer, paused, with a budget of its own. Audited."""
    new = Offer.objects.get(pk=offer.pk)
    new.pk, new.state = None, Offer.State.PAUSED
    new._state.adding = True
    with transaction.atomic():
        stem = offer.code[: LONGEST_CODE - 5]
        taken = set(Offer.objects.filter(code__startswith=stem).values_list("code", flat=True))
        new.code = next(code for number in range(2, 9999) if (code := f"{stem}-{number}") not in taken)
        save(new, at=at)
        audit.record("offer.copied", subject=f"offer:{new.code}", actor=actor, changes={"of": offer.code})
    return new


@dataclass(frozen=True, slots=True)
class Lost:
    """So much of what a purchase won by the offer of that code, a return took back."""

    purchase_id: int
    return_id: int
    code: str
    points: int


def take_back(lost: Sequence[Lost]) -> None:
    """Keep what returns took back of awards. Neither times nor budget are given back. Two statements; none for none."""
    if not lost:
        return
    awards = {
        (purchase_id, code): pk
        for pk, purchase_id, code in Award.objects.filter(purchase__in={each.purchase_id for each in lost}).values_list(
            "pk", "purchase", "offer__code"
        )
    }
    AwardReversal.objects.bulk_create(
        AwardReversal(award_id=awards[each.purchase_id, each.code], of_return_id=each.return_id, points=each.points)
        for each in lost
    )


def standing(member_id: int, offers: Sequence[int]) -> Standing:
    """How a member stands with OFFERS. One query; none for none."""
    return of_row(db.value(STANDING, [member_id, db.as_json(list(offers))]) if offers else None)


def of_row(found: dict[str, Any] | None) -> Standing:
    """A standing from what campaigns_standing answers."""
    rows = {int(offer): pair for offer, pair in (found or {}).items()}
    return Standing(
        had={offer: had for offer, (had, _left) in rows.items()},
        left={offer: int(left) for offer, (_had, left) in rows.items() if left is not None},
    )


@dataclass(frozen=True, slots=True)
class Told:
    """An offer that a basket does not get, as people read it. `missing`: the money to its minimum, else 0."""

    code: str
    title: Mapping[str, str]
    why: Why
    words: str
    missing: Decimal


def told(missed: Sequence[Missed], programme: Programme) -> list[Told]:
    """Offers that do not apply, with the reason in the language that is active."""
    names = offerbook.offerbook(programme).names
    return [
        Told(
            each.terms.code,
            each.terms.title,
            each.why,
            sentences.missed(
                each.why,
                each.terms,
                each.missing,
                currency=programme.currency,
                categories=offerbook.ordered(each.terms.categories, names.categories),
                tiers=offerbook.ordered(each.terms.tiers, names.tiers),
            ),
            each.missing,
        )
        for each in missed
    ]


def _publish(offer: Offer, at: datetime) -> None:
    latest = offer.versions.aggregate(number=Max("number"), begins_at=Max("begins_at"))
    begins_at = max(at, latest["begins_at"] + INSTANT) if latest["begins_at"] else at
    OfferVersion.objects.create(
        offer=offer,
        number=(latest["number"] or 0) + 1,
        begins_at=begins_at,
        is_on=offer.state == Offer.State.ON,
        terms=offerbook.frozen(offer),
    )


def _given(offer: Offer) -> int:
    return Award.objects.filter(offer=offer).aggregate(points=Sum("points"))["points"] or 0


def _share_out(offer: Offer) -> None:
    """Spread what is left of the budget over slots, which are locked: what is being given by it is seen."""
    slots = list(BudgetSlot.objects.filter(offer=offer).order_by("pk"))
    if offer.budget is None:
        BudgetSlot.objects.filter(offer=offer).delete()
        return
    award = offer.points or GUESSED_AWARD
    many = max(1, min(SLOTS, offer.budget // (award * AWARDS_A_SLOT)))
    slots += BudgetSlot.objects.bulk_create(BudgetSlot(offer=offer, left=0) for _more in range(many - len(slots)))
    share, rest = divmod(offer.budget - _given(offer), len(slots))
    for place, slot in enumerate(slots):
        slot.left = share + (place < rest)
    BudgetSlot.objects.bulk_update(slots, ["left"])
