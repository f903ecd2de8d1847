"""The rungs of the ladder: a first set of them, and their names in every language."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import LoyaltyError
from core.models import Programme
from core.revisions import PerRevision
from tiers.models import Scheme, Tier

# (code, name, Chinese name, multiplier, colour, picture), benefits, Chinese benefits
_RUNGS = [
    (
        ("leaf", "Leaf", "绿叶", "1.00", "#4d7c5b", Tier.Picture.LEAF),
        "Points with every purchase\nYour card on your phone",
        "每次消费都有积分\n手机就是会员卡",
    ),
    (
        ("star", "Star", "星辰", "1.20", "#3b6ea8", Tier.Picture.STAR),
        "1.2 times the points\nFree local delivery",
        "积分按1.2倍计算\n同城免费送货",
    ),
    (
        ("moon", "Moon", "明月", "1.50", "#7a6aa8", Tier.Picture.MOON),
        "1.5 times the points\nFree local delivery\nFree gift wrapping",
        "积分按1.5倍计算\n同城免费送货\n免费礼品包装",
    ),
    (
        ("sun", "Sun", "骄阳", "2.00", "#b8862b", Tier.Picture.SUN),
        "2 times the points\nFree local delivery\nFree gift wrapping\nFirst choice of new arrivals",
        "积分按2倍计算\n同城免费送货\n免费礼品包装\n新品优先选购",
    ),
]


class NoLadder(LoyaltyError):
    """The programme has no tiers yet, not even the lowest."""

    code = "no_ladder"
    status = 503
    lasting = False
    sentence = _("This programme has no tiers yet.")


def set_up(
    *,
    star: Decimal,
    moon: Decimal,
    sun: Decimal,
    basis: Scheme.Basis = Scheme.Basis.AMOUNT,
    window: Scheme.Window = Scheme.Window.ROLLING,
    months: int = 12,
) -> list[Tier]:
    """Give a new programme its scheme and four tiers: Leaf asks for nothing, the others for STAR, MOON and SUN.

    Thresholds are in the scheme's basis (money, points or purchases) over its window. Where there are tiers
    already, nothing is changed and those are answered.
    """
    with transaction.atomic():
        # Two set-ups at once would both find nothing; the second one waits here for the first.
        scheme, is_new = Scheme.objects.select_for_update().get_or_create(
            id=1, defaults={"basis": basis, "window": window, "months": months}
        )
        if tiers := list(Tier.objects.all()):
            return tiers
        if not is_new:
            scheme.basis, scheme.window, scheme.months = basis, window, months
            scheme.save()
        thresholds = [Decimal(0), star, moon, sun]
        return [_rung(rank, threshold) for rank, threshold in enumerate(thresholds)]


def _rung(rank: int, threshold: Decimal) -> Tier:
    (code, english, chinese, multiplier, colour, picture), benefits, chinese_benefits = _RUNGS[rank]
    return Tier.objects.create(
        code=code,
        rank=rank,
        name_en=english,
        name_zh_hans=chinese,
        benefits_en=benefits,
        benefits_zh_hans=chinese_benefits,
        threshold=threshold,
        multiplier=Decimal(multiplier),
        colour=colour,
        picture=picture,
    )


def _names(_programme: Programme) -> dict[int, Mapping[str, str]]:
    rows = Tier.objects.values_list("pk", "name_en", "name_zh_hans")
    return {pk: {"en": english or chinese or "", "zh-hans": chinese or english or ""} for pk, english, chinese in rows}


# The names of all tiers by id, in words for each language, as {"en": …, "zh-hans": …}: names(programme)[tier_id].
names: PerRevision[dict[int, Mapping[str, str]]] = PerRevision(_names)
