"""What all tests share: the database and its copies, a cache of their own, the site over HTTP, a browser.

Ordinary tests ask for `db`: what they write is rolled back. Tests whose threads, processes or browser must see what
was committed ask for `committed_db` (or `live_site`), which gives them a database copied from a template. Nothing
is ever truncated: the guards of the ledger's tables refuse that, and stay on.
"""

import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import override_settings
from django.test.utils import setup_databases
from django.utils import translation
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from core import programme
from core.revisions import PerRevision
from tests import databases, looking

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
TRUNCATING = {"transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark browser tests, run those on committed data last, and refuse fixtures that would truncate tables."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        marker = item.get_closest_marker("django_db")
        if TRUNCATING & fixtures or (marker and marker.kwargs.get("transaction")):
            raise pytest.UsageError(f"{item.nodeid} would truncate tables: use committed_db or live_site.")
        if "committed_db" in fixtures and ("db" in fixtures or marker):
            raise pytest.UsageError(f"{item.nodeid} asks for both db and committed_db: choose one.")
        if "chromium" in fixtures:
            item.add_marker("browser")
    items.sort(key=lambda item: "committed_db" in getattr(item, "fixturenames", ()))


def pytest_configure(config: pytest.Config) -> None:
    """Several processes share the tests and the folder of pictures; the one that leads them empties it."""
    if not hasattr(config, "workerinput"):
        looking.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say where the pictures are that browser tests kept."""
    if looking.IS_KEPT and (kept := sum(1 for _picture in looking.PICTURES.rglob("*.jpg"))):
        terminalreporter.write_line(f"{kept} pictures of pages in {looking.PICTURES}")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Every test begins in the site's own language, whatever a page or a till asked for in the test before."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Make and migrate the test database once a session, set it aside as the template, and drop both at the end.

    Each of the processes that share the tests has one of its own.
    """
    with django_db_blocker.unblock():
        setup_databases(verbosity=0, interactive=False, aliases={"default": True})
        databases.keep_template()
    yield
    with django_db_blocker.unblock():
        databases.drop()


@pytest.fixture(scope="session")
def fresh_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Begin anew before the first test that commits: tests that were rolled back leave sequences and dead rows."""
    with django_db_blocker.unblock():
        databases.restore()


@pytest.fixture
def committed_db(fresh_database: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A database whose writes are committed, thrown away after the test. Migrated, otherwise untouched.

    So such a test finds the same whether it runs alone or late in a long run: the same ids, the same statistics.
    """
    with django_db_blocker.unblock():
        try:
            yield
        finally:
            databases.restore()


@pytest.fixture
def child_environment(committed_db: None) -> dict[str, str]:
    """The environment for processes that work on the test's database."""
    return {
        **os.environ,
        "DATABASE_URL": databases.url(),
        "DJANGO_SETTINGS_MODULE": "loyalty_site.settings",
        "SECRET_KEY": settings.SECRET_KEY,
    }


@pytest.fixture(autouse=True)
def cache_of_its_own() -> None:
    """No test sees what another one counted or kept in the cache."""
    prefix = f"test-{uuid.uuid4().hex}"
    settings.CACHES["default"]["KEY_PREFIX"] = prefix
    caches["default"].key_prefix = prefix


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    """No test prices by the rules of another one that happened to have the same revision."""
    PerRevision.forget_all()
    programme.forget()


@pytest.fixture
def live_site(committed_db: None) -> Iterator[LiveServer]:
    """The site on 127.0.0.1, for browsers and HTTP clients; its address is `live_site.url`."""
    with override_settings(ALLOWED_HOSTS=[*settings.ALLOWED_HOSTS, "127.0.0.1"]):
        server = LiveServer("127.0.0.1")
        try:
            yield server
        finally:
            server.stop()


def _chromium_program() -> str | None:
    if named := os.environ.get("CHROMIUM"):
        return named if Path(named).exists() else shutil.which(named)
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A Chromium without window. Without one, browser tests are skipped; with CI=true they fail."""
    program = _chromium_program()
    if program is None:
        reason = "No Chromium found. Get it by `apt install chromium`, or name one by CHROMIUM=/path/to/chromium."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    # Playwright keeps an event loop running in this thread; Django would refuse its own synchronous calls there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chromium: Browser, live_site: LiveServer) -> Iterator[Page]:
    """A page the size of a phone, at the site, in English. An error in its scripts fails the test."""
    context = chromium.new_context(
        base_url=live_site.url,
        viewport={"width": 390, "height": 844},
        locale="en-GB",
        timezone_id="Europe/London",
    )
    errors: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert errors == []
