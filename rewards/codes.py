"""Pure: codes of vouchers and invitations. A voucher's are fifteen random characters of Crockford's base 32, and a
sixteenth that finds mistyped ones; an invitation's are shorter.

No I, L, O and U: who types what they read as O or l means 0 or 1. The last character makes the whole a multiple of a
generator of GF(32): every single wrong character, and every swap of any two, is found.
"""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
GROUP = 4
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_ALIKE = str.maketrans("OIL", "011")
# x⁵ + x² + 1, whose root generates all 31 units of the field.
_POLYNOMIAL = 0b100101
_HIGHEST = 0b100000


def draw(length: int = LENGTH) -> str:
    """A new random code: five bits a character, 75 of a voucher's, which nobody guesses.

    That nobody has it yet is for the database to say.
    """
    body = "".join(secrets.choice(ALPHABET) for _ in range(length - 1))
    return body + ALPHABET[_times_root(_sum(body))]


def is_valid(code: str, length: int = LENGTH) -> bool:
    """Whether CODE is LENGTH characters, sixteen of a voucher, of which the last one fits the others."""
    return len(code) == length and all(character in _VALUES for character in code) and _sum(code) == 0


def plain(text: str) -> str:
    """What was typed or scanned as it is kept: capitals without blanks and dashes, 0 for O, 1 for I and L."""
    return "".join(text.replace("-", " ").split()).upper().translate(_ALIKE)


def written(code: str) -> str:
    """CODE in groups of four, as people read it."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def masked(code: str) -> str:
    """So much of CODE that its member can tell it from others, and nobody can use it."""
    return f"…{code[-GROUP:]}"


def _sum(characters: str) -> int:
    """The characters as a polynomial's coefficients, taken at the root."""
    total = 0
    for character in characters:
        total = _times_root(total) ^ _VALUES[character]
    return total


def _times_root(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled & _HIGHEST else doubled
