"""The accountant's month on screen and as a file: for whom, in which words, safe in a spreadsheet, in the trail."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
import time_machine
from django.test import Client

from access.models import AuditEntry
from insights import month_file
from points.models import Account, PointType
from tests import factories
from tests.admin.desk import at_desk, text
from tests.factories import Shop
from tests.insights.booking import booked
from tests.points.grants import grant

MAY = datetime(2026, 5, 10, 12, tzinfo=UTC)


@pytest.fixture
def finance(shop: Shop, clock: time_machine.Traveller) -> Client:
    """Somebody of finance on 1 June; in May, 70 points were accrued, of which 40 pend; in June so far, 5."""
    ada = factories.member()
    grant(ada, shop.point_type, 30, until=None, at=MAY)
    grant(ada, shop.point_type, 40, until=None, at=MAY, usable_at=datetime(2026, 6, 20, tzinfo=UTC))
    booked(MAY)
    grant(ada, shop.point_type, 5, until=None, at=datetime(2026, 6, 1, 9, tzinfo=UTC))
    booked(datetime(2026, 6, 1, 9, tzinfo=UTC))
    return at_desk("finance")


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_month_that_ended_last_is_shown_first(finance: Client) -> None:
    page = text(finance.get("/admin/month/"))

    assert "points · May 2026" in page
    assert "Opening balance 0 0 0 0 0 Accrued +40 +30 – +70 – Closing balance 40 30 0 70 0" in page
    assert "The closing balance is worth £0.70, at 0.01 a point." in page
    assert "has not ended" not in page


def test_a_running_month_says_that_it_will_change(finance: Client) -> None:
    page = text(finance.get("/admin/month/?month=2026-06"))

    assert "This month has not ended. These are its figures up to 1 Jun 2026, 12:05; they will change." in page
    assert "Opening balance 40 30 0 70 0 Accrued – +5 – +5 – Closing balance 40 35 0 75 0" in page


def test_the_file_is_a_table_for_the_accountant(finance: Client) -> None:
    answer = finance.post("/admin/month/", {"month": "2026-05"})

    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="points-2026-05.csv"'
    assert answer.content.startswith(b"\xef\xbb\xbfmonth,booked from,booked until,state,")
    rows = table(answer.content)
    assert rows[1] == {
        "month": "2026-05",
        "booked from": "2026-04-30T23:00:00+00:00",
        "booked until": "2026-05-31T23:00:00+00:00",
        "state": "final",
        "code": "points",
        "point type": "points",
        "line code": "accrued",
        "what it is": "Accrued",
        "pending": "40",
        "available": "30",
        "held": "0",
        "total": "70",
        "owed": "0",
        "worth of one point": "0.01",
        "amount": "0.7",
        "currency": "GBP",
    }
    assert [(row["line code"], row["total"]) for row in rows] == [
        ("opening", "0"),
        ("accrued", "70"),
        ("closing", "70"),
    ]


def test_the_file_speaks_the_readers_language(finance: Client) -> None:
    answer = finance.post("/admin/month/", {"month": "2026-06"}, headers={"accept-language": "zh-hans"})

    rows = table(answer.content)
    assert answer["Content-Disposition"] == 'attachment; filename="points-2026-06-so-far.csv"'
    assert list(rows[0])[:8] == ["月份", "记账起", "记账止", "状态", "编号", "积分类型", "项目代码", "项目"]
    assert [(row["状态"], row["项目"], row["合计"], row["金额"]) for row in rows] == [
        ("截至目前", "期初余额", "70", "0.7"),
        ("截至目前", "入账", "5", "0.05"),
        ("截至目前", "期末余额", "75", "0.75"),
    ]


def test_every_download_is_in_the_trail_and_looking_is_not(finance: Client) -> None:
    finance.get("/admin/month/")
    assert AuditEntry.objects.count() == 0

    finance.post("/admin/month/", {"month": "2026-05"})

    entry = AuditEntry.objects.get()
    assert entry.actor is not None
    assert (entry.action, entry.actor.username) == ("month.downloaded", "finance")
    assert entry.changes == {"file": "points-2026-05.csv", "closing": {"points": 70}}


def test_names_that_look_like_formulas_stay_names(finance: Client) -> None:
    PointType.objects.update(name_plural_en="=HYPERLINK(0)")

    rows = table(finance.post("/admin/month/", {"month": "2026-05"}).content)

    assert {row["point type"] for row in rows} == {"'=HYPERLINK(0)"}
    assert [month_file.safe(text) for text in ("+1", "-1", "@x", "\tx", "points")] == [
        "'+1", "'-1", "'@x", "'\tx", "points",
    ]  # fmt: skip


def test_a_month_whose_books_differ_is_refused_and_leaves_no_trail(finance: Client) -> None:
    Account.objects.update(held=1)

    shown = finance.get("/admin/month/?month=2026-05")
    asked = finance.post("/admin/month/", {"month": "2026-05"})

    for answer in (shown, asked):
        assert answer.status_code == 409
        assert "The books of points don't agree: at the end of the month, the movements say held 0" in text(answer)
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("asked", ["2026-13", "1999-01", "x", "2026-07"])
def test_a_month_that_is_not_there_gives_no_file(finance: Client, asked: str) -> None:
    answer = finance.post("/admin/month/", {"month": asked})

    assert answer["Content-Type"].startswith("text/html")
    assert "points · May 2026" in text(answer)
    assert AuditEntry.objects.count() == 0


def test_before_anything_was_booked_there_is_an_empty_month(shop: Shop) -> None:
    page = text(at_desk("administrator").get("/admin/month/"))

    assert "points · June 2026" in page
    assert "Opening balance 0 0 0 0 0 Closing balance 0 0 0 0 0" in page
