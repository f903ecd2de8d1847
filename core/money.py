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
# Of which a basket of bread takes thousands: what is large is a thousand times larger.
SMALL = frozenset(["COP", "IDR", "IRR", "KHR", "LAK", "LBP", "MMK", "MNT", "PYG", "SYP", "UZS", "VND"])
# A million pounds: in smallest units, so that it is large in every currency.
LARGE = 100_000_000
MINUS = "\N{MINUS SIGN}"
_SIGNS = {
    "CNY": "¥", "JPY": "¥", "GBP": "£", "EUR": "€", "USD": "$", "HKD": "HK$", "TWD": "NT$", "SGD": "S$",
    "AUD": "A$", "NZD": "NZ$", "CAD": "CA$", "MOP": "MOP$", "KRW": "₩", "INR": "₹", "THB": "฿", "VND": "₫",
    "PHP": "₱", "MYR": "RM",
}  # fmt: skip
# The others that are money in somebody's purse: no metals, no units of account.
_HUNDREDTHS = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF "
    "CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL "
    "HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP "
    "MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD "
    "SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS "
    "VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
HUNDREDTHS = frozenset(_HUNDREDTHS.split())


def exists(currency: str) -> bool:
    """Whether there is a CURRENCY of these three letters."""
    return currency in PLACES or currency in HUNDREDTHS


def places(currency: str) -> int:
    """How many places after the point amounts of CURRENCY have."""
    return PLACES.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """AMOUNT in whole smallest units of CURRENCY, halves up."""
    return amount.quantize(Decimal(1).scaleb(-places(currency)), ROUND_HALF_UP)


def fits(amount: Decimal, currency: str) -> bool:
    """Whether AMOUNT has no more places than CURRENCY."""
    return amount == rounded(amount, currency)


def large(currency: str) -> Decimal:
    """More than anybody pays at once, in CURRENCY: what a purchase may come to where staff say nothing else."""
    return Decimal(LARGE * (1000 if currency in SMALL else 1)).scaleb(-places(currency))


def shown(amount: Decimal, currency: str, *, whole: bool = False) -> str:
    """Money as people read it, everywhere and in every language: £25.40. WHOLE leaves out .00.

    Programs are told the bare number, and the currency by its ISO code beside it.
    """
    exact = rounded(amount, currency)
    after_the_point = 0 if whole and exact == exact.to_integral_value() else places(currency)
    text = f"{abs(exact):,.{after_the_point}f}"
    return (MINUS if exact < 0 else "") + _SIGNS.get(currency, f"{currency} ") + text
