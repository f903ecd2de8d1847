"""The staff's overview: the first snapshot piece by piece, the next one, and the page, of a year of purchases."""

import time
from datetime import UTC, datetime

from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings

from access.models import User
from bench import databases
from bench.figures import Comparison, seconds
from core import programme as programmes
from insights import snapshots

PERIODS = ("7", "30", "90", "365")


def measure(*, members: int = 200_000, purchases: int = 2_000_000, rounds: int = 3) -> list[Comparison]:
    """Held to seconds, not to a floor: a piece of the snapshot to four (a task takes six and one), a page to one."""
    databases.ours("bench_ours", "programme", "till", "figures", members=members, purchases=purchases)
    databases.use("bench_ours")
    sizes = f"{members:,} members, {purchases:,} purchases"
    first = _pieces()
    whole = Comparison("Overview: the first snapshot", "s", 600, higher_is_better=False, settings=sizes)
    piece = Comparison("Overview: its longest piece", "s", 4, higher_is_better=False, settings=f"{len(first)} pieces")
    _note(whole, sum(first))
    _note(piece, max(first))
    again = Comparison("Overview: a snapshot with little to do", "s", 4, higher_is_better=False, settings=sizes)
    for _round in range(rounds):
        _note(again, sum(_pieces()))
    pages = [_page(period, rounds) for period in PERIODS]
    databases.use("postgres")
    databases.drop("bench_ours")
    return [whole, piece, again, *pages]


def _note(comparison: Comparison, took: float) -> None:
    comparison.floor.append(1)
    comparison.ours.append(took)


def _pieces() -> list[float]:
    """How long each piece of a snapshot took, the marking of what is due first."""
    found, began = [], time.perf_counter()

    def tick(_days: int, _left: int) -> None:
        nonlocal began
        now = time.perf_counter()
        found.append(now - began)
        began = now

    snapshots.take(programmes.current(), at=datetime.now(UTC), tick=tick)
    return [*found, time.perf_counter() - began]


def _page(period: str, rounds: int) -> Comparison:
    user = User.objects.filter(username="bench").first() or User.objects.create_superuser("bench", "b@example.com", "x")
    with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False, STAFF_MFA_REQUIRED=False):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        address = f"/admin/?period={period}"
        client.get(address)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
        result = Comparison(f"Overview: the page, {period} days", "s", 1, higher_is_better=False)
        result.settings = f"{len(queries)} queries, nothing counted before"
        for _round in range(rounds):
            cache.clear()
            _note(result, seconds(lambda: client.get(address)))
    return result
