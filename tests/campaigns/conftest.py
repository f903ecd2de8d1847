"""The gift shop in London, and a clock that stands where it is put."""

from collections.abc import Iterator

import pytest
import time_machine

from tests import factories
from tests.factories import Shop
from tests.messaging.post import Phones


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Half past nine on a June morning in London; stands still."""
    with time_machine.travel("2026-06-01T08:30:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True)
def phones(settings: object) -> type[Phones]:
    settings.SMS_PROVIDER = "tests.messaging.post.Phones"  # type: ignore[attr-defined]
    Phones.taken, Phones.refusal = [], None
    return Phones
