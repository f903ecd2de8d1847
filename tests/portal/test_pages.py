"""What members read: points with dates and reasons, tier and what is missing, and nobody else's."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from core import clock as clocks
from core.models import JobRun
from members.models import Member
from points import expiry, ledger
from points.ledger import Accrual, Grant
from portal.views.activity import PAGE_OF_MOVEMENTS
from tests import factories
from tests.campaigns.offering import offer
from tests.factories import Shop
from tests.points.grants import grant
from tests.portal.people import signed_in, text
from tests.pos.selling import bring_back, receipt, sell

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture
def ada(shop: Shop) -> Member:
    return factories.member(name="Ada Lovelace", number="360000000012")


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def many_postings(member: Member, shop: Shop, count: int) -> None:
    """COUNT accruals of one point each, an hour apart, the latest an hour ago."""
    for nth in range(count):
        when = NOW - timedelta(hours=count - nth)
        with transaction.atomic():
            account = ledger.open_accounts([(member.pk, shop.point_type.pk, when)])[member.pk, shop.point_type.pk]
            words = {"en": f"Gift {nth + 1}", "zh-hans": f"礼物{nth + 1}"}
            gift = Grant(1, "gift", 1, words, when, None)
            ledger.accrue([Accrual(account.account_id, f"gift:{nth}", [gift], when, when, "test")])


def numbers_of(page: Any) -> list[int]:
    return [movement.number for movement in page.context["movements"]]


def test_a_guest_reads_how_it_works_and_what_regulars_get(shop: Shop, client: Client) -> None:
    words = text(client.get("/"))

    assert "Gift Club is for our regular customers" in words
    assert "1 point per £1" in words
    assert "Silver From £500 in 12 months" in words
    assert "Become a member" in words


def test_a_new_member_reads_what_to_do(ada: Member) -> None:
    page = signed_in(ada).get("/")
    words = text(page)

    assert page.context["shown"].balance.available == 0
    assert "Good to see you, Ada Lovelace" in words
    assert "3600 0000 0012" in words
    assert "Your balance 0 points" in words
    assert "Spend £500.00 more to reach Silver." in words
    assert "Nothing here yet" in words
    assert "Worth" not in words


def test_points_are_told_with_their_worth_and_their_dates(shop: Shop, ada: Member) -> None:
    until = datetime(2026, 3, 31, 23, tzinfo=UTC)  # the first of April begins in London
    grant(ada, shop.point_type, 1250, until=until, at=NOW)
    grant(ada, shop.point_type, 1, until=None, at=NOW, usable_at=datetime(2026, 3, 20, tzinfo=UTC))

    page = signed_in(ada).get("/")
    words = text(page)

    assert "Your balance 1,250 points Worth £12.50 in our shops" in words
    assert "1 point can be used from 20 Mar 2026" in words
    assert "1,250 points expire after 31 Mar 2026" in words
    assert page.context["shown"].soon is True
    assert 'class="fact--soon"' in page.content.decode()


def test_points_that_expire_much_later_are_no_alarm(shop: Shop, ada: Member) -> None:
    grant(ada, shop.point_type, 10, until=NOW + timedelta(days=31), at=NOW)

    assert signed_in(ada).get("/").context["shown"].soon is False


def test_a_purchase_is_told_with_store_amount_reason_and_until_when(shop: Shop, ada: Member) -> None:
    sell(receipt(shop, "R-17", "25.40", member=ada, at=NOW - timedelta(days=1)))

    (movement,) = signed_in(ada).get("/activity/").context["movements"]
    assert (movement.title, movement.points, movement.number) == ("Purchase", 25, 1)
    assert movement.trade == (False, "Covent Garden", "R-17", Decimal("25.400"))
    assert [reason.points for reason in movement.reasons] == [25]
    assert movement.reasons[0].words.startswith("1 point per £1")
    assert (movement.usable_on, movement.last_on) == (None, date(2027, 3, 31))

    words = text(signed_in(ada).get("/activity/"))
    assert "Purchase · Covent Garden +25 points 9 Mar 2026, 12:00 · £25.40 · receipt R-17 +25 1 point per £1" in words
    assert "Can be used until 31 Mar 2027" in words


def test_what_time_did_has_its_reason_too(shop: Shop, ada: Member, clock: time_machine.Traveller) -> None:
    grant(ada, shop.point_type, 5, until=NOW + timedelta(days=20), at=NOW, usable_at=NOW + timedelta(days=10))
    clock.move_to(NOW + timedelta(days=30))
    expiry.mature_due(clocks.now())
    expiry.expire_due(clocks.now())

    words = text(signed_in(ada).get("/activity/"))
    assert "Points expired −5 points 30 Mar 2026, 13:00 They were not used in time." in words
    assert "Points ready to use 5 points 20 Mar 2026, 12:00 The waiting time is over." in words


def test_the_reasons_are_read_in_the_readers_language(shop: Shop, ada: Member) -> None:
    sell(receipt(shop, "R-17", "25.40", member=ada, at=NOW))
    client = signed_in(ada)
    client.cookies["django_language"] = "zh-hans"

    (movement,) = client.get("/activity/").context["movements"]

    assert movement.reasons[0].words.startswith("每消费1英镑得1积分")


def test_points_owed_after_a_return_are_explained_kindly(shop: Shop, ada: Member) -> None:
    sale = sell(receipt(shop, "R-17", "30.00", member=ada, at=NOW))[0]
    with transaction.atomic():
        account = ledger.open_accounts([(ada.pk, shop.point_type.pk, NOW)])[ada.pk, shop.point_type.pk]
        ledger.redeem(account.account_id, 20, reference="till:1", at=NOW, actor="test")
    bring_back(shop, sale, "B-1", (1, "1"), at=NOW)

    client = signed_in(ada)
    words = text(client.get("/"))

    assert "20 points to make up for" in words
    assert "Nothing to pay" in words
    returned, used, bought = client.get("/activity/").context["movements"]
    assert (returned.title, returned.points) == ("Goods brought back", -30)
    assert returned.trade == (True, "Covent Garden", "B-1", Decimal("30.000"))
    assert (used.title, used.points) == ("Points used", -20)
    assert (bought.title, bought.points) == ("Purchase", 30)


def test_what_settles_a_debt_says_so(shop: Shop, ada: Member) -> None:
    test_points_owed_after_a_return_are_explained_kindly(shop, ada)
    sell(receipt(shop, "R-18", "50.00", member=ada, at=NOW))

    client = signed_in(ada)

    assert client.get("/").context["shown"].balance.available == 30
    assert "Of these, 20 points settled what was owed." in text(client.get("/activity/"))


def test_the_way_up_and_what_keeps_a_tier(shop: Shop, ada: Member) -> None:
    sell(receipt(shop, "R-1", "620.50", member=ada, at=NOW))

    page = signed_in(ada).get("/tiers/")
    climb = page.context["climb"]
    words = text(page)

    assert (climb.tier.code, climb.per_cent) == ("silver", 31)
    assert (climb.progress.next_tier.code, climb.progress.missing) == ("gold", Decimal("1379.500"))
    assert "Spend £1,379.50 more to reach Gold." in words
    assert "Silver is yours until" in words
    assert 'value="31"' in page.content.decode()


def test_at_the_top_there_is_nothing_to_reach(shop: Shop, ada: Member) -> None:
    sell(receipt(shop, "R-1", "2500.00", member=ada, at=NOW))

    page = signed_in(ada).get("/")

    assert page.context["shown"].climb.progress.next_tier is None
    assert "Gold is the highest tier" in text(page)
    assert "<progress" not in page.content.decode()


def test_history_goes_back_page_by_page_without_gap_or_repeat(shop: Shop, ada: Member) -> None:
    many_postings(ada, shop, 45)
    client = signed_in(ada)

    address, read = "/activity/", []
    while address:
        page = client.get(address)
        read.append(numbers_of(page))
        address = page.context["older"]

    assert [len(numbers) for numbers in read] == [PAGE_OF_MOVEMENTS, PAGE_OF_MOVEMENTS, 5]
    assert [number for numbers in read for number in numbers] == list(range(45, 0, -1))


def test_history_is_grouped_by_the_months_of_the_readers_time_zone(shop: Shop, ada: Member) -> None:
    Member.objects.filter(pk=ada.pk).update(time_zone="Asia/Shanghai")
    grant(ada, shop.point_type, 5, until=None, at=datetime(2026, 2, 28, 15, tzinfo=UTC))
    grant(ada, shop.point_type, 7, until=None, at=datetime(2026, 2, 28, 17, tzinfo=UTC))

    body = signed_in(ada).get("/activity/").content.decode()

    assert re.findall(r"<h2>(.*?)</h2>", body) == ["March 2026", "February 2026"]


@pytest.mark.parametrize("before", ["", "0", "-1", "x", "9" * 30, "１"])
def test_a_cursor_that_makes_no_sense_breaks_nothing(shop: Shop, ada: Member, before: str) -> None:
    many_postings(ada, shop, 1)

    assert signed_in(ada).get("/activity/", {"before": before}).status_code == HTTPStatus.OK


def test_a_member_sees_their_own_data_and_nobody_elses(shop: Shop, ada: Member) -> None:
    eve = factories.member(name="Eve", phone="+447700900666")
    sell(receipt(shop, "ADAS-RECEIPT", "25.40", member=ada, at=NOW))
    client = signed_in(eve)
    theirs = ["Ada Lovelace", "3600 0000 0012", "360000000012", "ADAS-RECEIPT", "25.40", str(ada.phone)]

    pages = ["/", "/card/", "/activity/", "/activity/?before=1000", "/tiers/", "/me/", "/me/details/"]
    for wanted in [f"{page}{mark}member={ada.pk}" for page, mark in zip(pages, "???&???", strict=True)]:
        page = client.get(wanted)
        assert page.status_code == HTTPStatus.OK
        assert [said for said in theirs if said in page.content.decode()] == []
    assert numbers_of(client.get("/activity/")) == []


@pytest.mark.parametrize("address", ["/card/", "/activity/", "/tiers/", "/me/"])
def test_pages_of_ones_own_need_signing_in_and_are_never_cached(shop: Shop, ada: Member, address: str) -> None:
    assert Client().get(address)["Location"] == f"/sign-in/?next={address}"
    assert "no-store" in signed_in(ada).get(address)["Cache-Control"]
    assert "no-store" in signed_in(ada).get("/")["Cache-Control"]


def test_the_card_can_be_read_by_machine_and_by_eye(ada: Member) -> None:
    page = signed_in(ada).get("/card/")
    body = page.content.decode()

    assert body.count('<svg aria-hidden="true" focusable="false" ') >= 2
    assert 'class="code"' in body
    assert 'class="bars"' in body
    assert "3600 0000 0012" in text(page)


@pytest.mark.parametrize("count", [0, 1, 500])
def test_home_asks_at_most_twelve_queries_however_long_the_history(
    shop: Shop, ada: Member, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    many_postings(ada, shop, count)
    if count:
        sale = sell(receipt(shop, "R-1", "25.40", member=ada, at=NOW))[0]
        bring_back(shop, sale, "B-1", (1, "1"), at=NOW)
    client = signed_in(ada)
    client.get("/")

    # programme, user with member; balance, maturing, expiring; standing; postings, and the purchases behind them;
    # unread messages; rewards, and how they stand
    with django_assert_num_queries(10 if count else 9):
        page = client.get("/")
    assert page.context["shown"].balance.available == count

    offer()
    client.get("/")
    with django_assert_num_queries(11 if count else 10):
        client.get("/")
    assert len(page.context["shown"].latest) == min(4, count + 2 if count else 0)

    with django_assert_num_queries(4 if count else 3):
        client.get("/activity/")


def test_a_demo_that_loads_is_told_on_every_page_and_costs_one_query(
    shop: Shop, ada: Member, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    run = JobRun.objects.create(job="demo.load", period="2026-03-09", done={"receipts": 12300}, total=25000)
    client = signed_in(ada)

    assert "The demo is still loading: 12,300 of 25,000 receipts" in text(client.get("/"))
    assert client.get("/demo/progress/").json() == {
        "sentence": "The demo is still loading: 12,300 of 25,000 receipts",
        "done": 12300,
        "total": 25000,
    }
    with django_assert_num_queries(10):
        client.get("/")

    run.state = JobRun.State.DONE
    run.save()
    assert "demo" not in text(client.get("/"))
    assert client.get("/demo/progress/").json() == {"sentence": "", "done": 1, "total": 1}


def test_the_terms_can_be_read_by_everybody(shop: Shop, client: Client) -> None:
    assert client.get("/about/terms/").status_code == HTTPStatus.OK
    assert client.get("/about/privacy/").status_code == HTTPStatus.OK
    assert client.get("/about/marketing/").status_code == HTTPStatus.NOT_FOUND
    assert client.get("/about/nothing/").status_code == HTTPStatus.NOT_FOUND


def test_the_tiers_colours_are_style_rules_of_their_own(shop: Shop, client: Client) -> None:
    response = client.get("/theme.css")

    assert response["Content-Type"] == "text/css"
    assert response.content.decode().splitlines() == [
        f".tier-{tier.code}{{--tier:{tier.colour}}}" for tier in shop.tiers
    ]
    assert "immutable" in response["Cache-Control"]


def test_staff_without_membership_are_shown_the_way_to_their_pages(shop: Shop, client: Client) -> None:
    client.force_login(factories.staff())

    words = text(client.get("/"))

    assert "You are signed in, but not as a member." in words
    assert "Staff pages" in words
    assert client.get("/activity/")["Location"] == "/"
