"""What the ledger's verbs ask of those who call them."""

from datetime import UTC, datetime, timedelta

import pytest

from points import ledger, queries, verification
from tests import factories
from tests.points.grants import grant

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_an_account_is_opened_once_in_a_batch(db: None) -> None:
    """Twice in one batch, what is due would be moved twice."""
    factories.programme()
    points, ada = factories.point_type(), factories.member()
    grant(ada, points, 10, until=None, at=NOON, usable_at=NOON + timedelta(hours=1))
    later = NOON + timedelta(hours=2)

    with pytest.raises(ValueError, match="each account once"):
        ledger.open_accounts([(ada.pk, points.pk, later), (ada.pk, points.pk, later)])

    opened = ledger.open_accounts([(ada.pk, points.pk, later)])[ada.pk, points.pk]
    assert (opened.pending, opened.available) == (0, 10)
    assert queries.balance(ada.pk, later) == queries.Balance(available=10)
    assert verification.faults() == []
