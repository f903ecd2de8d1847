"""A shop that was open in the year of the file."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pos.history import posting
from pos.history.place import Place
from pos.history.report import Report
from sales.models import Terminal
from tests import factories
from tests.history import samples

Run = Callable[..., Report]


def open_shop() -> Terminal:
    """The gift shop, with a rule that was valid then and leaves out services; points rest 14 days."""
    factories.programme(day_ends_at=4)
    points = factories.point_type(pending_days=14)
    factories.rule(points, begins_at=datetime(2010, 1, 1, tzinfo=UTC), except_categories=["service"])
    factories.scheme()
    factories.tiers()
    return factories.terminal()


@pytest.fixture
def terminal(db: None) -> Terminal:
    return open_shop()


@pytest.fixture
def run(terminal: Terminal) -> Run:
    """Imports a file (the real lines) at the till and answers the report."""

    def run(path: Path = samples.REAL, *, batch: int = 1000, dry_run: bool = False) -> Report:
        place = Place(factories.programme(day_ends_at=4), [terminal], ZoneInfo("Europe/London"))
        return posting.import_file(path, place, batch=batch, dry_run=dry_run, progress=lambda _line, _report: None)

    return run
