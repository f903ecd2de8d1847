"""The demo's referrals: bringing friends is on, and the first member has brought some, each at another point."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from campaigns import referrals, rewarding
from campaigns.models import Referral, ReferralScheme
from core import clock
from core import programme as programmes
from core.models import Programme
from loyalty_site.demo import founding
from members import enrolment
from members.models import Member
from pos import purchases
from pos.receipts import Line, Receipt
from sales.models import Terminal

INVITATION = {
    "invitation_en": "A shop full of small presents, and I know you like those.",
    "invitation_zh_hans": "这家小店满是别致的小礼物，你一定会喜欢。",
}


class Friend(NamedTuple):
    """Somebody who joined so many days ago, and bought for an AMOUNT so many days ago (None: not yet)."""

    name: str
    email: str
    language: str
    joined: int
    bought: int | None = None
    amount: str = ""


FRIENDS = (
    Friend("沈嘉怡", "jiayi.shen@example.com", "zh-hans", 40, 38, "46.20"),
    Friend("Florence Whitaker", "florence.whitaker@example.com", "en", 31, 29, "28.75"),
    Friend("Oscar Lindqvist", "oscar.lindqvist@example.com", "en", 7, 5, "33.40"),
    Friend("丁一鸣", "yiming.ding@example.com", "zh-hans", 4),
)


def bring(first_customer: str, *, at: datetime) -> None:
    """Switch the scheme on and let the first member bring friends: two are rewarded, one has bought, one has joined,
    and one is the member again, under another address of the same mailbox.

    Done before: nothing.
    """
    if Referral.objects.exists():
        return
    ReferralScheme.objects.filter(pk=1).update(is_active=True, **INVITATION)
    programme = programmes.current()
    referrer = Member.objects.get(external_id=f"{founding.PREFIX}{first_customer}")
    mailbox, _at, host = (referrer.email or "").partition("@")
    again = Friend(referrer.name, f"{mailbox}+new@{host}", referrer.language, 12)
    for number, friend in enumerate((*FRIENDS[:2], again, *FRIENDS[2:]), 1):
        with transaction.atomic():
            _join(friend, referrer, programme, number, at=at)
    rewarding.go_on(at=at, seconds=60)


def _join(friend: Friend, referrer: Member, programme: Programme, number: int, *, at: datetime) -> None:
    joined_at = at - timedelta(days=friend.joined)
    by = referrals.invitation(referrals.code_of(referrer, at=joined_at), programme)
    member = enrolment.enrol(
        via="portal", at=joined_at, name=friend.name, email=friend.email, language=friend.language
    ).member
    referrals.join(member, by, programme, via="portal", at=joined_at)
    if friend.bought is not None:
        bought_at = at - timedelta(days=friend.bought)
        purchases.record(
            [_receipt(friend, member, programme, number, bought_at)], programme=programme, actor=founding.VIA
        )


def _receipt(friend: Friend, member: Member, programme: Programme, number: int, at: datetime) -> Receipt:
    terminal = Terminal.objects.select_related("store").get(store__code="LON-1", code="T1")
    return Receipt(
        store_id=terminal.store_id,
        store_code=terminal.store.code,
        terminal_id=terminal.pk,
        terminal_code=terminal.code,
        business_on=clock.business_date(at, programme),
        number=f"F-{number:04d}",
        occurred_at=at,
        at=at,
        currency=programme.currency,
        lines=(Line("FRIENDS", Decimal(1), Decimal(friend.amount), name="Chosen with a friend"),),
        member_id=member.pk,
    )
