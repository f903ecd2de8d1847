"""From points to a voucher, and back, in front of the portal."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from members.models import Member
from rewards import proofs, vouchers
from rewards.models import Reward, Voucher
from tests import factories
from tests.factories import Shop
from tests.portal.people import signed_in, text
from tests.rewards.claims import available, redeem, rich, states

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOKEN = "6f2f1c1e-7a2e-4f57-9a39-0d1b6f6f0001"


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture
def ada(shop: Shop) -> Member:
    return rich(500, name="Ada")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def shown(client: Client) -> dict[str, str]:
    """The state of each reward on the shelf, by code."""
    page = client.get("/rewards/")
    return {ware.offering.reward.code: ware.state for ware in page.context["wares"]}


def test_the_shelf_says_what_stands_between(shop: Shop, ada: Member) -> None:
    factories.reward("within", price=500, name_en="Within")
    factories.reward("nearly", price=800)
    factories.reward("gone", price=100, stock=0, supply="stock")
    factories.reward("few", price=100, stock=3, supply="stock")
    factories.reward("gold", price=100, minimum_tier=shop.tiers[2])
    factories.reward("later", price=100, begins_on=date(2026, 4, 1))
    factories.reward("past", price=100, ends_on=date(2026, 3, 9))
    client = signed_in(ada)

    assert shown(client) == {
        "within": "affordable", "nearly": "almost", "gone": "sold_out", "few": "affordable", "gold": "locked",
        "later": "not_yet",
    }  # fmt: skip
    words = text(client.get("/rewards/"))
    for said in ("You have 500 points to use.", "300 points to go", "Sold out", "Only 3 left", "From tier Gold"):
        assert said in words
    assert "From 1 Apr 2026" in words
    assert "All 6 You can have now 2" in words
    assert len(client.get("/rewards/?show=affordable").context["wares"]) == 2
    assert shown(Client())["within"] == "almost"


def test_a_long_shelf_can_be_put_in_order_of_the_price(ada: Member) -> None:
    for number, price in enumerate([300, 100, 900, 200, 100, 400]):
        factories.reward(f"r{number}", price=price, position=number)
    client = signed_in(ada)

    def codes(question: str) -> list[str]:
        page = client.get(f"/rewards/{question}")
        return [ware.offering.reward.code for ware in page.context["wares"]]

    assert codes("") == codes("?order=nonsense") == ["r0", "r1", "r2", "r3", "r4", "r5"]
    assert codes("?order=fewest") == ["r1", "r4", "r3", "r0", "r5", "r2"]
    assert codes("?order=most&show=affordable") == ["r5", "r0", "r3", "r1", "r4"]
    assert "?show=affordable&amp;order=most" in client.get("/rewards/?show=affordable").content.decode()
    Reward.objects.get(code="r5").delete()
    assert "Fewest points" not in text(client.get("/rewards/"))


@pytest.mark.parametrize("count", [0, 1, 500])
def test_the_shelf_asks_at_most_seven_queries_however_long(
    ada: Member, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    for nth in range(count):
        factories.reward(f"reward-{nth}", price=100)
    client = signed_in(ada)
    client.get("/rewards/")

    # programme, user with member; rewards, how they stand; balance, for the catalogue and for the page
    with django_assert_num_queries(5):
        assert len(client.get("/rewards/").context["wares"]) == count


def test_a_reward_is_redeemed_once_whatever_is_pressed(ada: Member) -> None:
    factories.reward("mug", price=200)
    client = signed_in(ada)
    address = f"/rewards/mug/confirm/?token={TOKEN}"
    words = text(client.get(address))
    assert "You have 500 It costs −200 You keep 300 points" in words
    wish = {"token": TOKEN, "price": "200"}

    first = client.post("/rewards/mug/redeem/", wish)
    again = client.post("/rewards/mug/redeem/", wish)

    assert first["Location"] == again["Location"] == f"/vouchers/{Voucher.objects.get().uuid}/"
    assert available(ada) == 300
    assert "No points were taken again." in text(client.get(again["Location"]))


@pytest.mark.parametrize("token", ["", "x", "1"])
def test_without_a_token_nothing_is_redeemed(ada: Member, token: str) -> None:
    factories.reward("mug", price=200)
    client = signed_in(ada)

    assert client.get(f"/rewards/mug/confirm/?token={token}")["Location"] == "/rewards/mug/"
    assert client.post("/rewards/mug/redeem/", {"token": token, "price": "200"})["Location"] == "/rewards/mug/"

    assert available(ada) == 500


def test_another_price_than_the_one_shown_is_refused(ada: Member) -> None:
    factories.reward("mug", price=200)
    client = signed_in(ada)
    Reward.objects.update(price=300)

    answer = client.post("/rewards/mug/redeem/", {"token": TOKEN, "price": "200"})

    assert "it is 300 points now. No points were taken." in text(client.get(answer["Location"]))
    assert available(ada) == 500


def test_what_can_not_be_had_is_not_even_asked_for(shop: Shop, ada: Member) -> None:
    factories.reward("dear", price=501)
    factories.reward("gold", price=100, minimum_tier=shop.tiers[2])
    client = signed_in(ada)

    for code in ("dear", "gold"):
        assert client.get(f"/rewards/{code}/confirm/?token={TOKEN}")["Location"] == f"/rewards/{code}/"
        refused = client.post(f"/rewards/{code}/redeem/", {"token": str(uuid.uuid4())})
        assert refused["Location"] == f"/rewards/{code}/"
        assert "/confirm/" not in client.get(f"/rewards/{code}/").content.decode()

    assert states(ada) == []
    for address in ("/rewards/none/", f"/rewards/none/confirm/?token={TOKEN}"):
        assert client.get(address).status_code == HTTPStatus.NOT_FOUND


def test_a_suspended_member_reads_why_nothing_can_be_redeemed(ada: Member) -> None:
    factories.reward("mug", price=200)
    Member.objects.update(status="suspended")
    client = signed_in(ada)

    assert "Your membership is on hold" in text(client.get("/rewards/mug/"))
    client.post("/rewards/mug/redeem/", {"token": TOKEN})

    assert states(ada) == []


def test_vouchers_stand_on_three_shelves(shop: Shop, ada: Member, clock: Any) -> None:
    factories.reward("fiver", price=100, kind="amount_off", amount=Decimal(5), voucher_days=3, name_en="A fiver")
    factories.reward("mug", price=50, name_en="A mug")
    soon = redeem(ada, "fiver", token="1", at=NOW).voucher
    used, back = (redeem(ada, "mug", token=token, at=NOW).voucher for token in "23")
    vouchers.use(used.code, store_id=shop.store.pk, terminal_id=shop.terminal.pk, at=NOW, actor="till", receipt="R-1")
    client = signed_in(ada)
    client.post(f"/vouchers/{back.uuid}/cancel/")

    words = text(client.get("/vouchers/"))
    assert "Ready 1 Used 1 Expired 1" in words
    assert "A fiver £5 off 3 days left · until 13 Mar 2026" in words
    assert "A mug used on 10 Mar 2026" in text(client.get("/vouchers/?show=used"))
    assert "A mug cancelled" in text(client.get("/vouchers/?show=over"))

    clock.move_to(NOW + timedelta(days=3))
    assert "Only today" in text(client.get("/vouchers/"))
    clock.move_to(NOW + timedelta(days=4))
    assert "Ready 0 Used 1 Expired 2" in text(client.get("/vouchers/"))
    assert soon.code not in client.get(f"/vouchers/{soon.uuid}/").content.decode().replace("-", "")


def test_a_voucher_is_shown_and_given_back_once(ada: Member) -> None:
    factories.reward("mug", price=200, name_en="A mug")
    voucher = redeem(ada, "mug", at=NOW).voucher
    client = signed_in(ada)

    page = client.get(f"/vouchers/{voucher.uuid}/")
    code = voucher.code
    assert f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}" in text(page)
    assert 'class="code"' in page.content.decode()

    for _press in range(2):
        client.post(f"/vouchers/{voucher.uuid}/cancel/")

    assert available(ada) == 500
    assert "You gave it back on 10 Mar 2026" in text(client.get(f"/vouchers/{voucher.uuid}/"))


def test_nobody_sees_or_cancels_somebody_elses_voucher(ada: Member) -> None:
    factories.reward("mug", price=200)
    voucher = redeem(ada, "mug", at=NOW).voucher
    eve = signed_in(factories.member(name="Eve"))

    assert eve.get(f"/vouchers/{voucher.uuid}/").status_code == HTTPStatus.NOT_FOUND
    assert eve.post(f"/vouchers/{voucher.uuid}/cancel/").status_code == HTTPStatus.NOT_FOUND

    assert states(ada) == ["issued"]
    assert voucher.code not in eve.get("/vouchers/").content.decode().replace("-", "")


def test_the_code_to_spend_changes_every_half_minute_and_proves_it_is_them(ada: Member, clock: Any) -> None:
    client = signed_in(ada)
    first = client.get("/card/spend/code/").json()
    shown = proofs.issue_qr(ada, at=NOW)

    assert first["seconds"] == 30
    assert client.get("/card/spend/code/").json() == first
    clock.move_to(NOW + timedelta(seconds=31))
    second = client.get("/card/spend/code/").json()

    assert second["picture"] != first["picture"]
    assert second["seconds"] == 29
    assert proofs.check(ada.pk, proofs.Proof(proofs.Kind.QR, shown.text), at=NOW) is None
    assert "no-store" in client.get("/card/spend/code/")["Cache-Control"]


def test_home_shows_what_is_within_reach_first(ada: Member) -> None:
    for code, price in (("a", 100), ("b", 400), ("c", 600), ("d", 900)):
        factories.reward(code, price=price)

    page = signed_in(ada).get("/")

    assert [ware.offering.reward.code for ware in page.context["wares"]] == ["b", "a", "c", "d"]
    assert "You can have now" in text(page)
