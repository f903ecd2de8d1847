"""Doing only what was shown before: a form says in `seen` what its reader saw."""

import hmac

from django.http import QueryDict


def is_seen(data: QueryDict, digest: str) -> bool:
    """Whether what would happen is what was shown. If not, the form says from now on what was."""
    is_same = hmac.compare_digest(data.get("seen", "").encode(), digest.encode())
    data["seen"] = digest
    return is_same
