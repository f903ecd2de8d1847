"""Pure: which category a product of the demo belongs to, told from its English name."""

from pos.history.lines import FileLine
from pos.history.plan import SERVICE

# Code, English name, Chinese name, and the words that tell it, the first category that fits.
CATEGORIES = [
    ("christmas", "Christmas", "圣诞节", "CHRISTMAS XMAS ADVENT SANTA REINDEER NOEL"),
    ("lights", "Candles and lights", "灯饰蜡烛", "T-LIGHT CANDLE CANDLES LIGHT LIGHTS LANTERN LAMP NIGHTLIGHT"),
    ("bags", "Bags", "包袋", "BAG BAGS PURSE SHOPPER CHARLOTTE"),
    ("stationery", "Cards and stationery", "文具贺卡", "CARD CARDS WRAP NOTEBOOK PENCIL PENCILS STICKERS PAPER TAPE"),
    ("kitchen", "Kitchen and table", "厨房餐桌", "CAKE TEA MUG CUP BOWL PLATE JAR BAKING KITCHEN BOTTLE LUNCH JAM"),
    ("toys", "Toys and crafts", "玩具手工", "TOY DOLL DOLLY SPACEBOY GAME PUZZLE SKITTLES FELTCRAFT CRAFT KIT"),
    ("garden", "Garden", "园艺", "GARDEN PLANT PLANTER FLOWER WATERING BIRD PARASOL"),
    ("home", "For the home", "家居装饰", ""),
]
SERVICES = (SERVICE, "Services and charges", "服务与费用")


def category(line: FileLine) -> str:
    """The category's code; "home" for whatever nothing else tells."""
    if not line.is_goods:
        return SERVICE
    words = set(line.name.upper().split())
    return next(code for code, _en, _zh, tell in CATEGORIES if not tell or words & set(tell.split()))
