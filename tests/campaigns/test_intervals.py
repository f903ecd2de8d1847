"""By how much two shares differ: against the published examples, and silent where there is too little to say."""

import pytest

from campaigns import intervals
from campaigns.intervals import Share, difference


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [  # Newcombe (1998), table II, method 10
        (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
        (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        (Share(6, 7), Share(2, 7), 0.0582, 0.8062),
        (Share(5, 56), Share(0, 29), -0.0381, 0.1926),
        (Share(0, 10), Share(0, 20), -0.1611, 0.2775),
        (Share(10, 10), Share(0, 10), 0.6075, 1.0000),
    ],
)
def test_the_interval_is_newcombes(
    monkeypatch: pytest.MonkeyPatch, one: Share, other: Share, least: float, most: float
) -> None:
    monkeypatch.setattr(intervals, "FEWEST", 1)
    monkeypatch.setattr(intervals, "FEWEST_DID", 0)

    found = difference(one, other)

    assert found
    assert [found.least, found.most] == pytest.approx([least, most], abs=6e-5)


@pytest.mark.parametrize(
    ("one", "other", "is_judged"),
    [
        (Share(60, 100), Share(40, 100), True),
        (Share(60, 100), Share(40, 99), False),
        (Share(60, 99), Share(40, 100), False),
        (Share(9, 100), Share(0, 100), False),
        (Share(10, 100), Share(0, 100), True),
        (Share(0, 0), Share(0, 0), False),
    ],
)
def test_small_groups_are_not_judged(one: Share, other: Share, is_judged: bool) -> None:
    assert (difference(one, other) is not None) == is_judged


def test_it_is_sure_only_where_the_interval_leaves_nothing_out_on_both_sides() -> None:
    assert [
        found.is_sure
        for one, other in ((60, 40), (40, 60), (50, 45))
        if (found := difference(Share(one, 100), Share(other, 100)))
    ] == [True, True, False]
