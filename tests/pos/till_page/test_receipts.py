"""Stories of receipts: found, goods brought back, given to a member."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from access.models import AuditEntry
from core import clock as clocks
from members.models import Member
from points import ledger
from points.models import Account, Posting
from sales.models import Purchase, Return, ReturnLine
from tests import factories
from tests.factories import Shop
from tests.pos.conftest import Statements, shown
from tests.pos.till_page.counter import Counter, hidden, receipt_of, seat

Rows = Callable[[], dict[str, int]]


@pytest.fixture
def ada(shop: Shop) -> Member:
    return factories.member()


def redeem(member: Member, points: int) -> None:
    """Use points of a member."""
    account = Account.objects.get(member=member)
    ledger.redeem(account.pk, points, reference="reward:1", at=clocks.now(), actor="portal")


def test_a_return_is_shown_before_it_is_done(counter: Counter, ada: Member, rows: Rows) -> None:
    sold = counter.sell("MUG-1", "MUG-1", "LAN-1", to=ada)
    address = f"{receipt_of(sold.uuid)}return/"
    counter.open(address)
    before = rows()

    counter.send(address, **{"line-1": "1", "line-2": "1"})
    assert "Money to give back £16.50 Points taken back 17 points Balance after it 4 points" in counter.text
    assert rows() == before
    assert Account.objects.get().available == 21
    counter.send(address)

    assert "The goods are back." in counter.text
    assert "1 brought back" in counter.text
    assert "Balance 4 points" in counter.text
    back = Return.objects.get()
    assert f"Return {back.number} took 17 back." in counter.text
    assert (Account.objects.get().available, back.terminal.code) == (4, "page")
    assert list(ReturnLine.objects.order_by("line").values_list("line__position", "quantity")) == [
        (1, Decimal(1)),
        (2, Decimal(1)),
    ]
    assert Posting.objects.latest("id").actor == f"staff:{counter.user.pk}"


def test_a_return_confirmed_twice_is_one(counter: Counter, ada: Member) -> None:
    sold = counter.sell("MUG-1", "MUG-1", to=ada)
    address = f"{receipt_of(sold.uuid)}return/"
    counter.fill_in(address, **{"line-1": "1"})
    kept = hidden(counter.html)

    for _click in range(2):
        counter.page = counter.client.post(address, kept, follow=True)
        assert "Balance 4 points" in counter.text

    assert (Return.objects.count(), Account.objects.get().available) == (1, 4)


def test_all_of_it_comes_back_and_then_nothing_is_left(counter: Counter, ada: Member) -> None:
    sold = counter.sell("MUG-1", "LAN-1", to=ada)
    address = f"{receipt_of(sold.uuid)}return/"

    counter.fill_in(address, all="1")
    assert "Money to give back £16.50 Points taken back 16 points Balance after it 0 points" in counter.text
    counter.send(address)

    assert "Goods come back" not in counter.text
    assert "Everything of this receipt has come back already." in counter.open(address)


def test_points_that_were_used_are_owed_and_told_before(counter: Counter, ada: Member) -> None:
    sold = counter.sell("LAN-1", to=ada)
    redeem(ada, 10)
    address = f"{receipt_of(sold.uuid)}return/"

    counter.fill_in(address, all="1")
    assert "10 points of them were used already: the member owes them" in counter.text
    counter.send(address)

    account = Account.objects.get()
    assert (account.available, account.debt) == (0, 10)
    assert "owes 10 points" in counter.text


def test_a_tier_that_goes_with_the_goods_is_told_before(counter: Counter, ada: Member) -> None:
    counter.press("other", name="Chandelier", price="600", quantity="1")
    counter.member(ada)
    counter.pay()
    address = f"{counter.page.redirect_chain[-1][0]}return/"

    counter.fill_in(address, all="1")

    assert "The tier goes from Silver to Member." in counter.text


def test_what_changed_meanwhile_is_shown_again(counter: Counter, ada: Member) -> None:
    sold = counter.sell("LAN-1", to=ada)
    address = f"{receipt_of(sold.uuid)}return/"
    counter.fill_in(address, all="1")
    redeem(ada, 10)

    counter.send(address)

    assert "10 points of them were used already" in counter.text
    assert Return.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Say how many of which line come back."),
        ("0", "Say how many of which line come back."),
        ("3", "Only 2 of it can come back."),
        ("two", "Enter a number."),
    ],
)
def test_a_return_that_makes_no_sense(counter: Counter, typed: str, told: str) -> None:
    sold = counter.sell("MUG-1", "MUG-1")
    address = f"{receipt_of(sold.uuid)}return/"

    counter.fill_in(address, **{"line-1": typed})

    assert told in counter.text
    assert Return.objects.count() == 0


def test_goods_of_a_sale_without_member_come_back_too(counter: Counter) -> None:
    sold = counter.sell("MUG-1")
    address = f"{receipt_of(sold.uuid)}return/"

    counter.fill_in(address, all="1")
    assert "Money to give back £4.50 Points taken back none" in counter.text
    counter.send(address)

    assert Return.objects.count() == 1


def test_a_receipt_without_member_is_given_to_one_by_its_code(counter: Counter, ada: Member, rows: Rows) -> None:
    sold = counter.sell("LAN-1")
    assert sold.claim_code in counter.text
    address = f"{receipt_of(sold.uuid)}give/"
    counter.open(address)
    before = rows()

    counter.send(address, who=ada.number, code="WRONG")
    assert "The code does not belong to this receipt." in counter.text
    counter.send(address, who=ada.number, code=sold.claim_code.lower())
    assert "Ada Lovelace" in counter.text
    assert "Points +12 points" in counter.text
    assert rows() == before
    counter.send(address)

    assert "The receipt is theirs now." in counter.text
    assert "+12 points" in counter.text
    assert (Purchase.objects.get().member, Account.objects.get().available) == (ada, 12)
    entry = AuditEntry.objects.get(action="purchase.assigned")
    assert (entry.actor, entry.subject, entry.changes) == (
        counter.user,
        f"purchase:{sold.pk}",
        {"member": ada.pk},
    )


def test_a_receipt_given_twice_is_given_once(counter: Counter, ada: Member) -> None:
    sold = counter.sell("LAN-1")
    address = f"{receipt_of(sold.uuid)}give/"
    counter.fill_in(address, who=ada.number, code=sold.claim_code)
    kept = hidden(counter.html)

    for _click in range(2):
        counter.page = counter.client.post(address, kept, follow=True)
        assert "Balance 12 points" in counter.text

    assert (Posting.objects.count(), AuditEntry.objects.filter(action="purchase.assigned").count()) == (1, 1)


def test_whoever_only_looks_through_receipts_learns_no_code(counter: Counter, shop: Shop) -> None:
    sold = counter.sell("LAN-1")
    other = Counter(seat(shop.store, "page2"), "support")

    other.open(receipt_of(sold.uuid))
    assert sold.claim_code not in other.html
    assert sold.claim_code not in (other.open(f"{receipt_of(sold.uuid)}give/"), other.html)[1]
    other.open(f"/till/receipts/?receipt={sold.claim_code.lower()}")
    assert sold.claim_code in other.html


def test_a_suspended_member_is_given_nothing(counter: Counter) -> None:
    resting = factories.member(status=Member.Status.SUSPENDED)
    sold = counter.sell("LAN-1")

    counter.fill_in(f"{receipt_of(sold.uuid)}give/", who=resting.number, code=sold.claim_code)

    assert "This membership is on hold" in counter.text
    assert Purchase.objects.get().member is None


def test_receipts_are_found_by_number_and_code(counter: Counter) -> None:
    first = counter.sell("MUG-1")
    second = counter.sell("LAN-1")

    counter.open("/till/receipts/")
    assert (first.number in counter.text, second.number in counter.text) == (True, True)
    for typed in (first.number, first.number.lower(), first.claim_code):
        counter.open(f"/till/receipts/?receipt={typed}")
        assert counter.page.redirect_chain[-1][0] == receipt_of(first.uuid)
    counter.open("/till/receipts/?receipt=NOTHING")
    assert "This store has no receipt “NOTHING”." in counter.text


def test_another_stores_receipts_are_not_shown(counter: Counter, shop: Shop) -> None:
    sold = counter.sell("MUG-1")
    other = Counter(seat(factories.store("LON-2", "Greenwich")), "support")

    for address in (receipt_of(sold.uuid), f"{receipt_of(sold.uuid)}return/", f"{receipt_of(sold.uuid)}give/"):
        assert other.client.get(address).status_code == 404
    other.open(f"/till/receipts/?receipt={sold.number}")
    assert "This store has no receipt" in other.text


def test_statements_of_a_return(counter: Counter, ada: Member, statements: Statements) -> None:
    sold = counter.sell("MUG-1", "LAN-1", to=ada)
    address = f"{receipt_of(sold.uuid)}return/"
    counter.open(address)
    with statements() as of_form:
        counter.open(address)

    assert len(of_form) == 7, shown(of_form)
