"""Rewards and vouchers as members read them: what they are worth, what stands between, how long they last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from core import clock
from core.models import Programme
from portal import figures
from portal.movements import last_day as last_business_day
from rewards import catalogue, queries
from rewards.catalogue import Offering, State
from rewards.models import Reward, Voucher
from tiers.models import Tier

# So few are left that it is worth saying.
FEW = 10
TEASED = 4
# So near its end a voucher asks to be used.
SOON_DAYS = 7
SHELVES: dict[str, str | Promise] = {
    "ready": gettext_lazy("Ready"),
    "used": gettext_lazy("Used"),
    "over": gettext_lazy("Expired"),
}
STATES: dict[str, str | Promise] = {
    State.NOT_YET: gettext_lazy("Coming soon"),
    State.ENDED: gettext_lazy("No longer offered"),
    State.SOLD_OUT: gettext_lazy("Sold out"),
    State.LOCKED: gettext_lazy("For a higher tier"),
    State.LIMIT_REACHED: gettext_lazy("You have had it"),
    State.ALMOST: gettext_lazy("Nearly there"),
    State.AFFORDABLE: gettext_lazy("You can have it"),
}
_SHELF_OF = {
    Voucher.State.ISSUED: "ready",
    Voucher.State.USED: "used",
    Voucher.State.CANCELLED: "over",
    Voucher.State.EXPIRED: "over",
}


@dataclass(frozen=True, slots=True)
class Ware:
    """A reward in the catalogue. `gives`: what it takes off or is worth, in a few words, "" where that is not said."""

    offering: Offering
    state: str
    words: str
    gives: str
    few: int | None

    @property
    def per_cent(self) -> int:
        """How much of the price the member has."""
        price = self.offering.reward.price
        return (price - self.offering.missing) * 100 // price


@dataclass(frozen=True, slots=True)
class Slip:
    """A voucher as its member sees it. `days`: how many business days are left after this one."""

    voucher: Voucher
    name: str
    gives: str
    shelf: str
    state: str
    last_on: date
    days: int
    may_cancel: bool

    @property
    def is_urgent(self) -> bool:
        """Whether it should be used soon."""
        return self.shelf == "ready" and self.days <= SOON_DAYS


def of(offering: Offering, programme: Programme) -> Ware:
    """An offering of the catalogue in words."""
    reward = offering.reward
    few = offering.left if offering.left is not None and 0 < offering.left <= FEW else None
    gives = _gives(reward.kind, reward.amount, reward.percent, programme.currency)
    if not gives and reward.worth:
        gives = _("worth %(amount)s") % {"amount": figures.amount(reward.worth, programme.currency, whole=True)}
    return Ware(offering, offering.state.value, str(STATES[offering.state]), gives, few)


def teaser(
    member_id: int | None, available: int, tier: Tier | None, programme: Programme, *, at: datetime
) -> list[Ware]:
    """A few rewards to look forward to: those within reach first, the dearest of them before the others.

    One query: what the catalogue would ask for besides, the caller knows.
    """
    today, rank = clock.business_date(at, programme), tier.rank if tier else 0
    found = [
        catalogue.offering(each, available, rank, today)
        for each in queries.standings(member_id, programme=programme, at=at)
    ]
    within = sorted((each for each in found if each.is_affordable), key=lambda each: -each.reward.price)
    nearly = sorted((each for each in found if each.state == State.ALMOST), key=lambda each: each.missing)
    return [of(each, programme) for each in (within + nearly)[:TEASED]]


def slip(voucher: Voucher, programme: Programme, *, at: datetime) -> Slip:
    """A voucher in words, as of AT."""
    state = voucher.state_at(at)
    last_on = last_business_day(voucher.expires_at, programme)
    shelf = _SHELF_OF[Voucher.State(state)]
    return Slip(
        voucher=voucher,
        name=_in_language(voucher.names),
        gives=_gives(voucher.kind, voucher.amount, voucher.percent, programme.currency),
        shelf=shelf,
        state=str(Voucher.State(state).label),
        last_on=last_on,
        days=max(0, (last_on - clock.business_date(at, programme)).days) if shelf == "ready" else 0,
        may_cancel=shelf == "ready" and bool(voucher.points) and not voucher.supplied_code,
    )


def days_left(days: int) -> str:
    """How long something can still be used."""
    if days == 0:
        return _("Only today")
    return ngettext("%(days)s day left", "%(days)s days left", days) % {"days": figures.number(days)}


def last_day(reward: Reward, at: datetime, programme: Programme) -> date:
    """The last day of a voucher of the reward that would be redeemed now."""
    return clock.business_date(at, programme) + timedelta(days=reward.voucher_days)


def _gives(kind: str, amount: Decimal | None, percent: int | None, currency: str) -> str:
    if kind == Reward.Kind.AMOUNT_OFF and amount is not None:
        return _("%(amount)s off") % {"amount": figures.amount(amount, currency, whole=True)}
    if kind == Reward.Kind.PERCENT_OFF and percent is not None:
        return _("%(percent)s%% off") % {"percent": percent}
    return ""


def _in_language(names: Mapping[str, str]) -> str:
    return names.get(get_language() or "en") or names.get("en", "")
