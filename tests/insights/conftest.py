"""A shop on a June day, for the tests of the figures."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from tests import factories
from tests.admin.desk import NOON
from tests.factories import Shop


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Five minutes past noon on 1 June 2026; stands still."""
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop(db: None, clock: time_machine.Traveller) -> Shop:
    """The gift shop in London."""
    return factories.shop()
