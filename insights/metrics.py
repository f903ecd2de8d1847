"""What the dashboard tells of a period, against the one before it. Numbers only; who may see which is for the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core import clock
from core.models import Programme
from insights import periods, queries
from insights.periods import Period
from insights.queries import Moved, Sold
from points.models import PointType

# Who bought is counted member by member: over more days than this, not more often than every five minutes.
COUNTED_AT_ONCE_DAYS = 7
COUNTED_SECONDS = 300

Number = int | Decimal
Row = TypeVar("Row", Sold, Moved)


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a period (`now`) and of the one before. `trail`: the same over the parts of the chart.

    `unit` says how it is written: number, money or share (of 1). `more_is_better`: None where neither is.
    """

    code: str
    name: str | Promise
    now: Number
    before: Number
    trail: Sequence[Number]
    unit: str = "number"
    more_is_better: bool | None = None

    @property
    def change(self) -> Decimal | None:
        """By what share of 1 it changed; of shares the difference. None where nothing was before."""
        if self.unit == "share":
            return Decimal(self.now) - Decimal(self.before)
        return (Decimal(self.now) - Decimal(self.before)) / Decimal(self.before) if self.before else None


@dataclass(frozen=True, slots=True)
class Span:
    """What a dashboard is about: a period, the one before it, and the parts that its charts show."""

    period: Period
    before: Period
    parts: Sequence[Period]

    @classmethod
    def of(cls, period: Period) -> "Span":
        return cls(period, period.before(), periods.parts(periods.charted(period)))

    @property
    def whole(self) -> Period:
        """All days that something is asked of."""
        return Period(min(self.before.first, self.parts[0].first), self.period.last)


@dataclass(frozen=True, slots=True)
class Cut(Generic[Row]):
    """Rows of days, cut into those of the period, of the one before, and of each part of the chart."""

    now: Sequence[Row]
    before: Sequence[Row]
    parts: Sequence[Sequence[Row]]

    @classmethod
    def of(cls, rows: Sequence[Row], span: Span) -> "Cut[Row]":
        place = {day: number for number, part in enumerate(span.parts) for day in part}
        parts: list[list[Row]] = [[] for _part in span.parts]
        now: list[Row] = []
        before: list[Row] = []
        for row in rows:
            if row.day is None:
                continue
            if row.day in span.period:
                now.append(row)
            elif row.day in span.before:
                before.append(row)
            if row.day in place:
                parts[place[row.day]].append(row)
        return cls(now, before, parts)

    def metric(self, code: str, name: Promise, of: Callable[[Sequence[Row]], Number], **how: Any) -> Metric:
        """The metric that OF makes of the rows of any days."""
        return Metric(code, name, of(self.now), of(self.before), [of(part) for part in self.parts], **how)


@dataclass(frozen=True, slots=True)
class StoreSales:
    """What one store sold in a period and the one before. The points are the main type's, accrued by its purchases."""

    store: str
    purchases: int
    amount: Decimal
    member_amount: Decimal
    points: int
    amount_before: Decimal

    @property
    def member_share(self) -> Decimal:
        return ratio(self.member_amount, self.amount)

    @property
    def change(self) -> Decimal | None:
        return (self.amount - self.amount_before) / self.amount_before if self.amount_before else None


def ratio(part: Number, whole: Number) -> Decimal:
    """PART of WHOLE, 0 of nothing."""
    return Decimal(part) / Decimal(whole) if whole else Decimal(0)


def money(rows: Sequence[Sold]) -> Decimal:
    """What ROWS sold for."""
    return sum((row.amount for row in rows), Decimal(0))


def sales(rows: Sequence[Sold], span: Span) -> list[Metric]:
    """What was sold, and how much of it to members."""
    cut = Cut.of(rows, span)

    def purchases(some: Sequence[Sold]) -> int:
        return sum(row.purchases for row in some)

    def member_share(some: Sequence[Sold]) -> Decimal:
        return ratio(sum((row.member_amount for row in some), Decimal(0)), money(some))

    def average(some: Sequence[Sold]) -> Decimal:
        return ratio(money(some), purchases(some))

    return [
        cut.metric("sales", pgettext_lazy("amount", "Sales"), money, unit="money", more_is_better=True),
        cut.metric("purchases", _("Purchases"), purchases, more_is_better=True),
        cut.metric("average", _("Average purchase"), average, unit="money", more_is_better=True),
        cut.metric("member_share", _("Sales to members"), member_share, unit="share", more_is_better=True),
    ]


def returned(rows: Sequence[Sold], span: Span) -> Metric:
    """How much was brought back."""

    def amount(some: Sequence[Sold]) -> Decimal:
        return sum((row.returned for row in some), Decimal(0))

    return Cut.of(rows, span).metric("returned", _("Returned goods"), amount, unit="money", more_is_better=False)


