"""What there is of rewards, and the vouchers members hold."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from core import db
from core.models import Programme
from core.revisions import PerRevision
from rewards.models import Reward, Voucher

# A large stock is not counted to its end: nobody needs to know whether 900 or 905 are left.
COUNTED = 100

STANDINGS = "select * from rewards_standings(%s, %s, %s::bigint[], %s)"


@dataclass(frozen=True, slots=True)
class Standing:
    """A reward as it stands for a member: pieces left (None: unlimited), vouchers that count towards its limit."""

    reward: Reward
    left: int | None
    taken: int


def _active(_programme: Programme) -> list[Reward]:
    return list(Reward.objects.filter(is_active=True).select_related("minimum_tier"))


# The active rewards in their order. What is left of them is not kept.
active: PerRevision[list[Reward]] = PerRevision(_active)


def standings(member_id: int | None, *, programme: Programme, at: datetime, code: str | None = None) -> list[Standing]:
    """The active rewards in their order, or the one of CODE, as they stand for a member or a guest. One query."""
    found = {reward.pk: reward for reward in active(programme) if code in (None, reward.code)}
    rows = db.rows(STANDINGS, [member_id, at, list(found), COUNTED])
    known = {row["id"]: row for row in rows}
    return [Standing(reward, known[pk]["left_over"], known[pk]["taken"]) for pk, reward in found.items() if pk in known]


def active_reward(code: str, programme: Programme) -> Reward | None:
    """The active reward of CODE, as this process keeps it; None when there is none."""
    return next((reward for reward in active(programme) if reward.code == code), None)


def vouchers(member_id: int, *, limit: int | None = None) -> Sequence[Voucher]:
    """A member's vouchers with their rewards and supplied codes, latest first, LIMIT of them. One query."""
    found = Voucher.objects.filter(member_id=member_id).select_related("reward", "unit").order_by("-id")
    return list(found[:limit] if limit is not None else found)


def voucher(member_id: int, uuid: UUID) -> Voucher | None:
    """One voucher of a member's own, None when they have no such. One query."""
    return Voucher.objects.filter(member_id=member_id, uuid=uuid).select_related("reward", "unit").first()


def digest(token: str) -> str:
    """What is kept of what an asker calls a redemption."""
    return hashlib.blake2b(token.encode(), digest_size=16).hexdigest()


def asked_for(member_id: int, token: str) -> Voucher | None:
    """The voucher that a redemption of that token gave the member, None when there was none. One query."""
    found = Voucher.objects.filter(member_id=member_id, token=digest(token))
    return found.select_related("reward", "unit").first()
