"""The first ladder of a new programme, and the names of tiers."""

from decimal import Decimal

import pytest

from core import programme
from tests import factories
from tiers import ladder
from tiers.models import Scheme, Tier

pytestmark = pytest.mark.django_db


def test_a_new_programme_gets_four_tiers_in_both_languages() -> None:
    tiers = ladder.set_up(star=Decimal(300), moon=Decimal(1000), sun=Decimal(2500))

    assert tiers == list(Tier.objects.all())
    names = Tier.objects.values_list("code", "rank", "name_en", "name_zh_hans", "threshold", "multiplier")
    assert list(names) == [
        ("leaf", 0, "Leaf", "绿叶", Decimal(0), Decimal(1)),
        ("star", 1, "Star", "星辰", Decimal(300), Decimal("1.20")),
        ("moon", 2, "Moon", "明月", Decimal(1000), Decimal("1.50")),
        ("sun", 3, "Sun", "骄阳", Decimal(2500), Decimal(2)),
    ]
    for english, chinese in Tier.objects.values_list("benefits_en", "benefits_zh_hans"):
        assert len(english.splitlines()) == len(chinese.splitlines()) >= 2
    assert (Scheme.objects.get().basis, Scheme.objects.get().window, Scheme.objects.get().months) == (
        "amount",
        "rolling",
        12,
    )


def test_a_ladder_is_set_up_once() -> None:
    first = ladder.set_up(star=Decimal(300), moon=Decimal(1000), sun=Decimal(2500))

    again = ladder.set_up(star=Decimal(1), moon=Decimal(2), sun=Decimal(3), basis=Scheme.Basis.PURCHASES, months=1)

    assert again == first
    assert Scheme.objects.get().basis == "amount"
    assert Tier.objects.count() == 4


def test_names_of_tiers_follow_a_change() -> None:
    factories.programme()
    star = factories.tiers()[1]
    assert ladder.names(programme.current())[star.pk] == {"en": "Silver", "zh-hans": "银卡"}

    Tier.objects.filter(pk=star.pk).update(name_en="Sterling", name_zh_hans="")

    assert ladder.names(programme.current())[star.pk] == {"en": "Sterling", "zh-hans": "Sterling"}
