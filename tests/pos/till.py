"""A till in tests: it knows its key, and makes an idempotency key for each request that is given none."""

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.test import Client

from members.models import Member
from sales.models import Terminal

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Told:
    """What a till was told: status, headers, and the body read from JSON."""

    status: int
    headers: Any
    body: Any
    content: bytes

    @property
    def code(self) -> str:
        return str(self.body["code"])


class Till:
    """A terminal with its key, speaking to /api/v1."""

    def __init__(self, terminal: Terminal, *, language: str | None = "en", secret: str = "secret") -> None:
        self.key = f"{terminal.key_prefix}.{secret}"
        self.language = language
        self._client = Client()

    def get(self, path: str, **parameters: str) -> Told:
        return self._told(self._client.get(f"/api/v1/{path}", parameters, headers=self._headers()))

    def post(self, path: str, body: Any, *, key: str | None = "", **headers: str) -> Told:
        """Post BODY as JSON. KEY "": a new one; None: none."""
        return self.send(path, json.dumps(body), key=key, **headers)

    def send(
        self,
        path: str,
        content: str | bytes,
        *,
        key: str | None = "",
        content_type: str = "application/json",
        **headers: str,
    ) -> Told:
        """Post CONTENT as it is."""
        sent = {**self._headers(), **{name.replace("_", "-"): value for name, value in headers.items()}}
        if key is not None:
            sent["Idempotency-Key"] = key or str(uuid.uuid4())
        response = self._client.generic("POST", f"/api/v1/{path}", content, content_type, headers=sent)
        return self._told(response)

    def _headers(self) -> dict[str, str]:
        headers = {"Authorization": f"Bearer {self.key}"}
        return {**headers, "Accept-Language": self.language} if self.language else headers

    def _told(self, response: Any) -> Told:
        return Told(response.status_code, response.headers, json.loads(response.content), response.content)


def sale(member: Member | None = None, **changes: Any) -> dict[str, Any]:
    """A receipt over £22.08, at noon of 1 June 2026."""
    body: dict[str, Any] = {
        "receipt": "536365",
        "occurred_at": NOON.isoformat(),
        "currency": "GBP",
        "lines": [
            {"sku": "85123A", "name": "T-light holder", "quantity": "6", "amount": "15.30"},
            {"sku": "71053", "name": "Lantern", "quantity": "2", "amount": "6.78"},
        ],
        "total": "22.08",
    }
    if member:
        body["member"] = {"number": member.number}
    return {**body, **changes}
