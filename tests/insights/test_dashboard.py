"""The first page of the staff site: the figures of a period, what each role sees of them, within 15 statements."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import JobRun
from insights import snapshots
from points.models import Lot
from rewards import redemption, vouchers
from tests import factories
from tests.admin.desk import NOON, Page, at_desk, text
from tests.factories import Shop
from tests.insights.street import DAY, Street, story
from tests.pos.selling import receipt, sell
from tests.rewards.claims import redeem

MOST = 15


@pytest.fixture
def street(shop: Shop) -> Street:
    return story(shop)


def cards(response: Page) -> dict[str, str]:
    """What each card says."""
    page = response.content.decode()
    found = re.findall(r'<li class="board-card" id="card-(\w+)">(.*?)</li>', page, re.DOTALL)
    return {code: " ".join(re.sub(r"<[^>]+>", " ", inside).split()) for code, inside in found}


def test_a_week_against_the_one_before(street: Street) -> None:
    page = at_desk("administrator").get("/admin/?period=7")

    assert "26 May 2026 – 1 Jun 2026 , against 19 May 2026 – 25 May 2026" in text(page)
    assert cards(page) == {
        "members": "Members 2 +100.0% before 1",
        "new": "New members 1 before 0",
        "active": "Active members 2 +100.0% before 1",
        "sales": "Sales £200.00 +100.0% before £100.00",
        "purchases": "Purchases 3 +200.0% before 1",
        "average": "Average purchase £66.67 −33.3% before £100.00",
        "member_share": "Sales to members 50.0% −50.0 pp before 100.0%",
        "returned": "Returned goods £20.00 before £0.00",
        "liability": "Liability £1.40 +40.0% before £1.00",
        "available": "Points available 140 +40.0% before 100",
        "pending": "Points pending 0 before 0",
        "held": "Points held 0 before 0",
        "debt": "Points owed 0 before 0",
        "accrued": "Points accrued 100 0% before 100",
        "redeemed": "Points redeemed 50 before 0",
        "rate": "Redemption rate 50.0% +50.0 pp before 0.0%",
        "expired": "Points expired 0 before 0",
        "reversed": "Points reversed 20 before 0",
        "restored": "Points restored 10 before 0",
        "adjusted": "Points adjusted 0 before 0",
    }


def test_the_charts_are_tables_too(street: Street) -> None:
    page = text(at_desk("administrator").get("/admin/?period=7"))

    assert "110 points came and 70 went." in page
    assert "27 May 60 – – – – 28 May – – – – – 29 May – – – – 20" in page
    assert "1 June – 10 50 – –" in page
    assert "From £1.00 to £1.40." in page
    assert "Greenwich £140.00 – 2 28.6% 40 Covent Garden £60.00 −40.0% 1 100.0% 60" in page
    assert "Member 2 100.0% Silver 0 0.0% Gold 0 0.0%" in page
    assert "points 2 140 0 0 0 £1.40 They agree." in page


def test_a_day_has_figures_and_a_chart_of_its_week(street: Street) -> None:
    page = at_desk("administrator").get("/admin/?period=today")

    assert "1 Jun 2026 , against 31 May 2026" in text(page)
    assert cards(page)["sales"] == "Sales £0.00 −100.0% before £140.00"
    assert cards(page)["redeemed"] == "Points redeemed 50 before 0"
    assert "26 May – – – – –" in text(page)


def test_days_of_ones_own_choice(street: Street) -> None:
    page = at_desk("administrator").get("/admin/?period=custom&since=2026-05-23&until=2026-05-31")

    assert "23 May 2026 – 31 May 2026 , against 14 May 2026 – 22 May 2026" in text(page)
    assert cards(page)["purchases"] == "Purchases 4 before 0"


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("2026-05-31", "2026-05-01", "To · Choose a day that is not before the first one."),
        ("2026-05-31", "2026-06-02", "To · Choose a day up to today."),
        ("2020-01-01", "2026-05-01", "From · Choose at most 1,100 days."),
        ("", "2026-05-01", "From · Choose a day."),
        ("2026-02-30", "2026-05-01", "From · Enter a valid date."),
        ("9" * 5000, "2026-05-01", "From · Enter a valid date."),
    ],
)
def test_days_that_make_no_sense_say_so(shop: Shop, since: str, until: str, said: str) -> None:
    page = at_desk("administrator").get("/admin/", {"period": "custom", "since": since, "until": until})

    assert page.status_code == 200
    assert said in text(page)
    assert "3 May 2026 – 1 Jun 2026" in text(page)


def test_an_unknown_period_is_the_usual_one(shop: Shop) -> None:
    assert "3 May 2026 – 1 Jun 2026" in text(at_desk("administrator").get("/admin/?period=bogus&points=bogus"))


def test_nothing_at_all_is_zero_and_says_so(shop: Shop) -> None:
    page = at_desk("administrator").get("/admin/")

    assert cards(page)["sales"] == "Sales £0.00 before £0.00"
    assert cards(page)["members"] == "Members 0 before 0"
    assert "0 points came and 0 went." in text(page)
    assert "Nothing was sold in this period." in text(page)
    assert "Member 0 – Silver 0 – Gold 0 –" in text(page)


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("cashier", {"members", "sales"}, {"accrued", "liability"}),
        ("support", {"members", "sales"}, {"accrued", "liability"}),
        ("marketing", {"members", "sales", "accrued", "available"}, {"liability", "returned"}),
        ("finance", {"sales", "returned", "accrued", "liability"}, {"members", "active"}),
        ("administrator", {"members", "sales", "returned", "accrued", "liability"}, set()),
    ],
)
def test_each_role_sees_its_own_figures(street: Street, role: str, shown: set[str], hidden: set[str]) -> None:
    page = at_desk(role).get("/admin/")

    assert shown <= set(cards(page))
    assert hidden.isdisjoint(cards(page))
    assert ("Members by tier" in text(page)) == (role != "finance")
    assert ("The books" in text(page)) == (role != "marketing")
    assert ("£1.40" in text(page)) == (role in {"finance", "administrator"})
    assert ("/admin/month/" in page.content.decode()) == (role in {"finance", "administrator"})


def test_finance_sees_no_names(street: Street) -> None:
    page = text(at_desk("finance").get("/admin/"))

    assert ("Ada" in page, "Bob" in page) == (False, False)


def test_each_type_of_points_has_its_figures(street: Street) -> None:
    factories.point_type("stars", is_default=False, name_plural_en="stars", name_plural_zh_hans="星星", worth=0)
    boss = at_desk("administrator")

    stars = boss.get("/admin/?period=7&points=stars")

    assert cards(boss.get("/admin/?period=7"))["accrued"] == "Points accrued 100 0% before 100"
    assert cards(stars)["accrued"] == "Points accrued 0 before 0"
    assert cards(stars)["liability"] == "Liability £1.40 +40.0% before £1.00"
    assert 'href="?period=7&amp;points=points"' in stars.content.decode()


def test_what_somebody_should_look_at_stands_above(street: Street) -> None:
    boss = at_desk("administrator")
    quiet = text(boss.get("/admin/"))
    JobRun.objects.create(job="tiers.review", period="x", state="failed", started_at=NOON)

    assert "Failed jobs" not in quiet
    assert "Failed jobs today 1" in text(boss.get("/admin/"))


def test_books_that_do_not_balance_are_shown(street: Street) -> None:
    Lot.objects.filter(pk=Lot.objects.filter(is_open=True).latest("pk").pk).update(remaining=F("remaining") - 1)

    assert "They differ by 1 points." in text(at_desk("finance").get("/admin/"))


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("role", ["administrator", "finance", "marketing", "cashier"])
def test_the_page_takes_as_many_statements_for_a_year_as_for_a_day(street: Street, role: str) -> None:
    client = at_desk(role)

    first = statements(client, "/admin/?period=today")
    for number in range(5):
        at = NOON - timedelta(days=40 * number)
        sell(receipt(street.shop, f"Y-{number}", "5.00", member=street.ada, at=at))
    year = statements(client, "/admin/?period=custom&since=2025-06-01&until=2026-05-31")
    snapshots.take(street.shop.programme, at=NOON, tick=lambda days, left: None)
    kept = statements(client, "/admin/?period=90")

    assert first <= MOST  # with the books, which are kept for five minutes after that
    assert kept == year <= first


def test_the_page_speaks_chinese(street: Street) -> None:
    page = text(at_desk("administrator").get("/admin/?period=7", headers={"accept-language": "zh-hans"}))

    assert "2026年5月26日 – 2026年6月1日 ，对比2026年5月19日 – 2026年5月25日" in page
    assert "积分负债 £1.40 +40.0% 上期£1.00" in page
    assert "入账110积分，支出70积分。" in page


def test_many_stores_fold_away(shop: Shop) -> None:
    for number in range(12):
        store = factories.store(f"S-{number}", f"Store {number}")
        elsewhere = replace(shop, store=store, terminal=factories.terminal(store, "T1"))
        sell(receipt(elsewhere, "R", f"{100 - number}.00", at=NOON - DAY))

    page = text(at_desk("administrator").get("/admin/"))

    assert "2 more stores" in page
    assert page.index("Store 0") < page.index("Store 9") < page.index("2 more stores") < page.index("Store 11")


def test_the_rewards_of_a_period_and_those_that_run_short(street: Street) -> None:
    factories.reward("mug", price=10, stock=12, name_en="Mug")
    factories.reward("tea", price=20, stock=1, name_en="Tea")
    factories.reward("cup", price=20, name_en="Cup")
    factories.reward("bowl", price=20, stock=300, name_en="Bowl")
    before = redeem(street.ada, "tea", at=NOON - 9 * DAY, token="a").voucher
    redeem(street.ada, "mug", at=NOON - DAY, token="b")
    used = redeem(street.ada, "mug", at=NOON, token="c").voucher
    vouchers.use(
        used.code, store_id=street.shop.store.pk, terminal_id=street.shop.terminal.pk, at=NOON, actor="till:LON-1/T1"
    )
    redemption.cancel(redeem(street.ada, "cup", at=NOON, token="d").voucher, at=NOON, actor="portal")

    client = at_desk("marketing")
    week = text(client.get("/admin/?period=7"))
    earlier = text(client.get("/admin/?period=custom&since=2026-05-20&until=2026-05-25"))

    assert before.points == 20
    assert "Mug 2 20 1 10 Tea 0 0 0 sold out Vouchers of this period" in week
    assert "Tea 1 20 0 sold out Mug 0 0 0 10 Vouchers of this period" in earlier
