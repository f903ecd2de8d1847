"""Refusals in words: for the schema, and for the page that explains them."""

import re
from inspect import getdoc
from typing import Any

from django.utils import translation

from core.errors import InvalidInput, LoyaltyError
from pos.api import problems
from pos.api.reading import SENTENCES

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


def sentence(refusal: type[LoyaltyError]) -> str:
    """The sentence for the cashier in the active language, with … where it names something."""
    return PLACEHOLDER.sub("…", str(refusal.sentence))


def meaning(refusal: type[LoyaltyError]) -> str:
    """What the refusal means to a programmer, in one paragraph."""
    return " ".join((getdoc(refusal) or "").split())


def example(refusal: type[LoyaltyError]) -> dict[str, Any]:
    """A problem as a till would be told it."""
    code = refusal.code
    with translation.override("en"):
        problem = {
            "type": problems.TYPE + code,
            "title": problems.title(code),
            "status": refusal.status,
            "detail": sentence(refusal),
            "instance": "/api/v1/purchases",
            "code": code,
            "request_id": "5f1c2b9c0d7e4a6f8b3a9d2e1c0f4b7a",
        }
        if issubclass(refusal, InvalidInput):
            wrong = {"pointer": "/lines/0/amount", "code": "negative", "detail": str(SENTENCES["negative"])}
            problem["errors"] = [wrong]
    return problem
