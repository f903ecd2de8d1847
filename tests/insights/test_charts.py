"""Coordinates of charts: round numbers at the axis, bars that end where their values do, nothing for nothing."""

import pytest

from insights import charts
from insights.charts import Axis, Bar


@pytest.mark.parametrize(
    ("up", "down", "ticks"),
    [
        ([], [], [1, 0]),
        ([0], [0], [1, 0]),
        ([7], [], [8, 6, 4, 2, 0]),
        ([100], [], [100, 80, 60, 40, 20, 0]),
        ([4600], [18400], [5000, 0, -5000, -10000, -15000, -20000]),
        ([0], [30], [0, -10, -20, -30]),
        ([0.03], [], [0.03, 0.02, 0.01, 0]),
    ],
)
def test_an_axis_has_few_round_steps(up: list[float], down: list[float], ticks: list[float]) -> None:
    assert charts.axis(up, down).ticks == pytest.approx(ticks)


def test_bars_stand_on_each_other_above_and_below_zero() -> None:
    scale, columns = charts.diverging([([("in", 20), ("back", 10)], [("out", 10)]), ([("in", 0)], [("out", 0)])])

    assert scale == Axis(10, 3, 1)
    assert scale.zero == 75
    assert columns[0].bars == [
        Bar("in", 7, 25, 36, 50),
        Bar("back", 7, 0, 36, 25),
        Bar("out", 7, 75, 36, 25),
    ]
    assert (columns[1].x, columns[1].width, list(columns[1].bars)) == (50, 50, [])


def test_lines_go_from_edge_to_edge() -> None:
    scale = charts.axis([10])

    assert charts.line([0, 5, 10], scale) == "M0.00 100.00 L50.00 50.00 L100.00 0.00"
    assert charts.line([5], scale) == "M0.00 50.00 L100.00 50.00"
    assert charts.line([], scale) == ""
    assert charts.area([5], scale) == "M0.00 50.00 L100.00 50.00 L100 100.00 L0 100.00 Z"


def test_sparks_show_a_course_and_nothing_of_nothing() -> None:
    assert charts.spark([0, 10]) == "M0.00 94.00 L100.00 6.00"
    assert charts.spark([3, 3]) == "M0 50 L100 50"
    assert charts.spark([0, 0]) == charts.spark([5]) == ""
