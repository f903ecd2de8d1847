"""The catalogue: what there is for points, and what stands between a member and each reward."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from core import clock
from core import programme as programmes
from core.errors import LoyaltyError
from core.models import Programme
from points import queries as points
from rewards import queries
from rewards.models import Reward
from rewards.queries import Standing
from tiers import qualification


class UnknownReward(LoyaltyError):
    """There is no such reward, or it is not offered any more."""

    code = "unknown_reward"
    status = 404
    lasting = False
    sentence = _("There is no such reward.")


class RewardNotYet(LoyaltyError):
    """The reward can be redeemed from a later day on. `begins_on`: which."""

    code = "reward_not_yet"
    sentence = _("This reward can be had from %(begins_on)s on.")


class RewardEnded(LoyaltyError):
    """The reward's last day has passed. `ends_on`: which it was."""

    code = "reward_ended"
    sentence = _("This reward could be had until %(ends_on)s.")


class RewardSoldOut(LoyaltyError):
    """Nothing is left of the reward. No points were taken."""

    code = "reward_sold_out"
    sentence = _("This reward is sold out. No points were taken.")


class TierTooLow(LoyaltyError):
    """The reward is for members of a higher tier. `tier`: its code, `name`: what it is called."""

    code = "tier_too_low"
    sentence = _("This reward is for members from tier %(name)s on.")


class LimitReached(LoyaltyError):
    """The member has had the reward as often as it may be had. `limit`: how often."""

    code = "reward_limit_reached"
    sentence = _("The limit of this reward is reached: %(limit)s for each member.")


class State(StrEnum):
    """What stands between a member and a reward. Of several obstacles, the first of this list."""

    NOT_YET = "not_yet"
    ENDED = "ended"
    SOLD_OUT = "sold_out"
    LOCKED = "locked"
    LIMIT_REACHED = "limit_reached"
    ALMOST = "almost"
    AFFORDABLE = "affordable"


@dataclass(frozen=True, slots=True)
class Offering:
    """A reward as it stands for one member, or for a guest (who has no points and the lowest tier).

    `missing`: points still needed, 0 when there are enough. `left`: pieces left, None when unlimited, counted to
    `queries.COUNTED` at most.
    """

    reward: Reward
    state: State
    missing: int
    left: int | None

    @property
    def is_affordable(self) -> bool:
        return self.state == State.AFFORDABLE


def offerings(
    member_id: int | None, *, at: datetime, programme: Programme | None = None, available: int | None = None
) -> list[Offering]:
    """The catalogue for a member, or for a guest: all rewards but those that are off or have ended, in their order.

    Rewards that begin later are there, as `not_yet`. At most five queries; with AVAILABLE, the member's points are
    not asked for.
    """
    programme = programme or programmes.current()
    found = queries.standings(member_id, programme=programme, at=at)
    available = _available(member_id, at) if available is None else available
    rank, today = _rank(member_id, at, found), clock.business_date(at, programme)
    shown = [offering(each, available, rank, today) for each in found]
    return [each for each in shown if each.state != State.ENDED]


def one(
    member_id: int | None,
    code: str,
    *,
    at: datetime,
    programme: Programme | None = None,
    available: int | None = None,
) -> Offering:
    """One reward of the catalogue for a member, or for a guest, also when it has ended. Raises UnknownReward.

    With AVAILABLE, the member's points are not asked for.
    """
    programme = programme or programmes.current()
    found = queries.standings(member_id, programme=programme, at=at, code=code)
    if not found:
        raise UnknownReward
    available = _available(member_id, at) if available is None else available
    return offering(found[0], available, _rank(member_id, at, found), clock.business_date(at, programme))


def _available(member_id: int | None, at: datetime) -> int:
    return points.balance(member_id, at).available if member_id else 0


def _rank(member_id: int | None, at: datetime, found: Sequence[Standing]) -> int:
    """The rank of the tier held, asked for only where some reward asks for a tier."""
    if member_id is None or all(each.reward.minimum_tier is None for each in found):
        return 0
    return qualification.standings([member_id], [at])[member_id].rank


def offering(standing: Standing, available: int, rank: int, today: date) -> Offering:
    """What STANDING is to somebody with so many points and a tier of RANK. Pure."""
    missing = max(0, standing.reward.price - available)
    return Offering(standing.reward, _state(standing, missing, rank, today), missing, standing.left)


def _state(standing: Standing, missing: int, rank: int, today: date) -> State:
    reward = standing.reward
    obstacles = {
        State.NOT_YET: reward.begins_on is not None and today < reward.begins_on,
        State.ENDED: reward.ends_on is not None and today > reward.ends_on,
        State.SOLD_OUT: standing.left == 0,
        State.LOCKED: reward.minimum_tier is not None and rank < reward.minimum_tier.rank,
        State.LIMIT_REACHED: reward.limit_per_member is not None and standing.taken >= reward.limit_per_member,
        State.ALMOST: missing > 0,
    }
    return next((state for state, stands_between in obstacles.items() if stands_between), State.AFFORDABLE)


def require(found: Offering) -> None:
    """Raise what stands between the member and the reward, but for missing points, which the ledger counts.

    Raises RewardNotYet, RewardEnded, RewardSoldOut, TierTooLow, LimitReached.
    """
    reward = found.reward
    if found.state == State.NOT_YET:
        raise RewardNotYet(begins_on=reward.begins_on)
    if found.state == State.ENDED:
        raise RewardEnded(ends_on=reward.ends_on)
    if found.state == State.SOLD_OUT:
        raise RewardSoldOut
    if found.state == State.LOCKED and reward.minimum_tier:
        raise TierTooLow(tier=reward.minimum_tier.code, name=reward.minimum_tier.name)
    if found.state == State.LIMIT_REACHED:
        raise LimitReached(limit=reward.limit_per_member)


def names(reward: Reward) -> dict[str, str]:
    """The reward's name in words for each language."""
    english, chinese = reward.name_en, reward.name_zh_hans  # type: ignore[attr-defined]
    return {"en": english or chinese or "", "zh-hans": chinese or english or ""}
