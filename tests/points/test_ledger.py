"""What the ledger's verbs ask of those who call them."""

from datetime import UTC, datetime, timedelta

import pytest

from points import expiry, ledger, queries, verification
from points.models import Lot
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


def test_no_lot_expires_twice_though_a_clock_is_behind(db: None) -> None:
    """One machine has expired the lot, another whose clock is a second behind gives points back to it."""
    factories.programme()
    points, ada = factories.point_type(), factories.member()
    lot = grant(ada, points, 20, until=NOON, at=NOON - timedelta(days=3))
    before = NOON - timedelta(seconds=1)
    spent = ledger.redeem(lot.account_id, 10, reference="voucher:1", at=before, actor="member")
    assert expiry.expire_due(NOON).points == 10

    ledger.restore(spent.posting_id, 4, reference="cancel:1", at=before, actor="member")
    ledger.restore(spent.posting_id, 6, reference="cancel:2", at=before, actor="member")

    successor = Lot.objects.get(origin_lot=lot)
    assert (successor.remaining, successor.expires_at) == (10, datetime(2026, 6, 15, 23, tzinfo=UTC))
    assert expiry.expire_due(NOON) == expiry.Swept(0, 0)
    assert queries.balance(ada.pk, NOON) == queries.Balance(available=10)
    assert verification.faults() == []
