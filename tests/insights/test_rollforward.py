"""The accountant's month: equal from both ends, equal to a plain reckoning, or not there at all."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.models import Programme
from insights import rollforward
from insights.rollforward import BooksDiffer, Forward, Line, Month, StillBooking
from points import ledger, terms
from points.ledger import Accrual, Grant, InsufficientPoints, MoreThanAccrued, MoreThanRedeemed, Reversal
from points.models import Account, Lot, Movement, PointType
from tests import factories
from tests.insights.booking import booked
from tests.points.grants import grant
from tests.points.ledger_model import Account as Model

WORDS = {"en": "bought", "zh-hans": "消费"}
MAY, JUNE, JULY = date(2026, 5, 1), date(2026, 6, 1), date(2026, 7, 1)


def moment(month: int, day: int, hour: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


DECEMBER = moment(12, 1)


def forward(first: date, at: datetime = DECEMBER) -> Forward:
    """The month of the only point type."""
    (only,) = rollforward.of(Month.of(first, Programme.objects.get(), at=at))
    return only


def told(found: Forward) -> dict[str, tuple[int, int, int, int]]:
    """The lines as (pending, available, held, debt)."""
    return {line.code: (line.pending, line.available, line.held, line.debt) for line in found.lines}


def account(member_id: int, of: PointType, at: datetime) -> int:
    return ledger.open_accounts([(member_id, of.pk, at)])[member_id, of.pk].account_id


@pytest.fixture
def points(db: None) -> PointType:
    """Points of a shop in London, where British summer time makes a month begin an hour earlier than in UTC."""
    factories.programme()
    return factories.point_type(pending_days=0)


def test_every_way_that_points_come_and_go_has_its_line(points: PointType) -> None:
    ada, bob = factories.member(), factories.member()
    grant(ada, points, 100, until=moment(6, 10), at=moment(5, 10))
    booked(moment(5, 10))

    pending = grant(ada, points, 40, until=None, at=moment(6, 2), usable_at=moment(6, 20))
    redeemed = ledger.redeem(pending.account_id, 30, reference="v:1", at=moment(6, 3), actor="member")
    ledger.restore(redeemed.posting_id, 10, reference="v:1:back", at=moment(6, 4), actor="member")
    ledger.adjust(ada.pk, points, 5, reference="a:1", words=WORDS, at=moment(6, 5), actor="staff:1")
    ledger.adjust(ada.pk, points, -2, reference="a:2", words=WORDS, at=moment(6, 6), actor="staff:1")
    ledger.redeem(pending.account_id, 4, reference="v:2", at=moment(6, 21), actor="member")
    bobs = grant(bob, points, 50, until=None, at=moment(6, 22))
    ledger.redeem(bobs.account_id, 45, reference="v:3", at=moment(6, 23), actor="member")
    back = Reversal(bobs.posting_id, 50, "r:1", moment(6, 24), moment(6, 24), "till")
    ledger.reverse([back])
    grant(bob, points, 15, until=None, at=moment(6, 25))
    booked(moment(6, 25))

    assert told(forward(MAY)) == {
        "opening": (0, 0, 0, 0),
        "accrued": (0, 100, 0, 0),
        "closing": (0, 100, 0, 0),
    }
    assert told(forward(JUNE)) == {
        "opening": (0, 100, 0, 0),
        "accrued": (40, 65, 0, 0),
        "adjusted_up": (0, 5, 0, 0),
        "restored": (0, 10, 0, 0),
        "redeemed": (0, -79, 0, 0),
        "expired": (0, -78, 0, 0),
        "reversed": (0, -5, 0, 45),
        "adjusted_down": (0, -2, 0, 0),
        "repaid": (0, -15, 0, -15),
        "matured": (-40, 40, 0, 0),
        "closing": (0, 41, 0, 30),
    }
    assert told(forward(JULY)) == {"opening": (0, 41, 0, 30), "closing": (0, 41, 0, 30)}
    assert forward(JUNE).closing.total == 41
    assert forward(JUNE).liability == Decimal("0.41")


def test_points_brought_along_stand_apart_from_what_was_accrued(points: PointType) -> None:
    ada = factories.member()
    gift = Grant(500, "opening", 0, WORDS, moment(5, 2), None)
    ledger.accrue(
        [Accrual(account(ada.pk, points, moment(5, 2)), f"opening:{ada.uuid}", [gift], moment(5, 2), moment(5, 2), "x")]
    )
    booked(moment(5, 2))

    assert told(forward(MAY)) == {
        "opening": (0, 0, 0, 0),
        "brought": (0, 500, 0, 0),
        "closing": (0, 500, 0, 0),
    }


def test_reversed_points_that_had_expired_are_named_and_change_nothing(points: PointType) -> None:
    ada = factories.member()
    lot = grant(ada, points, 60, until=moment(5, 20), at=moment(5, 10))
    booked(moment(5, 10))
    ledger.reverse([Reversal(lot.posting_id, 60, "r:1", moment(6, 1), moment(6, 1), "till")])
    booked(moment(6, 1))

    found = forward(JUNE)

    assert told(found) == {
        "opening": (0, 60, 0, 0),
        "expired": (0, -60, 0, 0),
        "reversed": (0, 0, 0, 0),
        "closing": (0, 0, 0, 0),
    }
    assert found.reversed_expired == 60


def test_a_month_begins_when_the_business_day_does(points: PointType) -> None:
    """At half past eleven in the evening of 31 May, UTC, it is June in London."""
    Programme.objects.update(day_ends_at=1)
    ada = factories.member()
    grant(ada, points, 1, until=None, at=moment(5, 31, 22))
    booked(datetime(2026, 5, 31, 23, 59, tzinfo=UTC))
    grant(ada, points, 2, until=None, at=moment(6, 1, 0))
    booked(datetime(2026, 6, 1, 0, 0, tzinfo=UTC))

    assert told(forward(MAY))["closing"] == (0, 1, 0, 0)
    assert told(forward(JUNE))["accrued"] == (0, 2, 0, 0)


def test_a_receipt_that_came_late_is_in_the_month_in_which_it_came(points: PointType) -> None:
    grant(factories.member(), points, 7, until=None, at=moment(5, 10))
    booked(moment(6, 3))

    assert told(forward(JUNE)) == {"opening": (0, 0, 0, 0), "accrued": (0, 7, 0, 0), "closing": (0, 7, 0, 0)}


def test_a_running_month_goes_up_to_now(points: PointType) -> None:
    programme = Programme.objects.get()

    assert Month.of(JUNE, programme, at=moment(6, 5)) == Month(
        JUNE, datetime(2026, 5, 31, 23, tzinfo=UTC), moment(6, 5), is_final=False
    )
    assert Month.of(MAY, programme, at=moment(6, 5)) == Month(
        MAY, datetime(2026, 4, 30, 23, tzinfo=UTC), datetime(2026, 5, 31, 23, tzinfo=UTC), is_final=True
    )


def test_months_begin_with_the_first_booking(points: PointType) -> None:
    programme = Programme.objects.get()
    assert rollforward.months(programme, at=moment(7, 5)) == [JULY]

    grant(factories.member(), points, 7, until=None, at=moment(5, 10))
    booked(moment(5, 10))

    assert rollforward.months(programme, at=moment(7, 5)) == [JULY, JUNE, MAY]


def test_each_type_of_points_has_its_own_month(points: PointType) -> None:
    stars = factories.point_type("stars", is_default=False, worth=Decimal("0.5"))
    ada = factories.member()
    grant(ada, points, 7, until=None, at=moment(5, 10))
    grant(ada, stars, 3, until=None, at=moment(5, 10))
    booked(moment(5, 10))

    found = rollforward.of(Month.of(MAY, Programme.objects.get(), at=moment(6, 1)))

    assert [(each.point_type.code, each.closing.total, each.liability) for each in found] == [
        ("points", 7, Decimal("0.07")),
        ("stars", 3, Decimal("1.5")),
    ]


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        (Account, {"available": 8}, "the movements say available 7, the accounts say 8"),
        (Lot, {"remaining": 6}, "the movements say available 7, the lots say 6"),
    ],
)
def test_books_that_differ_have_no_month(points: PointType, table: Any, change: dict[str, int], said: str) -> None:
    grant(factories.member(), points, 7, until=None, at=moment(5, 10))
    booked(moment(5, 10))
    table.objects.update(**change)

    with pytest.raises(BooksDiffer) as refusal:
        forward(MAY)

    assert said in str(refusal.value)
    assert str(refusal.value).startswith("The books of points don't agree: at the end of the month, ")


def test_nobody_closes_a_month_into_which_something_is_still_being_booked(committed_db: None) -> None:
    """Somebody's transaction began before the month ended, and has written something."""
    programme = factories.programme()
    factories.point_type()
    month = Month(MAY, moment(5, 1), datetime.now(UTC) + timedelta(minutes=1), is_final=True)
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("begin")
            cursor.execute("update core_programme set name = 'Busy'")
            with pytest.raises(StillBooking):
                rollforward.of(month)
            cursor.execute("rollback")
        assert [found.closing.total for found in rollforward.of(month)] == [0]
    finally:
        other.close()
    assert programme.name == "Gift Club"


