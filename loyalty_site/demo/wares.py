"""The demo's rewards, and what members did with them: claimed, used, given back, forgotten. All of it by the verbs."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty_site.demo.year import Year
from pos.history.place import Place
from rewards import redemption, supply, vouchers
from rewards.models import Reward
from tiers.models import Tier

Kind, Drawing = Reward.Kind, Reward.Drawing
CODES = 12
USED, KEPT, GIVEN_BACK = "used", "kept", "given back"


class Ware(NamedTuple):
    """A reward of the demo. STOCK: so many pieces; TIER: from which one it is for."""

    code: str
    kind: Reward.Kind
    price: int
    drawing: Reward.Drawing
    names: tuple[str, str]
    texts: tuple[str, str]
    figures: dict[str, Any] = {}  # noqa: RUF012  never changed
    stock: int | None = None
    tier: str = ""


WARES = [
    Ware(
        "two-pounds", Kind.AMOUNT_OFF, 180, Drawing.COIN, ("£2 off your next visit", "下次到店立减2英镑"),
        ("Taken off at the till, whatever you buy.", "结账时直接抵扣，不限商品。"),
        {"amount": Decimal(2)},
    ),
    Ware(
        "five-pounds", Kind.AMOUNT_OFF, 420, Drawing.COIN, ("£5 off your next visit", "下次到店立减5英镑"),
        ("For those who can wait a little: the better price for your points.", "多攒一些再用，更划算。"),
        {"amount": Decimal(5)},
    ),
    Ware(
        "tenth-off", Kind.PERCENT_OFF, 300, Drawing.PERCENT, ("10% off one purchase", "单次消费九折"),
        ("Best kept for a large basket. Once in three months.", "留到大额购物时用最合适，每三个月可兑换一次。"),
        {"percent": 10, "limit_per_member": 1, "limit_days": 90, "voucher_days": 30},
    ),
    Ware(
        "gift-wrapping", Kind.EXPERIENCE, 60, Drawing.GIFT, ("Gift wrapping by hand", "手工礼品包装"),
        ("Paper, ribbon and a card, while you wait.", "现场为您包好：彩纸、丝带，再配一张卡片。"),
        {"worth": Decimal("3.50")},
    ),
    Ware(
        "hanging-heart", Kind.GIFT, 160, Drawing.CANDLE, ("White hanging heart T-light holder", "白色心形烛台"),
        ("The one that everybody takes home from us.", "店里最受欢迎的一件，人人都想带回家。"),
        {"worth": Decimal("2.95")}, 40,
    ),
    Ware(
        "regency-cup", Kind.GIFT, 380, Drawing.MUG, ("Regency teacup and saucer", "摄政风茶杯与茶碟"),
        ("Bone china with roses, in its own box.", "玫瑰图案骨瓷，独立礼盒装。"),
        {"worth": Decimal("4.95"), "limit_per_member": 2}, 24,
    ),
    Ware(
        "spotty-bag", Kind.GIFT, 140, Drawing.BAG, ("Red spotty lunch bag", "红底波点午餐袋"),
        ("Keeps cold what is cold. The last of its kind.", "保温保冷，最后一批。"),
        {"worth": Decimal("1.95"), "limit_per_member": 1}, 3,
    ),
    Ware(
        "candle-evening", Kind.EXPERIENCE, 650, Drawing.FLOWER, ("Candle-making evening", "手工蜡烛体验夜"),
        ("Two hours in our workshop, with a glass of something warm.", "在工坊里动手两小时，配一杯热饮。"),
        {"worth": Decimal("18.00"), "limit_per_member": 1}, 10, "star",
    ),
    Ware(
        "afternoon-tea", Kind.EXPERIENCE, 1500, Drawing.TEA, ("Afternoon tea for two", "双人下午茶"),
        ("At the tea room next door. The code is for them: ring and book a table.",
         "在隔壁的茶室享用。凭附带的订座码致电预订即可。"),
        {"worth": Decimal("38.00"), "supply": Reward.Supply.CODES, "voucher_days": 180}, None, "moon",
    ),
    Ware(
        "spring-wreath", Kind.GIFT, 520, Drawing.FLOWER, ("Spring wreath", "迎春花环"),
        ("Bound in our workshop. From the first weeks of the season on.", "工坊手工编制，当季上新后即可兑换。"),
        {"worth": Decimal("6.50")}, 15,
    ),
]  # fmt: skip
LATER = "spring-wreath"
LATER_BY = timedelta(days=21)


class Claim(NamedTuple):
    """Who claimed what, so many days before the data ends, and what became of it."""

    customer: int
    days: int
    ware: str
    then: str = KEPT


# In order of time. The first two customers are those whose logins the demo shows.
CLAIMS = [
    Claim(0, 75, "tenth-off"),
    Claim(1, 70, "two-pounds", USED),
    Claim(2, 60, "spotty-bag", USED),
    Claim(0, 52, "hanging-heart", USED),
    Claim(1, 48, "tenth-off"),
    Claim(3, 41, "spotty-bag"),
    Claim(0, 33, "gift-wrapping", GIVEN_BACK),
    Claim(4, 30, "hanging-heart", USED),
    Claim(5, 26, "regency-cup"),
    Claim(1, 24, "gift-wrapping", GIVEN_BACK),
    Claim(6, 21, "spotty-bag", USED),
    Claim(7, 15, "two-pounds"),
    Claim(0, 12, "two-pounds"),
    Claim(1, 10, "hanging-heart"),
    Claim(0, 6, "hanging-heart"),
]


def fill(*, ends_on: date, at: datetime) -> None:
    """Make the catalogue, with its stock and codes."""
    tiers = {tier.code: tier for tier in Tier.objects.all()}
    for position, ware in enumerate(WARES, start=1):
        reward = Reward.objects.create(
            code=ware.code,
            kind=ware.kind,
            price=ware.price,
            drawing=ware.drawing,
            name_en=ware.names[0],
            name_zh_hans=ware.names[1],
            description_en=ware.texts[0],
            description_zh_hans=ware.texts[1],
            minimum_tier=tiers.get(ware.tier),
            begins_on=ends_on + LATER_BY if ware.code == LATER else None,
            position=position,
            **{"supply": Reward.Supply.UNLIMITED if ware.stock is None else Reward.Supply.STOCK} | ware.figures,
        )
        if ware.stock:
            supply.change_stock(reward, ware.stock, actor=None)
        elif reward.supply == Reward.Supply.CODES:
            codes = [f"TEA-{1042 + 7 * number}-{chr(65 + number)}{chr(90 - number)}" for number in range(CODES)]
            supply.add_codes(reward, "The Copper Kettle", codes, at=at, actor=None)


def moments(year: Year) -> list[datetime]:
    """When something was claimed, by the shop's clock, in order."""
    return [_moment(year, claim) for claim in CLAIMS]


def _moment(year: Year, claim: Claim) -> datetime:
    return year.ends_at.replace(hour=11, minute=20) - timedelta(days=claim.days)


def make_claims(year: Year, place: Place, *, until: datetime) -> None:
    """What members claimed up to UNTIL, by the shop's clock, and what became of it. Made before: nothing new."""
    for number, claim in enumerate(CLAIMS):
        happened = _moment(year, claim)
        member = place.members.get(year.customers[claim.customer])
        if happened > until or member is None:
            continue
        at = place.moment(happened)
        token = f"demo:{number}"
        voucher = redemption.redeem(
            member, claim.ware, token=token, at=at, actor="portal", programme=place.programme
        ).voucher
        if claim.then == USED:
            terminal = place.terminal(year.customers[claim.customer], "")
            vouchers.use(
                voucher.code, store_id=terminal.store_id, terminal_id=terminal.pk, at=at + timedelta(days=1),
                actor=f"till:{terminal}", receipt=token,
            )  # fmt: skip
        elif claim.then == GIVEN_BACK:
            redemption.cancel(voucher, at=at + timedelta(hours=2), actor="portal")
