"""Who may work at the till page: by role, with a second factor, at a terminal of the page's own."""

from uuid import uuid4

import pytest
from django.test import Client

from access.models import AuditEntry
from pos.till import drafts
from sales.models import Purchase, Terminal
from tests import factories
from tests.admin.desk import at_desk, colleague, text
from tests.factories import Shop
from tests.portal import people
from tests.pos.till_page.counter import Counter, receipt_of, seat

TILL = {"cashier", "support", "administrator"}
ROLES = ["cashier", "support", "marketing", "finance", "administrator"]


def addresses(sold: Purchase) -> list[str]:
    """Every page of the till."""
    sale = f"/till/sale/{drafts.new_token()}/"
    receipt = receipt_of(sold.uuid)
    return [
        "/till/",
        "/till/terminal/",
        "/till/sale/",
        sale,
        *(
            f"{sale}{step}/"
            for step in (
                "enrol",
                "pay",
                "scan",
                "add",
                "other",
                "change",
                "voucher",
                "discard",
                "member",
                "rewards",
                "rewards/mug",
                f"redeemed/{drafts.new_token()}",
            )
        ),
        "/till/receipts/",
        receipt,
        f"{receipt}return/",
        f"{receipt}give/",
    ]


@pytest.mark.parametrize("role", ROLES)
def test_each_role(counter: Counter, role: str) -> None:
    sold = counter.sell("MUG-1")
    user = counter.user if role == "cashier" else colleague(role)
    other = Counter(seat(sold.store, f"of-{role}"), user=user)

    answers = {address: other.client.get(address, follow=True).status_code for address in addresses(sold)}

    assert set(answers.values()) == ({200} if role in TILL else {403})


@pytest.mark.parametrize("role", ROLES)
def test_the_staff_pages_lead_whoever_may_to_the_till(shop: Shop, role: str) -> None:
    assert ('href="/till/"' in at_desk(role).get("/admin/").content.decode()) == (role in TILL)


def test_without_the_right_to_a_step_its_button_is_not_there(counter: Counter) -> None:
    """A shop whose cashiers may only sell."""
    group = counter.user.groups.get()
    names = ["take_back", "assign_purchase", "add_member"]
    group.permissions.remove(*group.permissions.filter(codename__in=names))

    sold = counter.sell("MUG-1")
    counter.open(receipt_of(sold.uuid))
    assert [word in counter.text for word in ("Goods come back", "Give it to a member")] == [False, False]
    assert "Enrol a new member" not in counter.open()
    for address in (f"{receipt_of(sold.uuid)}return/", f"{receipt_of(sold.uuid)}give/", counter.at("enrol/")):
        answer = counter.client.post(address)
        assert (answer.status_code, "This is not for your role" in text(answer)) == (403, True)


def test_strangers_sign_in_first(terminal: Terminal) -> None:
    answer = Client().get("/till/receipts/")

    assert answer.headers["Location"] == "/admin/login/?next=/till/receipts/"
    pay = Client().post(f"/till/sale/{drafts.new_token()}/pay/")
    assert pay.headers["Location"] == "/admin/login/?next=/till/"


def test_a_password_alone_is_not_enough(terminal: Terminal) -> None:
    client = Client()
    client.force_login(colleague("cashier"), "django.contrib.auth.backends.ModelBackend")

    assert "/staff/second-factor/" in client.get("/till/").headers["Location"]


def test_members_are_no_staff(terminal: Terminal) -> None:
    client = people.signed_in(factories.member(email="ada@example.com"))

    assert client.get("/till/").status_code == 403


def test_a_seat_is_chosen_among_the_terminals_of_the_page(shop: Shop, terminal: Terminal) -> None:
    client = at_desk("cashier")

    assert client.get("/till/").headers["Location"] == "/till/terminal/"
    page = text(client.get("/till/terminal/"))
    assert ("LON-1/page" in page, "LON-1/T1" in page) == (True, False)
    client.post("/till/terminal/", {"terminal": shop.terminal.pk})
    assert client.get("/till/").headers["Location"] == "/till/terminal/"
    client.post("/till/terminal/", {"terminal": terminal.pk})
    assert client.get("/till/").headers["Location"].startswith("/till/sale/")


def test_an_administrator_makes_the_terminal(shop: Shop) -> None:
    client = at_desk("administrator")
    assert "Add a terminal" in text(client.get("/till/terminal/"))

    answer = client.post(
        "/admin/sales/terminal/add/", {"store": shop.store.pk, "code": "page", "name": "Counter", "is_page": "on"}
    )

    made = Terminal.objects.get(code="page")
    assert answer.headers["Location"] == f"/admin/sales/terminal/{made.pk}/change/"
    assert (made.is_page, made.key_hash, made.name) == (True, "", "Counter")
    assert AuditEntry.objects.get().action == "terminal.page_opened"
    assert "New key" not in text(client.get(answer.headers["Location"]))
    assert "Counter" in text(client.get("/till/terminal/"))
    for key in (f"{made.key_prefix}.", f"{made.key_prefix}.secret"):
        assert Client().get("/api/v1/ping", headers={"authorization": f"Bearer {key}"}).status_code == 401


def test_a_receipt_that_is_none(counter: Counter) -> None:
    assert counter.client.get(receipt_of(uuid4())).status_code == 404
    assert counter.client.get("/till/sale/nonsense/").status_code == 404


def test_the_page_keeps_the_strict_policy(counter: Counter) -> None:
    counter.open()

    policy = counter.page["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert ("<script>" in counter.html, "style=" in counter.html, "onclick" in counter.html) == (False, False, False)
    assert "no-store" in counter.page["Cache-Control"]
