"""A small story for the figures: two stores, three customers, two weeks."""

from dataclasses import dataclass, replace
from datetime import timedelta

from members.models import Member
from points import ledger
from points.models import Account
from sales.models import Store
from tests import factories
from tests.admin.desk import NOON
from tests.factories import Shop
from tests.pos.selling import bring_back, receipt, sell

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Street:
    shop: Shop
    ada: Member
    bob: Member
    other: Store


def story(shop: Shop) -> Street:
    """What happened up to Monday, 1 June 2026, noon.

    The week before: Ada bought for £100 (9 days ago). This week: Bob enrolled and bought for £60, of which £20 came
    back two days later; Ada bought for £40 at the other store; somebody without card bought for £100 there; Ada
    redeemed 50 points, of which 10 were given back.
    """
    ada = factories.member(name="Ada")
    bob = factories.member(name="Bob", enrolled_at=NOON - 5 * DAY)
    other = factories.store("LON-2", "Greenwich")
    elsewhere = replace(shop, store=other, terminal=factories.terminal(other, "T2"))
    sell(receipt(shop, "R-1", "100.00", member=ada, at=NOON - 9 * DAY))
    (bobs,) = sell(receipt(shop, "R-2", "40.00", "20.00", member=bob, at=NOON - 5 * DAY))
    bring_back(shop, bobs, "RET-1", (2, "1"), at=NOON - 3 * DAY)
    sell(
        receipt(elsewhere, "R-3", "40.00", member=ada, at=NOON - DAY),
        receipt(elsewhere, "R-4", "100.00", at=NOON - DAY),
    )
    account = Account.objects.get(member=ada)
    spent = ledger.redeem(account.pk, 50, reference="v:1", at=NOON, actor="member")
    ledger.restore(spent.posting_id, 10, reference="v:1:back", at=NOON, actor="member")
    return Street(shop, ada, bob, other)
