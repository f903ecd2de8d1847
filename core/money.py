"""Amounts of money: Decimals, written with as many places as their currency has (ISO 4217)."""

from decimal import ROUND_HALF_UP, Decimal

# The currencies whose smallest unit is not a hundredth (ISO 4217:2015, table A.1).
PLACES = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}


def places(currency: str) -> int:
    """How many places after the point amounts of CURRENCY have."""
    return PLACES.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """AMOUNT in whole smallest units of CURRENCY, halves up."""
    return amount.quantize(Decimal(1).scaleb(-places(currency)), ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Whether AMOUNT has no more places than CURRENCY."""
    return amount == rounded(amount, currency)


def text(amount: Decimal, currency: str) -> str:
    """ "GBP 25.40": the same in every language, for reasons and receipts."""
    return f"{currency} {rounded(amount, currency):f}"
