"""What a till is told when the answer is no: RFC 9457, one stable code for each reason, a sentence for the cashier."""

import json
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from core.errors import InvalidInput, LoyaltyError
from core.programme import NotSetUp
from pos.api.authentication import Unauthenticated
from pos.idempotency import Answer, Busy, KeyInFlight
from tiers.ladder import NoLadder

logger = structlog.get_logger()

CONTENT_TYPE = "application/problem+json"
# Where the codes are explained: the same on every install, so a relative reference (RFC 9457, section 3.1.1).
TYPE = "/api/problems/#"
MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field, named by its JSON pointer ("" is the whole body), or with a ?parameter."""

    pointer: str
    code: str
    sentence: str | Promise
    details: Mapping[str, Any]

    def shown(self) -> dict[str, str]:
        detail = str(self.sentence)
        return {**_where(self.pointer), "code": self.code, "detail": detail % self.details if self.details else detail}


class InvalidBody(InvalidInput):
    """Fields of the body, or parameters of the address, are not valid: each is named."""

    sentence = _("What the till sent is not valid. %(where)s: %(reason)s")

    def __init__(self, errors: Iterable[FieldError]) -> None:
        self.errors = list(errors)[:MOST_ERRORS]
        super().__init__()

    def __str__(self) -> str:
        first = self.errors[0]
        return str(self.sentence) % {"where": first.pointer or "/", "reason": first.shown()["detail"]}


class InvalidJSON(LoyaltyError):
    """The body is not JSON as RFC 8259 has it, in UTF-8, with each name once."""

    code = "invalid_json"
    status = 400
    lasting = False
    sentence = _("What the till sent can't be read: %(reason)s")


class NotFound(LoyaltyError):
    """Nothing is there, or it belongs to another store."""

    code = "not_found"
    status = 404
    lasting = False
    sentence = _("Nothing was found here.")


class MethodNotAllowed(LoyaltyError):
    """The address doesn't take this method."""

    code = "method_not_allowed"
    status = 405
    lasting = False
    sentence = _("The method %(method)s is not allowed here.")


class NotAcceptable(LoyaltyError):
    """The caller accepts no JSON."""

    code = "not_acceptable"
    status = 406
    lasting = False
    sentence = _("Answers are given as application/json only.")


class LengthRequired(LoyaltyError):
    """The body came without saying how long it is (Content-Length)."""

    code = "length_required"
    status = 411
    lasting = False
    sentence = _("The till must say how long its request is: Content-Length.")


class PayloadTooLarge(LoyaltyError):
    """The body is larger than one request may be."""

    code = "payload_too_large"
    status = 413
    lasting = False
    sentence = _("The request is too large: at most %(limit)s bytes.")


class UnsupportedMediaType(LoyaltyError):
    """The body is not application/json in UTF-8."""

    code = "unsupported_media_type"
    status = 415
    lasting = False
    sentence = _("Send application/json in UTF-8, not compressed.")


class Unavailable(LoyaltyError):
    """The database does not answer. Whether something was done is not known: a retry with the same key will tell."""

    code = "unavailable"
    status = 503
    lasting = False
    sentence = _("The system can't be reached at the moment. Try again.")


class InternalError(LoyaltyError):
    """A fault of the programme. It was written down under the request's id."""

    code = "internal_error"
    status = 500
    lasting = False
    sentence = _("Something went wrong on our side. Try again, and tell support the request number.")


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """The answer to anything raised while a till was served (DRF's exception handler)."""
    request: HttpRequest = context["request"]
    return response(_refusal(error, request), request)


def response(refusal: LoyaltyError, request: HttpRequest) -> HttpResponse:
    """A refusal as a response to REQUEST, in words of the active language."""
    answer = refused(refusal, request)
    found = HttpResponse(answer.text, status=answer.status, content_type=CONTENT_TYPE)
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        found["WWW-Authenticate"] = 'Bearer realm="till"'
    if wait := RETRY_AFTER.get(refusal.code) or refusal.details.get("seconds"):
        found["Retry-After"] = str(wait)
    return found


def refused(refusal: LoyaltyError, request: HttpRequest) -> Answer:
    """A refusal as a problem, in words of the active language."""
    problem: dict[str, Any] = {
        "type": TYPE + refusal.code,
        "title": title(refusal.code),
        "status": refusal.status,
        "detail": str(refusal),
        "instance": request.path,
        "code": refusal.code,
        "request_id": request.META.get("request_id", ""),
    }
    if errors := _errors(refusal):
        problem["errors"] = errors
    # What a till sent comes back here (names of unknown fields, the path): ASCII carries what UTF-8 can't.
    return Answer(refusal.status, json.dumps(problem, separators=(",", ":")))


def title(code: str) -> str:
    """The problem's short name: the same for every occurrence and language."""
    return code.replace("_", " ").capitalize()


def _errors(refusal: LoyaltyError) -> list[dict[str, str]]:
    if isinstance(refusal, InvalidBody):
        return [error.shown() for error in refusal.errors]
    sentence = str(refusal)
    return [{**_where(pointer), "code": refusal.code, "detail": sentence} for pointer in refusal.pointers]


def _where(pointer: str) -> dict[str, str]:
    """A field of the body, or a ?parameter of the address."""
    return {"parameter": pointer[1:]} if pointer.startswith("?") else {"pointer": pointer}


def _refusal(error: Exception, request: HttpRequest) -> LoyaltyError:
    """What ERROR means to the caller. What nobody foresaw is logged whole, and told as a fault of ours."""
    if isinstance(error, LoyaltyError):
        return error
    for kinds, refusal in MEANINGS.items():
        if isinstance(error, kinds):
            return refusal()
    if isinstance(error, exceptions.MethodNotAllowed):
        return MethodNotAllowed(method=request.method)
    if isinstance(error, OperationalError | InterfaceError):
        _log("database_unavailable", error)
        return Unavailable()
    _log("unexpected_error", error)
    return InternalError()


def _log(event: str, error: Exception) -> None:
    """Write an error down. The database's own words are left out: they quote the row, and so the person."""
    if isinstance(error, DatabaseError | InterfaceError):
        where = "".join(traceback.format_tb(error.__traceback__))
        sqlstate = getattr(error.__cause__, "pgcode", None)
        logger.error(event, error=type(error).__name__, sqlstate=sqlstate, traceback=where)
    else:
        logger.error(event, exc_info=error)


MEANINGS: dict[tuple[type[Exception], ...], type[LoyaltyError]] = {
    (exceptions.NotAuthenticated, exceptions.AuthenticationFailed): Unauthenticated,
    (exceptions.NotFound, Http404): NotFound,
    (exceptions.NotAcceptable,): NotAcceptable,
    (exceptions.UnsupportedMediaType,): UnsupportedMediaType,
}
RETRY_AFTER = {KeyInFlight.code: 1, Busy.code: 1, Unavailable.code: 2, NotSetUp.code: 60, NoLadder.code: 60}
