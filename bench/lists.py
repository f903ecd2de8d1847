"""The lists of the staff site at 100,000 rows: each page, each search, and how many statements they take."""

from collections.abc import Iterator
from typing import NamedTuple

from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse

from access.models import User
from bench import databases
from bench.figures import Comparison, seconds

MOST_STATEMENTS = 15
MOST_SECONDS = 1.0
# A name, a number, an e-mail, a receipt, a part of a product's name; nothing of the kind.
TERMS = ("Member 77", "900000000777", "m777@example.com", "R-777", "77fc", "zzzz")


class Page(NamedTuple):
    """How long a page took at best, of how many statements."""

    address: str
    seconds: float
    statements: int


def measure(*, members: int = 100_000, purchases: int = 100_000, rounds: int = 3) -> list[Comparison]:
    """Held to a second, on a machine that does other things too, and to fifteen statements."""
    databases.ours("bench_ours", "programme", "till", "figures", "lists", members=members, purchases=purchases)
    databases.use("bench_ours")
    user = User.objects.create_superuser("bench", "b@example.com", "x")
    with override_settings(ALLOWED_HOSTS=["*"], SECURE_SSL_REDIRECT=False, STAFF_MFA_REQUIRED=False):
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        pages = [_page(client, address, rounds) for address in _lists()]
        searches = [_page(client, address, rounds) for address in _searches()]
    databases.use("postgres")
    databases.drop("bench_ours")
    return [
        _slowest("Staff lists: a page", pages),
        _slowest("Staff lists: a search", searches),
        _longest([*pages, *searches]),
    ]


def _lists() -> Iterator[str]:
    for model in admin.site._registry:
        if model._meta.model_name not in {"programme", "scheme"}:
            address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
            yield address
            yield f"{address}?p=3"


def _searches() -> Iterator[str]:
    for model, site in admin.site._registry.items():
        if site.search_fields:
            address = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
            yield from (f"{address}?q={term}" for term in TERMS)


def _page(client: Client, address: str, rounds: int) -> Page:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(address)
    assert answer.status_code in (200, 302), (address, answer.status_code)
    statements = len(queries)  # they are forgotten with the next request
    return Page(address, min(seconds(lambda: client.get(address)) for _round in range(rounds)), statements)


def _slowest(name: str, pages: list[Page]) -> Comparison:
    found = sorted(pages, key=lambda page: -page.seconds)
    slow = ", ".join(f"{page.address} {page.seconds:.2f}" for page in found[:5])
    settings = f"{len(pages)} addresses, the slowest: {slow}"
    result = Comparison(name, "s", MOST_SECONDS, higher_is_better=False, settings=settings)
    result.floor, result.ours = [1], [found[0].seconds]
    return result


def _longest(pages: list[Page]) -> Comparison:
    page = max(pages, key=lambda page: page.statements)
    return Comparison(
        "Staff lists: statements", "", MOST_STATEMENTS, higher_is_better=False,
        floor=[1], ours=[float(page.statements)],
        settings=page.address,
    )  # fmt: skip
