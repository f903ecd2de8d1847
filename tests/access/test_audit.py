from datetime import UTC, datetime

import pytest
import structlog
from django.db import DatabaseError, transaction

from access import audit
from access.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_staff_did_is_recorded_with_who_why_and_in_which_request() -> None:
    sam = factories.staff()

    with structlog.contextvars.bound_contextvars(request_id="request-1"):
        entry = audit.record(
            "member.suspended", subject="member:12", actor=sam, reason="card shared", changes={"status": "suspended"}
        )

    entry.refresh_from_db()
    assert AuditEntry.objects.values("actor", "action", "subject", "reason", "changes", "request_id").get() == {
        "actor": sam.pk,
        "action": "member.suspended",
        "subject": "member:12",
        "reason": "card shared",
        "changes": {"status": "suspended"},
        "request_id": "request-1",
    }
    assert abs((datetime.now(UTC) - entry.at).total_seconds()) < 60


def test_the_trail_can_not_be_changed() -> None:
    audit.record("looked", subject="member:12", actor=None)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(reason="nothing happened")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.all().delete()

    assert AuditEntry.objects.get().reason == ""
