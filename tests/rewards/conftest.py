"""A shop for the tests of rewards."""

import pytest

from tests import factories
from tests.factories import Shop


@pytest.fixture
def shop(db: None) -> Shop:
    """The gift shop in London."""
    return factories.shop()
