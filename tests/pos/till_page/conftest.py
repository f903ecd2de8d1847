"""A shop with goods, and a cashier at its till page, at noon of a June day."""

from decimal import Decimal

import pytest

from sales.models import Terminal
from tests import factories
from tests.factories import Shop
from tests.pos.till_page.counter import Counter, seat


@pytest.fixture
def terminal(shop: Shop) -> Terminal:
    """The terminal of the till page in Covent Garden."""
    return seat(shop.store)


@pytest.fixture
def goods(shop: Shop) -> None:
    """A mug for £4.50, a lantern for £12.00, and a gift card whose price is said at the till."""
    factories.product("MUG-1", name="Mug")
    factories.product("LAN-1", name="Lantern", price=Decimal("12.00"), category=factories.category("lights", "Lights"))
    factories.product("GIFT", name="Gift card", price=None)


@pytest.fixture
def counter(terminal: Terminal, goods: None) -> Counter:
    """A cashier at the till page."""
    return Counter(terminal)
