"""The member's movements, narrowed down, and taken along as a table."""

import csv
import io
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
import time_machine
from django.db import transaction

from members.models import Member
from points import ledger
from points.models import Account, PointType
from sales.models import Store
from tests import factories
from tests.admin.desk import at_desk
from tests.factories import Shop
from tests.points.grants import grant
from tests.portal.people import signed_in, text
from tests.pos.selling import receipt, sell

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


@pytest.fixture
def shop() -> Shop:
    return factories.shop()


@pytest.fixture(autouse=True)
def clock() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ada(shop: Shop) -> Member:
    """30 points in January, 25 in March, of which 20 were used."""
    ada = factories.member(name="Ada")
    sell(receipt(shop, "R-1", "30.00", member=ada, at=NOW - timedelta(days=50)))
    sell(receipt(shop, "R-2", "25.40", member=ada, at=NOW - timedelta(days=1)))
    with transaction.atomic():
        account = ledger.open_accounts([(ada.pk, shop.point_type.pk, NOW)])[ada.pk, shop.point_type.pk]
        ledger.redeem(account.account_id, 20, reference="till:1", at=NOW, actor="test")
    return ada


@pytest.mark.parametrize(
    ("asked", "points"),
    [
        ({}, [-20, 25, 30]),
        ({"flow": "in"}, [25, 30]),
        ({"flow": "out"}, [-20]),
        ({"month": "2026-01"}, [30]),
        ({"month": "2026-02"}, []),
        ({"flow": "out", "month": "2026-03"}, [-20]),
        ({"flow": "sideways", "month": "1999-13"}, [-20, 25, 30]),
    ],
)
def test_movements_are_narrowed_down(ada: Member, asked: dict[str, str], points: list[int]) -> None:
    client = signed_in(ada)

    page = client.get("/activity/", asked)
    table = client.get("/activity/points.csv", asked)

    assert [movement.points for movement in page.context["movements"]] == points
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [int(row[6]) for row in rows[1:]] == points
    if not points:
        assert "No point came or went that fits what you chose." in text(page)


def test_months_are_those_of_the_readers_time_zone(shop: Shop) -> None:
    ada = factories.member(time_zone="Asia/Shanghai")
    grant(ada, shop.point_type, 5, until=None, at=datetime(2026, 1, 31, 15, tzinfo=UTC))
    grant(ada, shop.point_type, 7, until=None, at=datetime(2026, 1, 31, 17, tzinfo=UTC))

    page = signed_in(ada).get("/activity/", {"month": "2026-02"})

    assert [movement.points for movement in page.context["movements"]] == [7]


def test_the_choice_stays_from_page_to_page(shop: Shop) -> None:
    ada = factories.member()
    for nth in range(45):
        grant(ada, shop.point_type, 1, until=None, at=NOW - timedelta(minutes=nth))
    client = signed_in(ada)

    first = client.get("/activity/", {"flow": "in", "month": "2026-03"})

    older = first.context["older"]
    assert older.startswith("/activity/?flow=in&month=2026-03&before=")
    assert "/activity/points.csv?flow=in&amp;month=2026-03" in first.content.decode()
    assert len(client.get(older).context["movements"]) == 20


def test_the_table_says_everything(ada: Member) -> None:
    answer = signed_in(ada).get("/activity/points.csv")

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Disposition"] == f'attachment; filename="points-{ada.number}.csv"'
    assert "no-store" in answer["Cache-Control"]
    assert rows[0][:4] == ["Time", "What", "Store", "Receipt"]
    assert rows[2] == [
        "2026-03-09T12:00:00+00:00", "Purchase", "Covent Garden", "R-2", "25.400", "GBP", "25",
        rows[2][7], "", "2027-03-31",
    ]  # fmt: skip
    assert rows[2][7].startswith("25 1 point per £1")


def test_a_spreadsheet_takes_nothing_for_a_formula(shop: Shop) -> None:
    Store.objects.update(name="=HYPERLINK(1)")
    ada = factories.member()
    sell(receipt(shop, "+1", "30.00", member=ada, at=NOW))

    rows = list(csv.reader(io.StringIO(signed_in(ada).get("/activity/points.csv").content.decode("utf-8-sig"))))

    assert rows[1][2:4] == ["'=HYPERLINK(1)", "'+1"]


def test_a_long_history_is_in_the_table_without_gap_or_repeat(shop: Shop, monkeypatch: Any) -> None:
    monkeypatch.setattr("portal.views.activity.PAGE_OF_ROWS", 7)
    ada = factories.member()
    for nth in range(1, 24):
        grant(ada, shop.point_type, nth, until=None, at=NOW - timedelta(minutes=nth))

    rows = list(csv.reader(io.StringIO(signed_in(ada).get("/activity/points.csv").content.decode("utf-8-sig"))))

    assert sorted(int(row[6]) for row in rows[1:]) == list(range(1, 24))


def test_a_guest_gets_no_table(client: Any, ada: Member) -> None:
    answer = client.get("/activity/points.csv")
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/sign-in/?next=/activity/points.csv")


def test_points_that_became_usable_or_expired_say_whose_they_were(shop: Shop) -> None:
    PointType.objects.update(pending_days=14, expiry_months=1)
    eve = factories.member(name="Eve")
    sell(receipt(shop, "R-8", "30.00", member=eve, at=NOW - timedelta(days=80)))
    sell(receipt(shop, "R-9", "12.00", member=eve, at=NOW - timedelta(days=79)))
    grant(eve, shop.point_type, 7, until=NOW - timedelta(days=1), at=NOW - timedelta(days=60))
    account = Account.objects.get(member=eve)
    with transaction.atomic():
        ledger.open_accounts([(eve.pk, shop.point_type.pk, NOW)])

    page = text(signed_in(eve).get("/activity/"))

    assert "Points ready to use" in page
    assert "30 from your purchase of 20 Dec 2025 at Covent Garden, receipt R-8" in page
    assert "12 from your purchase of 21 Dec 2025 at Covent Garden, receipt R-9" in page
    assert "7 of 9 Jan 2026: Points received" in page
    staff = text(at_desk("support").get(f"/admin/members/member/{eve.pk}/change/"))
    assert "30 20 Dec 2025 · Covent Garden · R-8" in staff
    account.refresh_from_db()
    assert account.available == 0
