"""Geometry of the dashboard's charts: numbers in, coordinates for the templates' SVG out. Knows no rows and no words.

Everything is drawn in a box of 100 × 100 that the page stretches; strokes keep their width. Labels are HTML beside it,
so that they stay readable on a phone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

GAP = 0.28  # the share of a bar's place that stays empty
STEPS = (1, 2, 2.5, 5, 10, 20, 25, 50, 100)
MOST_STEPS = 5


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle. `kind` names its colour."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """All bars of one place on the horizontal axis, and the place itself, which shows what it stands for."""

    x: float
    width: float
    bars: Sequence[Bar]


@dataclass(frozen=True, slots=True)
class Axis:
    """So many equal steps above zero, and below it."""

    step: float
    above: int
    below: int = 0

    @property
    def ticks(self) -> list[float]:
        """The values that stand at the axis, from the top to the bottom, all as far apart."""
        return [number * self.step for number in range(self.above, -self.below - 1, -1)]

    @property
    def heights(self) -> list[float]:
        """Where they stand in the box."""
        return [round(self.at(tick), 3) for tick in self.ticks]

    @property
    def zero(self) -> float:
        return round(self.at(0), 3)

    def at(self, value: float) -> float:
        """The height of a value in the box: 0 is the top, 100 the bottom."""
        return 100 * (self.above - value / self.step) / (self.above + self.below)


def axis(up: Sequence[float], down: Sequence[float] = ()) -> Axis:
    """An axis on which UP and DOWN have room, in the fewest steps of a number that people like; 0 to 1 for nothing."""
    most, least = max(up, default=0), max(down, default=0)
    if most <= 0 and least <= 0:
        return Axis(1, 1)
    power = 10 ** (floor(log10(max(most, least))) - 1)
    for step in (number * power for number in STEPS):
        above, below = (ceil(round(value / step, 9)) for value in (max(most, 0), max(least, 0)))
        if above + below <= MOST_STEPS:
            return Axis(step, above, below)
    return Axis(max(most, least, 1), 1, 1)


def diverging(
    columns: Sequence[tuple[Sequence[tuple[str, float]], Sequence[tuple[str, float]]]],
) -> tuple[Axis, list[Column]]:
    """Stacked bars: of each column, (kind, value) above zero and below it."""
    scale = axis(
        [sum(value for _, value in up) for up, _ in columns], [sum(value for _, value in down) for _, down in columns]
    )
    place = 100 / max(len(columns), 1)
    found = []
    for number, (up, down) in enumerate(columns):
        x, width = (number + GAP / 2) * place, place * (1 - GAP)
        bars = [*_stacked(scale, x, width, up, 1), *_stacked(scale, x, width, down, -1)]
        found.append(Column(round(number * place, 3), round(place, 3), bars))
    return scale, found


def _stacked(scale: Axis, x: float, width: float, parts: Sequence[tuple[str, float]], sign: int) -> list[Bar]:
    found, reached = [], 0.0
    for kind, value in parts:
        if value > 0:
            ends = sorted((scale.at(sign * reached), scale.at(sign * (reached + value))))
            found.append(Bar(kind, round(x, 3), round(ends[0], 3), round(width, 3), round(ends[1] - ends[0], 3)))
            reached += value
    return found


def line(values: Sequence[float], scale: Axis) -> str:
    """The path of a line through VALUES, from edge to edge; a single value is a level line."""
    if not values:
        return ""
    shown = list(values) * 2 if len(values) == 1 else values
    step = 100 / (len(shown) - 1)
    return "M" + " L".join(f"{number * step:.2f} {scale.at(value):.2f}" for number, value in enumerate(shown))


def area(values: Sequence[float], scale: Axis) -> str:
    """The path of what lies between a line and zero."""
    return f"{line(values, scale)} L100 {scale.zero:.2f} L0 {scale.zero:.2f} Z" if values else ""


def spark(values: Sequence[float]) -> str:
    """The path of a small line without axis, between the least and the most of its values; none where all are 0."""
    if len(values) < 2:
        return ""
    least, most = min(values), max(values)
    if least == most:
        return "M0 50 L100 50" if least else ""
    step = 100 / (len(values) - 1)
    # A little room at both edges, so that the stroke is not cut off.
    heights = [94 - 88 * (value - least) / (most - least) for value in values]
    return "M" + " L".join(f"{number * step:.2f} {height:.2f}" for number, height in enumerate(heights))
