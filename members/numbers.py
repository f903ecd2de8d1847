"""Pure: member numbers. Eleven random digits, and a twelfth by which mistyped ones are recognised."""

import secrets

LENGTH = 12

# Damm's table: a quasigroup without fixed crossings, so that every wrong digit and every swap of neighbours is found.
_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def _damm(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim


def draw() -> str:
    """A new random number. That nobody has it yet is for the database to say."""
    digits = f"{secrets.randbelow(10 ** (LENGTH - 1)):0{LENGTH - 1}d}"
    return digits + _damm(digits)


def is_valid(number: str) -> bool:
    """Whether NUMBER is twelve digits of which the last one fits the others."""
    return len(number) == LENGTH and number.isascii() and number.isdigit() and _damm(number) == "0"


def written(number: str) -> str:
    """NUMBER in groups of four, as printed on cards."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def plain(text: str) -> str:
    """What was typed or scanned, without the blanks and dashes that people put between groups."""
    return "".join(text.replace("-", " ").split())
