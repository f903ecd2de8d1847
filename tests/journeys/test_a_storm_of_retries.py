"""A till on a bad line never hears the answer, asks again and again, changes keys on the way: one purchase counts."""

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from core.models import Event
from members.models import Member
from points.models import Posting
from pos import idempotency
from sales.models import Purchase, Return
from tests import factories
from tests.factories import Shop
from tests.journeys.street import Days, Wire, account_of, books, goods_back, receipt
from tests.pos.till import Told
from tests.racing import run_in_threads
from tests.waiting import wait_until

ONE_KEY = ["sale-7"] * 5
OTHER_KEYS = ["sale-7-after-restart", "sale-7-by-hand", "sale-7-from-the-journal"]
ASK_AGAIN = {"key_in_flight", "busy"}


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight requests on a busy machine queue for longer than a till would wait."""
    monkeypatch.setattr(idempotency, "PATIENCE", "30s")


@pytest.fixture
def member(shop: Shop) -> Member:
    return factories.member(phone="+447700900123")


def until_answered(till: Wire, path: str, body: object, key: str) -> Told:
    """Ask as often as the answer is to ask again, as tills do."""
    while (told := till.post(path, body, key=key)).status in {409, 503} and told.code in ASK_AGAIN:
        assert told.headers["Retry-After"] == "1"
    return told


def test_a_purchase_sent_nine_times_under_four_keys_is_one_purchase(
    till: Wire, member: Member, days: Days, live_site: LiveServer
) -> None:
    body = receipt("7", ("Mug", "45.90"), ("Scarf", "54.10"), member=member.number)
    send_and_hang_up(live_site, till, body)

    def ask(number: int) -> Told:
        return until_answered(till, "purchases", body, (ONE_KEY + OTHER_KEYS)[number])

    answers = run_in_threads(len(ONE_KEY) + len(OTHER_KEYS), ask)

    assert {told.status for told in answers[:5]} == {201}  # the stored answer, as it was
    assert {told.status for told in answers[5:]} == {200}  # known by its receipt
    assert {told.headers["Idempotent-Replayed"] for told in answers} == {"true"}
    assert {told.body["points"] for told in answers} == {100}
    assert len({told.body["purchase"] for told in answers}) == 1
    assert len({told.content for told in answers[:5]}) == 1
    assert books(member) == [("accrue", 100, 100)]
    assert account_of(member) == (100, 0, 0, 0)
    assert (Purchase.objects.count(), Event.objects.filter(kind="purchase.recorded").count()) == (1, 1)


def test_goods_brought_back_in_a_storm_are_brought_back_once(till: Wire, member: Member, days: Days) -> None:
    sold = till.post("purchases", receipt("7", ("Mug", "45.90"), ("Scarf", "54.10"), member=member.number)).body
    path, body = f"purchases/{sold['purchase']}/returns", goods_back("R-1", 1)
    days.go_to(2026, 1, 11, 12)

    answers = run_in_threads(8, lambda number: until_answered(till, path, body, (ONE_KEY + OTHER_KEYS)[number]))

    assert sorted({told.status for told in answers}) == [200, 201]
    assert {(told.body["points"], told.body["amount"]) for told in answers} == {(46, "45.90")}
    assert len({told.body["uuid"] for told in answers}) == 1
    assert books(member) == [("accrue", 100, 100), ("reverse", -46, 46)]
    assert account_of(member) == (54, 0, 0, 0)
    assert Return.objects.count() == 1


def test_other_goods_under_the_same_receipt_or_key_are_no_retry(till: Wire, member: Member) -> None:
    first = receipt("7", ("Mug", "45.90"), member=member.number)
    other = receipt("7", ("Mug", "4590.00"), member=member.number)
    till.post("purchases", first, key="sale-7")

    same_key = till.post("purchases", other, key="sale-7")
    same_receipt = till.post("purchases", other, key="another")

    assert (same_key.status, same_key.code) == (422, "key_reused")
    assert [error["pointer"] for error in same_key.body["errors"]] == ["/lines/0", "/total"]
    assert (same_receipt.status, same_receipt.code) == (409, "receipt_conflict")
    assert same_receipt.body["detail"] == "Receipt 7 is recorded already, with other contents."
    assert books(member) == [("accrue", 45, 45)]
    assert Posting.objects.count() == Purchase.objects.count() == 1


def send_and_hang_up(site: LiveServer, till: Wire, body: object) -> None:
    """Send a purchase and close the line before the answer comes; the site records it all the same."""
    line = HTTPConnection(urlsplit(site.url).netloc)
    headers = {"Authorization": f"Bearer {till.key}", "Content-Type": "application/json", "Idempotency-Key": ONE_KEY[0]}
    line.request("POST", "/api/v1/purchases", json.dumps(body), headers)
    line.close()
    wait_until(Purchase.objects.exists)
