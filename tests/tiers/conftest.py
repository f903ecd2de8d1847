"""A ladder by the amount of twelve months, and somebody at its foot."""

import pytest

from tests import factories
from tests.tiers.ladders import YEAR, ladder
from tiers.models import Tier


@pytest.fixture
def tiers(db: None) -> list[Tier]:
    return ladder(YEAR)


@pytest.fixture
def member(tiers: list[Tier]) -> int:
    return factories.member().pk
