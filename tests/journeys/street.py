"""What journeys share: a shop on a street, a till that speaks over the wire, days that pass, and the books."""

import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen
from zoneinfo import ZoneInfo

import time_machine

from campaigns import planning, writing
from core import clock, jobs
from core.models import Cursor, Event
from loyalty_site import night
from members.models import Member
from messaging import delivery, fanout
from points import verification
from points.models import Account, PointType, Posting
from sales.models import Terminal
from tests import factories
from tests.factories import Shop
from tests.pos.till import Till, Told
from tests.waiting import wait_until

LONDON = ZoneInfo("Europe/London")
PATIENCE_SECONDS = 30
NIGHTLY = {
    "points.mature", "points.expire", "vouchers.expire", "tiers.review", "insights.days", "campaigns.segments",
}  # fmt: skip


def shop(*, pending_days: int = 0) -> Shop:
    """The gift shop in London, where gift cards earn nothing, and points wait PENDING_DAYS to be usable."""
    found = factories.shop()
    PointType.objects.update(pending_days=pending_days)
    factories.category("gift-cards", "Gift cards")
    factories.rule(found.point_type, begins_at=in_london(2025, 6, 1), except_categories=["gift-cards"])
    return found


def in_london(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A moment by the shop's clock."""
    return datetime(year, month, day, hour, minute, tzinfo=LONDON)


class Days:
    """The days of a story, which pass when it says so: for the test, the site that it runs, and everybody's clock."""

    def __init__(self, traveller: time_machine.Traveller) -> None:
        self._traveller = traveller

    def go_to(self, year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> None:
        """Let time pass to that moment by the shop's clock. Nobody works meanwhile."""
        self._traveller.move_to(in_london(year, month, day, hour, minute), tick=False)

    def night_before(self, year: int, month: int, day: int) -> None:
        """Go to one o'clock of that morning, and let the night's work be done."""
        self.go_to(year, month, day, 1)
        night.pass_night(at=clock.now())
        ended = in_london(year, month, day).toordinal() - 1
        assert jobs.done_in(datetime.fromordinal(ended).date().isoformat()) == NIGHTLY

    def post_goes_out(self) -> None:
        """What a worker does every few seconds or minutes: make messages of what happened and of what is greeted today,
        and send what is due."""
        wait_until(_all_is_told)
        planning.plan(at=clock.now())
        writing.write_due(at=clock.now(), seconds=PATIENCE_SECONDS)
        while delivery.send_batch(at=clock.now()):
            pass


def _all_is_told() -> bool:
    """Read on; true at the end. A transaction still open anywhere in the server keeps events back for a moment."""
    fanout.read(at=clock.now())
    latest = Event.objects.order_by("transaction", "id").last()
    return latest is None or Cursor.objects.filter(reader=fanout.READER, event=latest.id).exists()


class Wire(Till):
    """A till that speaks HTTP to the site, over a socket."""

    def __init__(self, terminal: Terminal, site: str, *, language: str = "en") -> None:
        super().__init__(terminal, language=language)
        self._site = site

    def get(self, path: str, **parameters: str) -> Told:
        query = f"?{urlencode(parameters)}" if parameters else ""
        return self._ask(Request(f"{self._site}/api/v1/{path}{query}", headers=self._headers()))

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
        sent = {**self._headers(), "Content-Type": content_type, **headers}
        if key is not None:
            sent["Idempotency-Key"] = key or str(uuid.uuid4())
        data = content.encode() if isinstance(content, str) else content
        return self._ask(Request(f"{self._site}/api/v1/{path}", data, sent, method="POST"))

    def _ask(self, request: Request) -> Told:
        try:
            with urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return _told(answer.status, answer.headers, answer.read())
        except HTTPError as refusal:
            with refusal:
                return _told(refusal.code, refusal.headers, refusal.read())


def _told(status: int, headers: Any, content: bytes) -> Told:
    return Told(status, headers, json.loads(content), content)


def receipt(number: str, *goods: tuple[str, str] | tuple[str, str, str], member: str | None = None) -> dict[str, Any]:
    """A receipt of this moment, a line of one piece for each (article, amount) or (article, amount, category)."""
    lines = [
        {"sku": name.upper(), "name": name, "quantity": "1", "amount": amount}
        | ({"category": category[0]} if category else {})
        for name, amount, *category in goods
    ]
    body: dict[str, Any] = {
        "receipt": number,
        "occurred_at": clock.now().isoformat(),
        "currency": "GBP",
        "lines": lines,
        "total": f"{sum(Decimal(line['amount']) for line in lines):.2f}",
    }
    return body | ({"member": {"number": member}} if member else {})


def goods_back(number: str, *lines: int) -> dict[str, Any]:
    """One piece of each of these lines, brought back now."""
    goods = [{"line": line, "quantity": "1"} for line in lines]
    return {"number": number, "occurred_at": clock.now().isoformat(), "lines": goods}


def account_of(member: Member) -> tuple[int, int, int, int]:
    """What the account row says: pending, available, held, debt."""
    account = Account.objects.get(member=member)
    return account.pending, account.available, account.held, account.debt


def books(member: Member) -> Sequence[tuple[str, int, int]]:
    """A member's postings, first to last, as (kind, effect on the total, points moved); and the books are whole."""
    assert verification.faults() == []
    return list(
        Posting.objects.filter(account__member=member).order_by("number").values_list("kind", "points", "moved")
    )