def test_every_movement_that_the_database_allows_has_a_line() -> None:
    (sense,) = [rule for rule in Movement._meta.constraints if rule.name == "points_movement_makes_sense"]
    allowed = set()
    for each in sense.condition.children:  # type: ignore[attr-defined]
        said = dict(each.children)
        sinks = said.get("to_bucket__in") or [said["to_bucket"]]
        allowed |= {(said["from_bucket"], sink) for sink in sinks}

    assert allowed == set(rollforward.MOVES)
    assert set(rollforward.MOVES.values()) <= set(rollforward.LINES)


Deed = tuple[str, int, int, int]
deeds: st.SearchStrategy[list[Deed]] = st.lists(
    st.tuples(
        st.sampled_from(["accrue", "redeem", "reverse", "restore", "give", "take"]),
        st.integers(1, 90),  # points
        st.integers(0, 7),  # which of those before
        st.integers(1, 400),  # hours until then
    ),
    min_size=1,
    max_size=14,
)


class Story:
    """One member's deeds in the ledger, and in the plain model, which also notes what an accountant would."""

    def __init__(self, of: PointType, programme: Programme) -> None:
        self.type, self.programme = of, programme
        self.member = factories.member()
        self.model = Model()
        self.at = moment(5, 20)
        self.count = 0
        self.accruals: list[tuple[int, str]] = []
        self.redemptions: list[tuple[int, str]] = []
        self.flows: dict[date, dict[str, int]] = {}
        self.ends: dict[date, tuple[int, int, int]] = {}

    def note(self, line: str, points: int) -> None:
        month = self.flows.setdefault(self.month, {})
        month[line] = month.get(line, 0) + points

    @property
    def month(self) -> date:
        return date(self.at.year, self.at.month, 1)

    def do(self, deed: Deed) -> None:
        what, points, which, hours = deed
        self.at += timedelta(hours=hours)
        self.count += 1
        reference = f"{what}:{self.count}"
        self.number = account(self.member.pk, self.type, self.at)
        self.model.touch(self.at)
        getattr(self, f"_{what}")(reference, points, which)
        booked(self.at)
        self.ends[self.month] = (self.model.pending, self.model.available, self.model.debt)

    def _accrue(self, reference: str, points: int, which: int) -> None:
        usable, ends = self.at + timedelta(days=which % 3 * 5), self.at + timedelta(days=20 + which * 10)
        grants = [Grant(points, "base", 1, WORDS, usable, ends)]
        booking = ledger.accrue([Accrual(self.number, reference, grants, self.at, self.at, "till")])[0]
        self.model.accrue(reference, [(points, usable, ends)], self.at)
        self.accruals.append((booking.posting_id, reference))
        self.note("accrued", points)

    def _give(self, reference: str, points: int, which: int) -> None:
        ends = terms.expires_at(self.type, self.at, self.at, self.programme)
        ledger.adjust(self.member.pk, self.type, points, reference=reference, words=WORDS, at=self.at, actor="staff:1")
        self.model.accrue(reference, [(points, self.at, ends)], self.at)
        self.note("adjusted_up", points)

    def _take(self, reference: str, points: int, which: int) -> None:
        if self.model.redeem(reference, points, self.at):
            ledger.adjust(
                self.member.pk, self.type, -points, reference=reference, words=WORDS, at=self.at, actor="staff:1"
            )
            self.note("adjusted_down", -points)

    def _redeem(self, reference: str, points: int, which: int) -> None:
        if self.model.redeem(reference, points, self.at):
            booking = ledger.redeem(self.number, points, reference=reference, at=self.at, actor="member")
            self.redemptions.append((booking.posting_id, reference))
            self.note("redeemed", -points)
        else:
            with pytest.raises(InsufficientPoints):
                ledger.redeem(self.number, points, reference=reference, at=self.at, actor="member")

    def _reverse(self, reference: str, points: int, which: int) -> None:
        if not self.accruals:
            return
        posting, original = self.accruals[which % len(self.accruals)]
        reversal = Reversal(posting, points, reference, self.at, self.at, "till")
        if self.model.reverse(original, points, self.at):
            ledger.reverse([reversal])
        else:
            with pytest.raises(MoreThanAccrued):
                ledger.reverse([reversal])

    def _restore(self, reference: str, points: int, which: int) -> None:
        if not self.redemptions:
            return
        posting, original = self.redemptions[which % len(self.redemptions)]
        if self.model.restore(original, points, self.at, terms.grace_until(self.at, self.programme)):
            ledger.restore(posting, points, reference=reference, at=self.at, actor="member")
            self.note("restored", points)
        else:
            with pytest.raises(MoreThanRedeemed):
                ledger.restore(posting, points, reference=reference, at=self.at, actor="member")


def _balance(line: Line) -> tuple[int, int, int]:
    return line.pending, line.available, line.debt


@given(deeds)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_story_rolls_forward_as_a_plain_reckoning_does(db: None, deeds: Sequence[Deed]) -> None:
    """Months of the story and after: each opens as the one before closed, and closes as the plain model stood."""
    with transaction.atomic():
        programme = factories.programme(time_zone="UTC")
        story = Story(factories.point_type(expiry_months=2), programme)
        for deed in deeds:
            story.do(deed)
        stood = (0, 0, 0)
        month = MAY
        while month <= date(2027, 3, 1):
            found = forward(month, DECEMBER + timedelta(days=365))
            assert _balance(found.opening) == stood
            stood = story.ends.get(month, stood)
            assert _balance(found.closing) == stood
            expected = story.flows.get(month, {})
            lines = {line.code: line.total for line in found.lines}
            assert {code: lines.get(code, 0) for code in expected} == expected
            assert found.opening.total + sum(line.total for line in found.lines[1:-1]) == found.closing.total
            assert found.opening.debt + sum(line.debt for line in found.lines[1:-1]) == found.closing.debt
            month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
        transaction.set_rollback(True)
