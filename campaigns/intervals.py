"""Pure: by how much two shares differ, and how sure that is.

The interval is the one of Newcombe (1998), method 10: the two shares' score intervals (Wilson 1927) put together. It
holds what it promises also where shares are small, and never leaves -1 to 1. R. G. Newcombe, "Interval estimation for
the difference between independent proportions", Statistics in Medicine 17:873-890.
"""

from dataclasses import dataclass
from math import sqrt

# 95 per cent.
Z = 1.959964
# With fewer people in a group, or fewer who did it in both together, chance says more than the letter.
FEWEST = 100
FEWEST_DID = 10


@dataclass(frozen=True, slots=True)
class Share:
    """So many of a group did something."""

    did: int
    of: int

    @property
    def value(self) -> float:
        return self.did / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Difference:
    """How much larger the first share is than the second: as found, and from LEAST to MOST with 95 % confidence."""

    value: float
    least: float
    most: float

    @property
    def is_sure(self) -> bool:
        """Whether there is a difference at all."""
        return self.least > 0 or self.most < 0


def score(share: Share) -> tuple[float, float]:
    """Wilson's interval of one share."""
    middle = share.did + Z * Z / 2
    spread = Z * sqrt(share.did * (share.of - share.did) / share.of + Z * Z / 4)
    return (middle - spread) / (share.of + Z * Z), (middle + spread) / (share.of + Z * Z)


def difference(one: Share, other: Share) -> Difference | None:
    """ONE less OTHER; None where the groups are too small to judge."""
    if min(one.of, other.of) < FEWEST or one.did + other.did < FEWEST_DID:
        return None
    (low, high), (other_low, other_high) = score(one), score(other)
    found = one.value - other.value
    return Difference(
        found,
        found - sqrt((one.value - low) ** 2 + (other_high - other.value) ** 2),
        found + sqrt((high - one.value) ** 2 + (other.value - other_low) ** 2),
    )
