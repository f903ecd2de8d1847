"""A shop on a June day, for the tests of the staff pages."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from tests import factories
from tests.admin import desk
from tests.admin.desk import NOON
from tests.factories import Shop


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Five minutes past noon of the sale; stands still."""
    with time_machine.travel(NOON + timedelta(minutes=5), tick=False) as traveller:
        yield traveller


@pytest.fixture
def shop(db: None, clock: time_machine.Traveller) -> Shop:
    """The gift shop in London."""
    return factories.shop()


@pytest.fixture
def story(shop: Shop) -> desk.Story:
    """A member with 70 points, of whom every page has something to tell."""
    return desk.story(shop)
