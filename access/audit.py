"""Writing the audit trail: in the transaction of what it records."""

from typing import Any

import structlog

from access.models import AuditEntry, User


def record(
    action: str, *, subject: str, actor: User | None, reason: str = "", changes: dict[str, Any] | None = None
) -> AuditEntry:
    """Record that ACTOR did ACTION to SUBJECT ("member:12", "account:7"). A repeat writes a second entry."""
    request_id = structlog.contextvars.get_contextvars().get("request_id", "")
    return AuditEntry.objects.create(
        action=action,
        subject=subject,
        actor=actor,
        reason=reason,
        changes=changes or {},
        request_id=request_id,
    )
