"""What would come of a basket, of goods brought back, of a receipt given: told to the point, and nothing kept."""

from collections.abc import Callable
from decimal import Decimal

from django.db import transaction

from pos import assignment, quotes
from pos.receipts import Brought, Line
from tests import factories
from tests.factories import Shop
from tests.pos.conftest import Statements, shown
from tests.pos.selling import bring_back, receipt, sell
from tests.pos.till import NOON
from tiers.models import Scheme

Rows = Callable[[], dict[str, int]]


def line(amount: str, sku: str = "SKU-1", category: str | None = "gift") -> Line:
    return Line(sku, Decimal(1), Decimal(amount), category=category)


def test_a_basket_earns_what_it_was_quoted(shop: Shop, rows: Rows) -> None:
    ada = factories.member()
    before = rows()

    quoted = quotes.quote([line("620.50"), line("9.75")], ada.pk, programme=shop.programme, at=NOON)

    assert rows() == before
    (recorded,) = sell(receipt(shop, "R-1", "620.50", "9.75", member=ada, at=NOON))
    assert quoted.quote == recorded.quote
    assert quoted.points == 630
    assert (quoted.rises_to, quoted.next_tier) == (shop.tiers[1], shop.tiers[2])
    assert quoted.missing == Decimal("1369.75")
    assert recorded.held
    assert recorded.held.code == "silver"


def test_the_tier_held_multiplies(shop: Shop) -> None:
    ada = factories.member()
    sell(receipt(shop, "R-1", "600.00", member=ada, at=NOON))

    quoted = quotes.quote([line("10.00")], ada.pk, programme=shop.programme, at=NOON)

    assert [(grant.points, grant.rule) for grants in quoted.quote.grants.values() for grant in grants] == [
        (10, "base"),
        (2, "tier"),
    ]
    assert (quoted.balance.available, quoted.rises_to, quoted.missing) == (600, None, Decimal("1390.00"))


def test_without_member_it_says_what_a_new_one_would_get(shop: Shop) -> None:
    quoted = quotes.quote([line("25.40")], None, programme=shop.programme, at=NOON)

    assert (quoted.points, quoted.progress.tier, quoted.balance.available) == (25, shop.tiers[0], 0)


def test_an_empty_basket_is_worth_nothing(shop: Shop) -> None:
    quoted = quotes.quote([], factories.member().pk, programme=shop.programme, at=NOON)

    assert (quoted.points, quoted.rises_to, quoted.missing) == (0, None, Decimal(500))


def test_what_the_till_does_not_say_the_product_list_knows(shop: Shop) -> None:
    factories.product("LAN-1", category=factories.category("lights", "Lights"))
    factories.rule(shop.point_type, "lights-twice", only_categories=["lights"], name_en="Twice")

    goods = [line("10.00", "LAN-1", None), line("10.00", "UNKNOWN", None), line("10.00", "LAN-1", "cards")]

    assert quotes.quote(goods, None, programme=shop.programme, at=NOON).points == 30 + 10


def test_tiers_by_points_and_by_purchases(shop: Shop) -> None:
    missing = {}
    for basis in (Scheme.Basis.POINTS, Scheme.Basis.PURCHASES):
        factories.scheme(basis=basis)
        shop.programme.refresh_from_db()
        quoted = quotes.quote([line("10.75")], None, programme=shop.programme, at=NOON)
        missing[basis.value] = quoted.missing

    assert missing == {"points": Decimal(490), "purchases": Decimal(499)}


def test_a_quote_takes_three_statements(shop: Shop, statements: Statements) -> None:
    ada = factories.member()
    quotes.quote([line("1.00")], ada.pk, programme=shop.programme, at=NOON)

    with statements() as found:
        quotes.quote([line("1.00", category=None)], ada.pk, programme=shop.programme, at=NOON)

    assert len(found) == 3, shown(found)


def test_a_return_takes_back_what_was_foreseen(shop: Shop, rows: Rows) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "R-1", "600.00", "9.99", member=ada, at=NOON))
    before = rows()

    brought = Brought(sale.purchase_id, "RET-1", ((1, Decimal(1)),), shop.terminal.pk, NOON, NOON)
    foreseen = quotes.of_return(brought, programme=shop.programme, actor="test")

    assert rows() == before
    done = bring_back(shop, sale, "RET-1", (1, "1"), at=NOON)
    (was, came) = foreseen.bookings[shop.point_type.pk], done.bookings[shop.point_type.pk]
    assert (was.points, was.available, was.debt, foreseen.amount) == (
        came.points,
        came.available,
        came.debt,
        done.amount,
    )
    assert (came.points, came.available, done.amount) == (-600, 9, Decimal("600.00"))
    assert foreseen.held == done.held


def test_a_receipt_earns_what_was_foreseen_when_it_is_given(shop: Shop, rows: Rows) -> None:
    ada = factories.member()
    (sale,) = sell(receipt(shop, "R-1", "25.40", at=NOON))
    before = rows()

    foreseen = quotes.of_giving(sale.purchase_id, ada.pk, programme=shop.programme, at=NOON, actor="test")

    assert rows() == before
    with transaction.atomic():
        given = assignment.assign(sale.purchase_id, ada.pk, programme=shop.programme, at=NOON, actor="test")
    assert foreseen.quote == given.quote
    assert foreseen.bookings[shop.point_type.pk].points == 25
