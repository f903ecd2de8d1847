"""Posting receipts in tests, in as few words as a story needs."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from core import clock
from core import programme as programmes
from core.models import Programme
from members.models import Member
from points.models import EarningRuleVersion, PointType
from pos import purchases, returns
from pos.receipts import Brought, Line, Receipt
from pos.returns import Returned
from pos.settling import Recorded
from sales.models import Store, Terminal
from tests import factories
from tests.factories import Shop
from tiers.models import Tier


def receipt(
    shop: Shop,
    number: str,
    *amounts: str,
    member: Member | None = None,
    at: datetime,
    booked_at: datetime | None = None,
    category: str = "gift",
) -> Receipt:
    """A receipt of the shop's till, a line of one article for each amount."""
    lines = tuple(
        Line(f"SKU-{place}", Decimal(1), Decimal(amount), category=category) for place, amount in enumerate(amounts, 1)
    )
    return Receipt(
        store_id=shop.store.pk,
        store_code=shop.store.code,
        terminal_id=shop.terminal.pk,
        terminal_code=shop.terminal.code,
        business_on=clock.business_date(at, shop.programme),
        number=number,
        occurred_at=at,
        at=booked_at or at,
        currency=shop.programme.currency,
        lines=lines,
        member_id=member.pk if member else None,
    )


def sell(*receipts: Receipt) -> list[Recorded]:
    """Record receipts in one transaction, as the till API does."""
    with transaction.atomic():
        return purchases.record(receipts, programme=programmes.current(), actor="till:LON-1/T1")


def bring_back(shop: Shop, sale: Recorded, number: str, *goods: tuple[int, str], at: datetime) -> Returned:
    """Bring back (line, quantity) of a purchase."""
    brought = Brought(
        sale.purchase_id,
        number,
        tuple((position, Decimal(quantity)) for position, quantity in goods),
        shop.terminal.pk,
        at,
        at,
    )
    with transaction.atomic():
        return returns.record([brought], programme=programmes.current(), actor="till:LON-1/T1")[0]


def the_shop() -> Shop:
    """The shop of an earlier example of the same property test, or a new one."""
    if not Programme.objects.exists():
        return factories.shop()
    return Shop(
        Programme.objects.get(),
        Store.objects.get(),
        Terminal.objects.get(),
        PointType.objects.get(),
        EarningRuleVersion.objects.get(),
        list(Tier.objects.all()),
    )
