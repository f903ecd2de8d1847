"""What staff do with a challenge: save it, switch it on, pause, end and copy it; and which ones are live on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import audit
from access.models import User
from campaigns import offerbook
from campaigns.models import Challenge, Recount
from campaigns.offerbook import Names
from core import clock
from core import programme as programmes
from core.errors import InvalidInput, LoyaltyError
from core.models import Programme
from core.revisions import PerRevision
from sales.models import Product

State = Challenge.State
LONGEST_CODE = 40
# What counts, and what is given: members collect for it once the challenge was on.
FIXED = (
    "kind", "goal", "period", "minimum", "categories", "skus", "stores", "tiers", "begins_on", "most_times", "points",
    "reward_id", "badge",
)  # fmt: skip


class ChallengeEnded(LoyaltyError):
    """The challenge has ended: it is not changed or switched on again."""

    code = "challenge_ended"
    sentence = _("This challenge has ended. Make a copy of it.")


class ChallengeStarted(InvalidInput):
    """What counts, or what is given, was to change although members collect for it."""

    code = "challenge_started"
    sentence = _("Members collect for it already: this stays as it is. Make a copy of it.")


class EndsEarlier(InvalidInput):
    """The last day was to come earlier than members were told."""

    code = "ends_earlier"
    sentence = _("Members were told a later day. You can put the end off, or end the challenge today.")


def save(challenge: Challenge) -> None:
    """Keep what CHALLENGE says. Callers audit it. Raises ChallengeEnded, ChallengeStarted, EndsEarlier.

    Where the end of one that is on is put off, all who bought are looked at anew: what came since its last day counts.
    """
    with transaction.atomic():
        if before := require_savable(challenge):
            challenge.state, challenge.started_at = before.state, before.started_at  # as of now, not of the form
        challenge.save()
        if before and before.state == State.ON and before.ends_on != challenge.ends_on:
            recount(challenge, at=clock.now())


def require_savable(challenge: Challenge) -> Challenge | None:
    """What CHALLENGE was before, locked; None if it is new. Raises ChallengeEnded, ChallengeStarted, EndsEarlier."""
    before = Challenge.objects.select_for_update(no_key=True).filter(pk=challenge.pk).first()
    if before is None:
        return None
    if before.state == State.ENDED:
        raise ChallengeEnded
    if before.started_at is None:
        return before
    for name in FIXED:
        if _plain(getattr(before, name)) != _plain(getattr(challenge, name)):
            raise ChallengeStarted(pointer=f"/{name.removesuffix('_id')}")
    if challenge.ends_on and (before.ends_on is None or challenge.ends_on < before.ends_on):
        raise EndsEarlier(pointer="/ends_on")
    return before


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value


def switch(challenge: Challenge, state: Challenge.State, *, actor: User | None, at: datetime) -> None:
    """Switch a challenge on, pause or end it at AT. Audited. A repeat changes nothing. Raises ChallengeEnded.

    On, or ended: everybody who bought in its days is looked at anew, as purchases came while nobody did. Ended: the
    business day of AT is its last; what is full by then is still given, also when the receipt arrives later. What was
    never on gives nothing.
    """
    with transaction.atomic():
        now = Challenge.objects.select_for_update(no_key=True).get(pk=challenge.pk)
        if now.state == state:
            return
        if now.state == State.ENDED:
            raise ChallengeEnded
        now.state = state
        if state == State.ON:
            now.started_at = now.started_at or at
        if state == State.ENDED:
            now.ended_on = clock.business_date(at, programmes.current())
        now.save(update_fields=["state", "started_at", "ended_on"])
        if now.started_at and state != State.PAUSED:
            recount(now, at=at)
        audit.record(f"challenge.{state.value}", subject=f"challenge:{now.code}", actor=actor)
    challenge.refresh_from_db()


def recount(challenge: Challenge, *, at: datetime) -> None:
    """Have everybody looked at who bought in the challenge's days, from AT on."""
    Recount.objects.create(challenge=challenge, due_at=at)


def copy(challenge: Challenge, *, actor: User | None, at: datetime) -> Challenge:
    """A copy of a challenge, paused and not begun. Audited.

    Its first day is that of AT where the original's has passed; a last day that would lie before it goes.
    """
    new = Challenge.objects.get(pk=challenge.pk)
    new.pk, new.state, new.started_at, new.ended_on = None, State.PAUSED, None, None
    new._state.adding = True
    new.begins_on = max(new.begins_on, clock.business_date(at, programmes.current()))
    if new.ends_on and new.ends_on < new.begins_on:
        new.ends_on = None
    with transaction.atomic():
        stem = challenge.code[: LONGEST_CODE - 5]
        taken = set(Challenge.objects.filter(code__startswith=stem).values_list("code", flat=True))
        new.code = next(code for number in range(2, 9999) if (code := f"{stem}-{number}") not in taken)
        save(new)
        audit.record("challenge.copied", subject=f"challenge:{new.code}", actor=actor, changes={"of": challenge.code})
    return new


def _started(_programme: Programme) -> list[Challenge]:
    found = Challenge.objects.filter(started_at__isnull=False).select_related("reward")
    return list(found.order_by("ends_on", "id"))


# All challenges that were ever on, soonest to end first.
started: PerRevision[list[Challenge]] = PerRevision(_started)


def live(programme: Programme, on: date) -> list[Challenge]:
    """The challenges that are on, and whose days the business date ON is one of. No query but the first."""
    return [one for one in started(programme) if one.state == State.ON and is_within(one, on)]


def is_within(challenge: Challenge, on: date) -> bool:
    """Whether purchases of the business date ON count for it."""
    return challenge.begins_on <= on and all(
        last is None or on <= last for last in (challenge.ends_on, challenge.ended_on)
    )


_names: PerRevision[Names] = PerRevision(offerbook.names)


def names(found: Iterable[Challenge], programme: Programme) -> Names:
    """What the goods, stores and tiers of challenges are called. One query where some ask for products, else none."""
    if skus := {sku for one in found for sku in one.skus}:
        products = {row.sku: {"en": row.name} for row in Product.objects.filter(sku__in=skus).order_by("sku")}
        return replace(_names(programme), products=products)
    return _names(programme)


def texts(challenge: Challenge, field: str) -> Mapping[str, str]:
    """A text of the challenge in both languages; where one is missing, the other."""
    english, chinese = getattr(challenge, f"{field}_en") or "", getattr(challenge, f"{field}_zh_hans") or ""
    return {"en": english or chinese, "zh-hans": chinese or english}
