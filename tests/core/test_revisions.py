"""What a process keeps of the configuration is never older than the revision it is kept under."""

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from core import programme
from points import rules
from tests import factories
from tests.factories import OPENED_AT, Shop


@pytest.fixture
def shop(db: None) -> Shop:
    return factories.shop()


def valid() -> list[str]:
    """The codes of the rules that this process would price by."""
    return [rule.code for rule in rules.rulebook(programme.current()).valid(OPENED_AT)]


def test_every_change_of_rules_is_seen_at_once(shop: Shop) -> None:
    assert valid() == ["base"]

    factories.rule(shop.point_type, "extra")

    assert valid() == ["base", "extra"]


def test_what_is_not_changed_is_read_once(shop: Shop, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    valid()

    with django_assert_num_queries(1):
        valid()


def test_rules_that_were_taken_back_are_not_kept(shop: Shop) -> None:
    with transaction.atomic():
        factories.rule(shop.point_type, "abandoned")
        assert valid() == ["abandoned", "base"]
        transaction.set_rollback(True)

    factories.rule(shop.point_type, "extra")

    assert valid() == ["base", "extra"]
