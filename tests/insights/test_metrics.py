"""The figures of a small story, to the last digit, whether they are kept or read from the facts."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from core.models import Programme
from insights import metrics, periods, queries, snapshots
from insights.metrics import Metric, Span
from insights.models import DueDay, PointsDay, Snapshot, StoreDay
from insights.periods import Period
from points import expiry
from points.models import PointType
from pos import assignment
from sales.models import Purchase
from tests import factories
from tests.admin.desk import NOON
from tests.factories import Shop
from tests.insights.street import DAY, Street, story
from tests.pos.selling import receipt, sell

TODAY = date(2026, 6, 1)
WEEK = Span.of(periods.preset("7", TODAY))


@pytest.fixture
def street(shop: Shop) -> Street:
    return story(shop)


def numbers(found: list[Metric]) -> dict[str, tuple[object, object]]:
    return {metric.code: (metric.now, metric.before) for metric in found}


def keep(at: datetime = NOON) -> None:
    snapshots.take(Programme.objects.get(), at=at, tick=lambda days, left: None)


def all_figures(span: Span = WEEK) -> dict[str, tuple[object, object]]:
    programme, main = Programme.objects.get(), PointType.objects.get(is_default=True)
    reach = queries.reach(programme)
    sold, moved = queries.sold(span.whole, reach, programme), queries.moved(span.whole, reach, programme)
    return numbers(
        [
            *metrics.members(span, programme),
            *metrics.sales(sold, span),
            metrics.returned(sold, span),
            *metrics.flows(moved, span, main),
            *metrics.balances(moved, span, main),
            metrics.liability(moved, span, {main.pk: main.worth}),
        ]
    )


EXPECTED = {
    "members": (2, 1),
    "new": (1, 0),
    "active": (2, 1),
    "sales": (Decimal(200), Decimal(100)),
    "purchases": (3, 1),
    "average": (Decimal(200) / 3, Decimal(100)),
    "member_share": (Decimal("0.5"), Decimal(1)),
    "returned": (Decimal(20), 0),
    "accrued": (100, 100),
    "redeemed": (50, 0),
    "rate": (Decimal("0.5"), 0),
    "expired": (0, 0),
    "reversed": (20, 0),
    "restored": (10, 0),
    "adjusted": (0, 0),
    "available": (140, 100),
    "pending": (0, 0),
    "held": (0, 0),
    "debt": (0, 0),
    "liability": (Decimal("1.40"), Decimal("1.00")),
}


def test_a_week_against_the_one_before(street: Street) -> None:
    assert all_figures() == EXPECTED


def test_kept_days_tell_the_same(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "STILL_OPEN", 0)
    keep()

    reach = queries.reach(Programme.objects.get())

    assert (list(reach.sales), list(reach.points)) == ([], [])
    assert StoreDay.objects.count() == 3
    assert PointsDay.objects.count() == 5
    assert all_figures() == EXPECTED


def test_days_to_which_something_came_since_are_read_anew(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """A till that was offline sends a receipt of last week after the night has kept it."""
    monkeypatch.setattr(snapshots, "STILL_OPEN", 0)
    keep()

    sell(receipt(street.shop, "R-5", "30.00", member=street.bob, at=NOON - 8 * DAY, booked_at=NOON))

    assert list(queries.reach(Programme.objects.get()).sales) == [date(2026, 5, 24)]
    late = all_figures()
    assert (late["sales"], late["purchases"], late["active"]) == ((200, 130), (3, 2), (2, 2))
    assert (late["accrued"], late["available"]) == ((100, 130), (170, 130))
    keep(NOON + DAY)
    assert all_figures() == late
    assert StoreDay.objects.count() == 4


def test_a_receipt_given_to_a_member_later_counts_as_a_members(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "STILL_OPEN", 0)
    keep()

    with transaction.atomic():
        assignment.assign(
            Purchase.objects.get(number="R-4").pk, street.bob.pk, programme=street.shop.programme, at=NOON, actor="x"
        )

    assert all_figures()["member_share"] == (1, 1)
    assert all_figures()["accrued"] == (200, 100)


def test_days_cut_otherwise_count_no_more_and_are_kept_anew(street: Street, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is kept was cut by the days of Shanghai, and is wrong besides."""
    monkeypatch.setattr(snapshots, "STILL_OPEN", 0)
    keep()
    Snapshot.objects.update(time_zone="Asia/Shanghai")
    PointsDay.objects.update(accrued=999)
    StoreDay.objects.update(amount=999)

    assert not queries.reach(street.shop.programme).is_kept
    assert all_figures() == EXPECTED
    keep()

    assert Snapshot.objects.get().time_zone == "Europe/London"
    assert queries.reach(street.shop.programme).is_kept
    assert (StoreDay.objects.filter(amount=999).count(), PointsDay.objects.filter(accrued=999).count()) == (0, 0)
    assert all_figures() == EXPECTED


