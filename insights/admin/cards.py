"""How the dashboard writes its numbers: cards with a change and a small line, tables of stores and tiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from core import words
from insights import charts
from insights.metrics import Metric, Number
from insights.periods import Period

FLAT = Decimal("0.0005")  # a change that would be written as 0.0 % is none


@dataclass(frozen=True, slots=True)
class Card:
    """A metric as it is shown. `direction`: up, down or flat; `mood`: good, bad or none; `spark`: a line's path."""

    code: str
    name: str | Promise
    value: str
    before: str
    change: str
    direction: str
    mood: str
    spark: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that somebody should look at when there are any."""

    name: str | Promise
    count: int
    link: str


def written(number: Number, unit: str, currency: str) -> str:
    """A number in its unit: 12,345, GBP 12.50 or 12.3%."""
    if unit == "money":
        return words.amount(Decimal(number), currency)
    if unit == "share":
        return percent(Decimal(number))
    return f"{number:,}".replace("-", words.MINUS)


def percent(share: Decimal, *, signed: bool = False) -> str:
    """12.3%, or +12.3%. Beyond ten times without places."""
    places = 0 if abs(share) >= 10 else 1
    return f"{share * 100:{'+' if signed else ''},.{places}f}%".replace("-", words.MINUS)


def card(metric: Metric, currency: str) -> Card:
    """The card of a metric."""
    change = metric.change
    direction = "flat" if change is None or abs(change) < FLAT else "up" if change > 0 else "down"
    mood = ""
    if metric.more_is_better is not None and direction != "flat":
        mood = "good" if (direction == "up") == metric.more_is_better else "bad"
    return Card(
        metric.code,
        metric.name,
        written(metric.now, metric.unit, currency),
        written(metric.before, metric.unit, currency),
        _change(metric, direction),
        direction,
        mood,
        charts.spark([float(number) for number in metric.trail]),
    )


def _change(metric: Metric, direction: str) -> str:
    """ "+12.3%", or of a share "+1.2 pp"; nothing where there was nothing before."""
    if metric.change is None:
        return ""
    if direction == "flat":
        return "0%"
    if metric.unit == "share":
        points = f"{metric.change * 100:+,.1f}".replace("-", words.MINUS)
        return _("%(points)s pp") % {"points": points}
    return percent(metric.change, signed=True)


def days(period: Period) -> str:
    """A period in the reader's language: "1 May 2026 – 31 May 2026", or one day."""
    first, last = (date_format(day, "DATE_FORMAT") for day in (period.first, period.last))
    return first if first == last else f"{first} – {last}"


def part_names(parts: Sequence[Period]) -> list[str]:
    """The parts of a chart: days as "12 May", weeks as "12 May – 18 May", months as "May 2026"."""
    if all(part.days == 1 for part in parts):
        return [date_format(part.first, "MONTH_DAY_FORMAT") for part in parts]
    if all(part.days <= 7 for part in parts):
        return [
            " – ".join(date_format(day, "MONTH_DAY_FORMAT") for day in dict.fromkeys((part.first, part.last)))
            for part in parts
        ]
    return [date_format(part.first, "YEAR_MONTH_FORMAT") for part in parts]
