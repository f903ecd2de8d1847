"""Stories of the sale: scanned, quoted, paid once, whatever is pressed."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine

from members.models import Member
from points.models import Account, Posting
from pos import terminals
from pos.till import drafts
from sales.models import Purchase, PurchaseLine, Terminal
from tests import factories
from tests.factories import Shop
from tests.pos.conftest import Statements, shown
from tests.pos.till_page.counter import Counter, receipt_of, seat

Rows = Callable[[], dict[str, int]]


def test_a_sale_earns_what_was_quoted(counter: Counter, terminal: Terminal) -> None:
    ada = factories.member(phone="+447700900123")

    counter.scan("MUG-1")
    counter.scan("mug-1")
    counter.scan("LAN-1")
    assert "A member would get 21 points" in counter.text
    counter.member("07700 900123")
    assert "Ada Lovelace" in counter.text
    assert "+21 points with this sale +21 1 point per £1 · £21.00 Then £479.00 to Silver" in counter.text
    assert "Pay £21.00" in counter.text
    counter.pay()

    sold = Purchase.objects.get()
    assert counter.page.redirect_chain[-1][0] == receipt_of(sold.uuid)
    assert "+21 points +21 1 point per £1 · £21.00" in counter.text
    assert "Balance 21 points" in counter.text
    assert "Member £479.00 to Silver" in counter.text
    assert (sold.number, sold.terminal, sold.member, sold.amount) == (counter.token, terminal, ada, Decimal("21.00"))
    assert (sold.cashier, sold.channel) == ("cashier", "store")
    assert list(PurchaseLine.objects.order_by("position").values_list("sku", "quantity", "amount", "category")) == [
        ("MUG-1", Decimal(2), Decimal("9.00"), ""),
        ("LAN-1", Decimal(1), Decimal("12.00"), "lights"),
    ]
    posting = Posting.objects.get()
    assert (posting.points, posting.actor) == (21, f"staff:{counter.user.pk}")
    assert posting.reference == f"purchase:LON-1/page/2026-06-01/{counter.token}"


def test_a_quote_writes_nothing(counter: Counter, rows: Rows) -> None:
    counter.scan("LAN-1")
    counter.member(factories.member())
    before = rows()

    counter.open()

    assert "+12 points with this sale" in counter.text
    assert rows() == before


def test_a_sale_that_reaches_a_tier_says_so(counter: Counter) -> None:
    counter.press("other", name="Chandelier", price="620", quantity="1")

    counter.member(factories.member())

    assert "Reaches Silver with this sale Then £1,380.00 to Gold" in counter.text
    counter.pay()
    assert "Silver £1,380.00 to Gold" in counter.text


def test_paying_twice_sells_once(counter: Counter) -> None:
    counter.scan("MUG-1")
    counter.member(factories.member())
    counter.open()
    seen = counter.seen()

    counter.pay(seen)
    first = counter.page.redirect_chain[-1]
    counter.pay(seen)

    assert counter.page.redirect_chain[-1] == first
    assert "This sale is paid already: here is its receipt." in counter.text
    assert (Purchase.objects.count(), Account.objects.get().available) == (1, 4)


def test_a_double_click_across_the_end_of_the_business_day_sells_once(counter: Counter, shop: Shop) -> None:
    counter.scan("MUG-1")
    counter.open()
    seen, kept = counter.seen(), dict(counter.client.session[drafts.KEPT])
    with time_machine.travel(datetime(2026, 6, 1, 22, 59, 59, tzinfo=UTC), tick=False) as traveller:
        counter.pay(seen)
        traveller.move_to(datetime(2026, 6, 1, 23, 0, 1, tzinfo=UTC))
        # The second click had read the session before the first was through.
        session = counter.client.session
        session[drafts.KEPT] = kept
        session.save()

        counter.pay(seen)

    assert [str(on) for on in Purchase.objects.values_list("business_on", flat=True)] == ["2026-06-01"]


def test_the_back_button_finds_the_receipt_and_not_the_sale(counter: Counter) -> None:
    counter.scan("MUG-1")
    counter.pay()
    receipt = counter.page.redirect_chain[-1][0]

    for step, data in [("", {}), ("scan/", {"text": "MUG-1"}), ("add/", {"sku": "MUG-1"}), ("pay/", {"seen": ""})]:
        answer = counter.client.post(counter.at(step), data) if step else counter.client.get(counter.at(""))
        assert (step, answer.status_code, answer.headers["Location"]) == (step, 302, receipt)

    assert Purchase.objects.count() == 1


def test_what_was_not_seen_is_not_sold(counter: Counter) -> None:
    """Another tab has put something into the sale."""
    counter.scan("MUG-1")
    counter.open()
    seen = counter.seen()
    counter.scan("LAN-1")

    counter.pay(seen)

    assert "The sale has changed since you saw it. Please look again." in counter.text
    assert Purchase.objects.count() == 0
    counter.pay()
    assert Purchase.objects.get().amount == Decimal("16.50")


def test_two_tabs_sell_two_things(counter: Counter) -> None:
    first = counter.token
    counter.scan("MUG-1")
    second = counter.next_sale()
    counter.scan("LAN-1")
    assert first in counter.text

    counter.pay()
    counter.token = first
    counter.pay()

    assert dict(Purchase.objects.values_list("number", "amount")) == {first: Decimal("4.50"), second: Decimal("12.00")}


def test_a_sale_survives_a_reload_and_can_be_discarded(counter: Counter) -> None:
    counter.scan("MUG-1")
    assert "Mug £4.50" in counter.open()
    assert counter.client.get("/till/").headers["Location"] == counter.at("")

    counter.press("discard")

    assert "Nothing here yet." in counter.text
    assert drafts.opened(counter.client.session) == []


def test_more_fewer_none(counter: Counter) -> None:
    counter.scan("MUG-1")
    mug = counter.item("Mug")

    counter.press("change", item=mug, do="more")
    assert "Pay £9.00" in counter.text
    counter.press("change", item=mug, do="set", quantity="2.5", price="4.50")
    assert "Pay £11.25" in counter.text
    counter.press("change", item=mug, do="fewer")
    assert "Pay £6.75" in counter.text
    counter.press("change", item=mug, do="remove")
    assert "Nothing here yet." in counter.text
    counter.press("change", item=mug, do="more")
    assert "Nothing here yet." in counter.text


@pytest.mark.parametrize(
    ("price", "told"),
    [
        ("2.25", ""),
        ("9.00", ""),
        ("2.24", "You may sell it at £2.25 to £9.00."),
        ("9.01", "You may sell it at £2.25 to £9.00."),
        ("3.333", "At most 2 digits after the point are allowed."),
        ("-1", "A price is not negative."),
        ("cheap", "Enter a number."),
    ],
)
def test_a_cashier_changes_prices_within_reason(counter: Counter, price: str, told: str) -> None:
    counter.scan("MUG-1")

    counter.press("change", item=counter.item("Mug"), do="set", quantity="1", price=price)

    assert told in counter.text
    assert (f"Pay £{price}" if not told else "Pay £4.50") in counter.text


def test_a_supervisor_sets_any_price(terminal: Terminal, goods: None) -> None:
    counter = Counter(terminal, "support")
    counter.scan("MUG-1")

    counter.press("change", item=counter.item("Mug"), do="set", quantity="1", price="0.10")

    assert "at £0.10 £4.50" in counter.text
    counter.pay()
    assert Purchase.objects.get().amount == Decimal("0.10")


def test_goods_without_price_are_priced_before_they_are_paid(counter: Counter) -> None:
    counter.scan("GIFT")
    assert "price?" in counter.text

    counter.pay()
    assert "Some goods have no price yet." in counter.text
    counter.press("change", item=counter.item("Gift card"), do="set", quantity="1", price="50")
    counter.pay()

    assert Purchase.objects.get().amount == Decimal("50.00")


def test_goods_that_the_list_does_not_know(counter: Counter, shop: Shop) -> None:
    factories.rule(shop.point_type, begins_at=datetime(2026, 1, 1, tzinfo=UTC), except_categories=["lights"])

    counter.scan("4006381333931")
    assert "Nothing in the list is called “4006381333931”" in counter.text
    assert 'value="4006381333931"' in counter.html
    counter.press("other", name="", price="", quantity="0", sku="")
    assert counter.text.count("This field is required.") == 2
    assert "This must be more than 0." in counter.text
    counter.press("other", name="Lamp", price="10", quantity="2", category="lights", sku="4006381333931")
    counter.press("other", name="Card", price="3", quantity="1", category="", sku="")
    counter.member(factories.member())
    assert "+3 points with this sale" in counter.text
    counter.pay()

    assert list(PurchaseLine.objects.order_by("position").values_list("sku", "name", "category", "amount")) == [
        ("4006381333931", "Lamp", "lights", Decimal("20.00")),
        ("OTHER", "Card", "", Decimal("3.00")),
    ]
    assert Account.objects.get().available == 3


def test_the_list_is_searched_by_words_category_and_page(counter: Counter) -> None:
    for number in range(30):
        factories.product(f"CARD-{number:02}", name=f"Card no {number:02}", category=factories.category())

    counter.scan("card no")
    assert counter.text.count("Card no") == 24
    counter.open(counter.at("?q=card+no&from=24"))
    assert counter.text.count("Card no") == 6
    counter.open(counter.at("?c=lights"))
    assert ("Lantern" in counter.text, "Mug" in counter.text) == (True, False)
    counter.open(counter.at("?q=%00&c=nothing&from=x"))
    assert "There is nothing here." in counter.text


def test_goods_taken_off_the_list_are_not_sold(counter: Counter) -> None:
    factories.product("OLD", name="Old thing", is_active=False)

    counter.press("add", sku="OLD")

    assert "These goods are not on sale any more." in counter.text
    assert "Nothing here yet." in counter.text


def test_a_sale_has_an_end(counter: Counter) -> None:
    session = counter.client.session
    full = drafts.Draft(counter.token)
    for number in range(drafts.MOST_ITEMS):
        full.add(f"S-{number}", "Thing", Decimal(1))
    drafts.keep(session, full)
    session.save()

    counter.scan("MUG-1")
    assert "A sale has at most 200 lines. Pay this one first." in counter.text

    for _open in range(drafts.MOST_OPEN):
        drafts.keep(session, drafts.Draft(drafts.new_token(), member="1"))
    session.save()
    counter.next_sale()
    counter.scan("MUG-1")
    assert "20 sales are open. Pay or discard one of them first." in counter.text


def test_a_suspended_member_is_told_politely_and_the_sale_goes_on(counter: Counter) -> None:
    resting = factories.member(status=Member.Status.SUSPENDED)
    counter.scan("MUG-1")

    counter.member(resting)
    assert "This membership is on hold, so points can't be collected or used at the moment." in counter.text
    counter.scan(resting.number)
    assert "This membership is on hold" in counter.text
    counter.pay()

    assert Purchase.objects.get().member is None


def test_a_member_suspended_in_the_middle_of_a_sale(counter: Counter) -> None:
    ada = factories.member()
    counter.scan("MUG-1")
    counter.member(ada)
    counter.open()
    seen = counter.seen()
    Member.objects.update(status=Member.Status.SUSPENDED)

    counter.pay(seen)
    assert "This membership is on hold" in counter.text
    assert Purchase.objects.count() == 0
    assert "Go on without member" in counter.text
    counter.press("member", do="remove")
    counter.pay()

    sold = Purchase.objects.get()
    assert (sold.member, sold.number) == (None, counter.token)


def test_a_terminal_revoked_in_the_middle_of_a_sale(counter: Counter, terminal: Terminal, shop: Shop) -> None:
    counter.scan("MUG-1")
    counter.open()
    seen = counter.seen()
    terminals.revoke(terminal, reason="stolen", at=datetime(2026, 6, 1, 12, tzinfo=UTC), actor=None)

    counter.pay(seen)
    assert "Your terminal was switched off. Choose another: open sales stay." in counter.text
    assert "No terminal yet" in counter.text
    other = seat(shop.store, "page2")
    counter.client.post("/till/terminal/", {"terminal": other.pk})
    counter.page = counter.client.get("/till/", follow=True)
    assert "Pay £4.50" in counter.text
    (open_sale,) = drafts.opened(counter.client.session)
    assert open_sale.token != counter.token
    counter.token = open_sale.token
    counter.pay()

    assert Purchase.objects.get().terminal == other


def test_the_day_is_the_stores(counter: Counter, shop: Shop) -> None:
    shop.store.time_zone = "Asia/Shanghai"
    shop.store.save()
    with time_machine.travel(datetime(2026, 6, 1, 16, 30, tzinfo=UTC), tick=False):
        counter.scan("MUG-1")
        counter.pay()

        assert "2 Jun 2026, 00:30" in counter.text
    assert str(Purchase.objects.get().business_on) == "2026-06-02"


@pytest.mark.parametrize(("currency", "paid"), [("JPY", "¥5"), ("KWD", "KWD 4.500")])
def test_other_currencies_have_other_places(counter: Counter, currency: str, paid: str) -> None:
    factories.programme(currency=currency)

    counter.scan("MUG-1")

    assert f"Pay {paid}" in counter.text


def test_statements_of_the_pages(counter: Counter, statements: Statements) -> None:
    """User, session, rights (2), terminal, programme's revision; then what the page shows."""
    ada = factories.member()
    counter.scan("MUG-1")
    counter.member(ada)
    counter.open()
    with statements() as of_sale:
        counter.open()
    counter.scan("LAN-1")
    with statements() as of_larger_sale:
        counter.open()
    counter.pay()
    receipt = counter.page.redirect_chain[-1][0]
    with statements() as of_receipt:
        counter.open(receipt)
    with statements() as of_list:
        counter.open("/till/receipts/")

    assert [len(of_sale), len(of_larger_sale)] == [11, 11], shown(of_sale)
    assert len(of_receipt) == 13, shown(of_receipt)
    assert len(of_list) == 6, shown(of_list)


def test_what_comes_to_too_much_is_taken_for_a_slip(shop: Shop, counter: Counter) -> None:
    shop.programme.largest_purchase = Decimal(1000)
    shop.programme.save()
    counter.press("other", name="Chandelier", price="620", quantity="2")

    counter.pay()

    assert "This comes to more than £1,000.00, the most that a purchase may come to. Is it a slip?" in counter.text
    assert not Purchase.objects.exists()