def test_a_snapshot_that_was_stopped_goes_on_and_the_figures_are_right_all_along(
    street: Street, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A week at a time, each for good; what is due is read from the facts until it is done."""
    monkeypatch.setattr(snapshots, "STILL_OPEN", 0)
    programme = Programme.objects.get()
    sales, points = [], []

    class Stop(Exception):
        pass

    def stop(days: int, left: int) -> None:
        raise Stop

    while True:
        try:
            snapshots.take(programme, at=NOON, tick=stop)
        except Stop:
            reach = queries.reach(programme)
            assert reach.is_kept
            sales.append(len(reach.sales))
            points.append(len(reach.points))
            assert all_figures() == EXPECTED
        else:
            break

    assert sales == sorted(sales, reverse=True)
    assert points == sorted(points, reverse=True)
    assert (len(sales) > 2, sales[-1], points[-1]) == (True, 0, 0)
    assert (StoreDay.objects.count(), PointsDay.objects.count(), DueDay.objects.count()) == (3, 5, 0)


def test_stores_by_what_they_sold(street: Street) -> None:
    rows = queries.sold(WEEK.whole, queries.reach(street.shop.programme), street.shop.programme)

    found = metrics.stores(rows, WEEK)

    assert [
        (sold.store, sold.purchases, sold.amount, sold.member_share, sold.points, sold.change) for sold in found
    ] == [
        ("Greenwich", 2, Decimal(140), Decimal(40) / Decimal(140), 40, None),
        ("Covent Garden", 1, Decimal(60), Decimal(1), 60, Decimal("-0.4")),
    ]


def test_trails_end_with_the_period(street: Street) -> None:
    programme = Programme.objects.get()
    moved = queries.moved(WEEK.whole, queries.reach(programme), programme)
    main = PointType.objects.get()

    flows = {metric.code: metric.trail for metric in metrics.flows(moved, WEEK, main)}
    balances = {metric.code: metric.trail for metric in metrics.balances(moved, WEEK, main)}

    assert flows["accrued"] == [0, 60, 0, 0, 0, 40, 0]
    assert flows["redeemed"] == [0, 0, 0, 0, 0, 0, 50]
    assert balances["available"] == [100, 160, 160, 140, 140, 180, 140]


def test_nothing_at_all_is_zero(shop: Shop) -> None:
    assert set(all_figures().values()) == {(0, 0)}
    assert metrics.stores([], WEEK) == []


def test_points_expire_on_their_own_day_whenever_the_clock_comes_by(shop: Shop) -> None:
    """Bought in April 2025, so usable to the end of April 2026; swept a month late."""
    sell(receipt(shop, "R-1", "10.00", member=factories.member(), at=NOON - 400 * DAY))
    expiry.expire_due(NOON)

    first_of_may = all_figures(Span.of(Period(date(2026, 5, 1), date(2026, 5, 1))))

    assert (first_of_may["expired"], first_of_may["available"]) == ((10, 0), (0, 10))


def test_changes_are_shares_of_what_was_before() -> None:
    def metric(now: int, before: int, unit: str = "number") -> Metric:
        return Metric("x", "x", now, before, (), unit)

    assert metric(150, 100).change == Decimal("0.5")
    assert metric(0, 100).change == -1
    assert metric(5, 0).change is None
    assert Metric("x", "x", Decimal("0.5"), Decimal("0.4"), (), "share").change == Decimal("0.1")


def test_tiers_count_whoever_has_no_standing_in_the_lowest(street: Street) -> None:
    factories.member(status="closed")

    found = {row["name_en"]: row["members"] for row in queries.tiers()}

    assert found == {"Member": 2, "Silver": 0, "Gold": 0}
