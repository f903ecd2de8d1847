"""The dashboard's charts with their words: what is drawn, what stands at its axes, and the same as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import words
from insights import charts
from insights.admin.cards import Card, part_names, written
from insights.charts import Axis, Column
from insights.claims import Claimed
from insights.metrics import Metric, Span, StoreSales

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Place:
    """One place on the horizontal axis: what is drawn there, and what is said when one points at it."""

    column: Column
    said: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart. `summary` says in a sentence what it shows; `heads` and `rows` are its table."""

    code: str
    title: Text
    summary: str
    axis: Axis
    ticks: Sequence[str]
    ends: Sequence[str]
    legend: Sequence[tuple[str, Text]]
    heads: Sequence[Text]
    rows: Sequence[Sequence[str]]
    places: Sequence[Place] = ()
    line: str = ""
    area: str = ""


@dataclass(frozen=True, slots=True)
class Share:
    """A row of a chart that lies on its side: a name, how long its bar is (of 100), and what stands beside it."""

    name: str
    length: float
    cells: Sequence[str]
    colour: str = ""
    card: Card | None = None


IN = ("accrued", "restored")
OUT = ("redeemed", "expired", "reversed")


def points(metrics: Sequence[Metric], span: Span) -> Picture:
    """Points in and out: what came above the line, what went below it."""
    found = {metric.code: metric for metric in metrics}
    names = part_names(span.parts)
    columns = [
        (
            [(code, float(found[code].trail[number])) for code in IN],
            [(code, float(found[code].trail[number])) for code in OUT],
        )
        for number in range(len(span.parts))
    ]
    axis, drawn = charts.diverging(columns)
    shown = [found[code] for code in (*IN, *OUT)]
    rows = [[name, *(words.points(int(metric.trail[number])) for metric in shown)] for number, name in enumerate(names)]
    places = [Place(column, _said(name, shown, row[1:])) for column, name, row in zip(drawn, names, rows, strict=True)]
    came, went = (sum(sum(metric.trail) for metric in shown if metric.code in codes) for codes in (IN, OUT))
    return Picture(
        "points",
        _("Points in and out"),
        gettext("%(came)s points came and %(went)s went.") % {"came": f"{came:,}", "went": f"{went:,}"},
        axis,
        [short(tick) for tick in axis.ticks],
        _ends(names),
        [(metric.code, metric.name) for metric in shown if any(metric.trail)],
        [_("when"), *(metric.name for metric in shown)],
        rows,
        places=places,
    )


def over_time(metric: Metric, span: Span, title: Text, currency: str) -> Picture:
    """A balance at the end of each part, as a line."""
    names = part_names(span.parts)
    values = [float(number) for number in metric.trail]
    axis = charts.axis(values)
    told = [written(number, metric.unit, currency) for number in metric.trail]
    width = 100 / max(len(values), 1)
    return Picture(
        metric.code,
        title,
        gettext("From %(first)s to %(last)s.") % {"first": told[0], "last": told[-1]},
        axis,
        [short(tick) for tick in axis.ticks],
        _ends(names),
        (),
        [_("at the end of"), title],
        [[name, value] for name, value in zip(names, told, strict=True)],
        places=[
            Place(Column(number * width, width, ()), f"{name}: {value}")
            for number, (name, value) in enumerate(zip(names, told, strict=True))
        ],
        line=charts.line(values, axis),
        area=charts.area(values, axis),
    )


def stores(sold: Sequence[StoreSales], currency: str) -> list[Share]:
    """What each store sold, with a bar as long as its sales are against the best one's."""
    most = max((store.amount for store in sold), default=0)
    return [
        Share(
            store.store,
            round(float(store.amount / most * 100), 2) if most else 0,
            [
                words.amount(store.amount, currency),
                _change(store),
                f"{store.purchases:,}",
                written(store.member_share, "share", currency),
                f"{store.points:,}",
            ],
        )
        for store in sold
    ]


def tiers(rows: Sequence[dict[str, Any]]) -> list[Share]:
    """How many members hold each tier, with a bar as long as their share of all."""
    everybody = sum(row["members"] for row in rows)
    most = max((row["members"] for row in rows), default=0)
    return [
        Share(
            words.in_language({"en": row["name_en"] or "", "zh-hans": row["name_zh_hans"] or ""}),
            round(row["members"] / most * 100, 2) if most else 0,
            [f"{row['members']:,}", f"{row['members'] / everybody:.1%}" if everybody else words.NOTHING],
            colour=row["colour"],
        )
        for row in rows
    ]


def rewards(found: Sequence[Claimed]) -> list[Share]:
    """Which rewards were claimed, with a bar as long as their points are against the first one's."""
    most = max((each.points for each in found), default=0)
    return [
        Share(
            words.in_language(each.names),
            round(each.points / most * 100, 2) if most else 0,
            [f"{each.vouchers:,}", f"{each.points:,}", f"{each.used:,}", _left(each)],
        )
        for each in found
    ]


def _left(each: Claimed) -> str:
    if each.left is None:
        return gettext("unlimited")
    if not each.left:
        return gettext("sold out")
    return f"{each.left}" if each.is_counted else f"{each.left}+"


def _change(store: StoreSales) -> str:
    return words.NOTHING if store.change is None else f"{store.change:+.1%}".replace("-", words.MINUS)


def _said(name: str, metrics: Sequence[Metric], numbers: Sequence[str]) -> str:
    told = [
        f"{metric.name} {number}" for metric, number in zip(metrics, numbers, strict=True) if number != words.NOTHING
    ]
    return f"{name}: {words.listed(told) or words.NOTHING}"


def short(value: float) -> str:
    """A number of an axis in few letters, the same in every language: 950, 2.5k, 10M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}".replace("-", words.MINUS)
    return f"{value:g}".replace("-", words.MINUS)


def _ends(names: Sequence[str]) -> list[str]:
    """What stands below the chart: its first, middle and last part."""
    if len(names) < 3:
        return list(names)
    return [names[0], names[len(names) // 2], names[-1]] if len(names) > 4 else [names[0], names[-1]]
