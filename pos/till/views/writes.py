"""Doing what a cashier asks once, however often the button is pressed: by the keys that the API's tills send."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from core import db
from core.errors import LoyaltyError
from pos import idempotency
from pos.idempotency import Answer
from pos.till.views.guard import Seat


class _RefusedNow(Exception):
    """A refusal on its way past what would keep it."""

    def __init__(self, refusal: LoyaltyError) -> None:
        self.refusal = refusal
        super().__init__(refusal.code)


def once(seat: Seat, key: str, path: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do WORK once for this key, and answer what it answered then.

    A refusal undoes everything and is not kept: the cashier mends the sale and pays it under the same number.
    Raises what WORK raises, KeyInFlight, Busy.
    """

    def refusable() -> Answer:
        try:
            return Answer(HTTPStatus.CREATED, db.as_json(work()))
        except LoyaltyError as refusal:
            raise _RefusedNow(refusal) from refusal

    asked = idempotency.Request(seat.terminal.pk, key, path, {})
    try:
        answer = idempotency.once(asked, refusable, refuse=_keep_no_refusal)
    except _RefusedNow as refused:
        raise refused.refusal from refused
    found: dict[str, Any] = json.loads(answer.text)
    return found


def _keep_no_refusal(refusal: LoyaltyError) -> Answer:
    raise AssertionError(refusal.code)  # WORK's refusals never get so far, and those of the key itself do not last
