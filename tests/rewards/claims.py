"""Members with points who redeem, in as few words as a story needs."""

import re
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from members.models import Member
from messaging.models import Message
from points import ledger, queries
from points.ledger import Accrual, Grant
from points.models import PointType
from rewards import redemption
from rewards.models import Unit, Voucher
from rewards.redemption import Redeemed
from tests import factories

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
PORTAL = "portal"


def rich(points: int = 500, *, at: datetime = NOON, **changes: Any) -> Member:
    """A member with so many points that do not expire."""
    member = factories.member(**changes)
    give(member, points, at=at)
    return member


def give(member: Member, points: int, *, at: datetime = NOON, until: datetime | None = None) -> None:
    """Give points of the main type, usable at once."""
    main = PointType.objects.get(is_default=True)
    grant = Grant(points, "gift", 1, {"en": "A gift", "zh-hans": "礼物"}, at, until)
    with transaction.atomic():
        account = ledger.open_accounts([(member.pk, main.pk, at)])[member.pk, main.pk]
        ledger.accrue([Accrual(account.account_id, f"gift:{account.last_number + 1}", [grant], at, at, "test")])


def redeem(
    member: Member, reward: str = "mug", *, token: str = "first", at: datetime = NOON, price: int | None = None
) -> Redeemed:
    """Redeem a reward in the portal."""
    return redemption.redeem(member.pk, reward, token=token, at=at, actor=PORTAL, price=price)


def available(member: Member, at: datetime = NOON) -> int:
    """Points the member can use."""
    return queries.balance(member.pk, at).available


def left(reward: str = "mug") -> int:
    """Pieces of the reward nobody has."""
    return Unit.objects.filter(reward__code=reward, voucher=None).count()


def states(member: Member) -> list[str]:
    """The states of the member's vouchers, oldest first."""
    return list(Voucher.objects.filter(member=member).order_by("id").values_list("state", flat=True))


def sent_code() -> str:
    """The code in the message sent last."""
    found = re.search(r"(?<!\d)\d{6}(?!\d)", Message.objects.filter(kind="spending_code").latest("id").body)
    assert found
    return found[0]