def stores(rows: Sequence[Sold], span: Span) -> list[StoreSales]:
    """What each store sold, the most first; stores that sold something in either period."""
    found: dict[tuple[int, str], list[list[Sold]]] = {}
    for row in rows:
        if not row.purchases:
            continue
        if row.day in span.period:
            found.setdefault((row.store_id, row.store), [[], []])[0].append(row)
        elif row.day in span.before:
            found.setdefault((row.store_id, row.store), [[], []])[1].append(row)
    each = [
        StoreSales(
            store,
            sum(row.purchases for row in now),
            money(now),
            sum((row.member_amount for row in now), Decimal(0)),
            sum(row.points for row in now),
            money(before),
        )
        for (_id, store), (now, before) in found.items()
    ]
    return sorted(each, key=lambda sold: (-sold.amount, -sold.purchases, sold.store))


def flows(rows: Sequence[Moved], span: Span, point_type: PointType) -> list[Metric]:
    """What came and went of one type of points."""
    cut = Cut.of([row for row in rows if row.point_type_id == point_type.pk], span)

    def rate(some: Sequence[Moved]) -> Decimal:
        return ratio(
            sum(row.redeemed - row.restored for row in some), max(0, sum(row.accrued - row.reversed for row in some))
        )

    return [
        cut.metric("accrued", _("Points accrued"), _sum("accrued"), more_is_better=True),
        cut.metric("redeemed", _("Points redeemed"), _sum("redeemed"), more_is_better=True),
        cut.metric("rate", _("Redemption rate"), rate, unit="share", more_is_better=True),
        cut.metric("expired", _("Points expired"), _sum("expired"), more_is_better=False),
        cut.metric("reversed", _("Points reversed"), _sum("reversed")),
        cut.metric("restored", _("Points restored"), _sum("restored")),
        cut.metric("adjusted", _("Points adjusted"), _sum("adjusted")),
    ]


def balances(rows: Sequence[Moved], span: Span, point_type: PointType) -> list[Metric]:
    """What members had, and owed, of one type of points at the end of the period, of the one before, of each part."""
    own = [row for row in rows if row.point_type_id == point_type.pk]
    names = [
        ("available", _("Points available"), None),
        ("pending", _("Points pending"), None),
        ("held", _("Points held"), None),
        ("debt", _("Points owed"), False),
    ]
    return [_at_ends(code, name, own, span, _sum(code), more_is_better=better) for code, name, better in names]


def liability(rows: Sequence[Moved], span: Span, worths: Mapping[int, Decimal]) -> Metric:
    """What all points that members had were worth. Owed points do not lessen it."""

    def worth(some: Sequence[Moved]) -> Decimal:
        return sum((worths[row.point_type_id] * (row.pending + row.available + row.held) for row in some), Decimal(0))

    return _at_ends("liability", _("Liability"), rows, span, worth, unit="money")


def members(span: Span, programme: Programme) -> list[Metric]:
    """How many members there were, came, and bought something."""
    found = queries.enrolled(clock.start_of(span.whole.first, programme), programme)

    def total(last: date) -> int:
        return found.total - sum(count for day, count in found.by_day.items() if day > last)

    trail = [total(part.last) for part in span.parts]
    return [
        Metric("members", _("Members"), total(span.period.last), total(span.before.last), trail, more_is_better=True),
        _by_day("new", _("New members"), found.by_day, span, more_is_better=True),
        _active(span),
    ]


def _active(span: Span) -> Metric:
    """Members who bought something. Every part of a chart counts its own."""
    key = f"insights.active.{span.period.first}.{span.period.last}.{span.before.first}.{span.before.last}"
    kept = cache.get(key)
    if kept is None:
        kept = queries.active(span.period, span.before, span.parts)
        if span.period.days > COUNTED_AT_ONCE_DAYS:
            cache.set(key, kept, COUNTED_SECONDS)
    now, before, trail = kept
    return Metric("active", _("Active members"), now, before, trail, more_is_better=True)


def _sum(name: str) -> Callable[[Sequence[Moved]], int]:
    return lambda some: sum(getattr(row, name) for row in some)


def _by_day(code: str, name: Promise, by_day: Mapping[date, Number], span: Span, **how: Any) -> Metric:
    def of(days: Period) -> Number:
        return sum((number for day, number in by_day.items() if day in days), start=0)

    return Metric(code, name, of(span.period), of(span.before), [of(part) for part in span.parts], **how)


def _at_ends(
    code: str,
    name: Promise,
    rows: Sequence[Moved],
    span: Span,
    of: Callable[[Sequence[Moved]], Number],
    **how: Any,
) -> Metric:
    """The metric of all that had happened when the period ended, the one before, and each part."""

    def until(last: date) -> Number:
        return of([row for row in rows if row.day is None or row.day <= last])

    return Metric(
        code, name, until(span.period.last), until(span.before.last), [until(part.last) for part in span.parts], **how
    )
