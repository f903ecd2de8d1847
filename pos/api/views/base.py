"""What all addresses for tills have in common: the key, the quota, the claim, the answer."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import db
from core.errors import LoyaltyError
from members import identity
from members.contacts import InvalidEmail, InvalidPhone, InvalidText
from members.identity import CardReplaced, Found, InvalidNumber, UnknownMember
from pos import idempotency, queries
from pos.api import problems, rates
from pos.api.authentication import TerminalRevoked, Till, Unauthenticated
from pos.api.parsers import StrictJSONParser
from pos.api.reading import Errors
from pos.idempotency import Answer
from pos.queries import Sold

BARE_KEY = re.compile(r"[!#-~]{1,255}")
# A structured field's string (RFC 8941): in quotes, quotes and backslashes escaped.
QUOTED_KEY = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\]){1,510})"')
LONGEST_KEY = 255
NAMED = (InvalidNumber, InvalidPhone, InvalidEmail, InvalidText, UnknownMember, CardReplaced)
ANY_JSON = ("*/*", "application/json", "application/*", problems.CONTENT_TYPE)


class KeyMissing(LoyaltyError):
    """A write came without idempotency key."""

    code = "idempotency_key_missing"
    status = 400
    lasting = False
    sentence = _("The till must send an Idempotency-Key with this request.")


class KeyInvalid(LoyaltyError):
    """The idempotency key is not 1 to 255 visible ASCII characters, bare or in quotes."""

    code = "idempotency_key_invalid"
    status = 400
    lasting = False
    sentence = _("The Idempotency-Key must have 1 to 255 visible ASCII characters.")


class TillView(APIView):
    """An address for tills: authenticates, counts, refuses what it doesn't know, answers compact JSON."""

    parser_classes = [StrictJSONParser]  # noqa: RUF012 - as DRF declares it
    http_method_names = ["get", "head", "post"]  # noqa: RUF012
    # Names of the parameters that a GET takes.
    known_parameters: frozenset[str] = frozenset()
    allowance: rates.Allowance | None = None
    # The terminal that asks.
    till: Till

    @property
    def body(self) -> Any:
        """What the till sent, read from JSON, whatever it is. Raises LengthRequired, and what the parser raises."""
        if "HTTP_TRANSFER_ENCODING" in self.request.META:
            raise problems.LengthRequired
        if not self.request.META.get("CONTENT_LENGTH", "").strip("0"):
            raise problems.InvalidJSON(reason=_("It is empty."))
        return self.request.data

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks. Wrong keys are counted by address: past the limit, TooManyRequests."""
        try:
            self.till = cast("Till", request.user)
        except (Unauthenticated, TerminalRevoked):
            rates.take_wrong_key(address(request))
            raise

    def check_throttles(self, request: Request) -> None:
        """Count this request against the terminal's quota. Raises TooManyRequests."""
        self.allowance = rates.take_request(self.till.terminal_id)

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[BaseRenderer, str]:
        """JSON, unless the caller accepts none."""
        accepts = request.META.get("HTTP_ACCEPT", "*/*")
        if accepts in ANY_JSON:
            return self.get_renderers()[0], "application/json"
        negotiated: tuple[BaseRenderer, str] = super().perform_content_negotiation(request, force)
        return negotiated

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not ask, and parameters that nobody reads."""
        super().initial(request, *args, **kwargs)
        if request.META.get("QUERY_STRING"):
            errors = Errors()
            for name in sorted(request.query_params.keys() - self.known_parameters):
                errors.add(f"?{name}", "unknown_parameter")
            for name, values in request.query_params.lists():
                if len(values) > 1:
                    errors.add(f"?{name}", "twice")
            errors.raise_any()

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Say what is left of the quota, and that no cache may keep the answer."""
        final = super().finalize_response(request, response, *args, **kwargs)
        final.headers["Cache-Control"] = "no-store"
        if self.allowance:
            for name, value in self.allowance.headers().items():
                final.headers[name] = value
        return final

    def handle_exception(self, exc: Exception) -> Response:
        """The problem that EXC is to the till; a used-up quota is told in headers too."""
        if isinstance(exc, rates.TooManyRequests):
            self.allowance = exc.details["allowance"]
        return super().handle_exception(exc)

    def member(self, identifier: Mapping[str, str]) -> Found:
        """The member named in a body's field "member". Raises what identity.find raises, pointing there."""
        with pointing_at_member():
            return identity.find(**identifier, country=self.till.programme.country)

    def purchase(self, uuid: UUID) -> Sold:
        """A purchase of the till's own store. Raises NotFound."""
        if found := queries.purchase(self.till.store_id, uuid):
            return found
        raise problems.NotFound

    def once(self, work: Callable[[], Answer]) -> HttpResponse:
        """Do WORK once for the key that the till sent, and answer what it answers."""
        request = self.request
        body = cast("dict[str, Any]", request.data)  # whatever else it may be was refused before
        place = idempotency.place(request.path, self.kwargs.get("code", ""))
        asked = idempotency.Request(self.till.terminal_id, key_of(request), place, body)
        answer = idempotency.once(asked, work, refuse=lambda refusal: problems.refused(refusal, request))
        is_refusal = answer.status >= HTTPStatus.BAD_REQUEST
        response = HttpResponse(
            answer.text,
            status=answer.status,
            content_type=problems.CONTENT_TYPE if is_refusal else "application/json",
        )
        if answer.is_replay:
            response["Idempotent-Replayed"] = "true"
        return response


@contextmanager
def pointing_at_member() -> Iterator[None]:
    """What is wrong with whom the till named is wrong with the body's field "member"."""
    try:
        yield
    except NAMED as refusal:
        refusal.details["pointer"] = f"/member{refusal.details.get('pointer', '')}"
        raise


def address(request: HttpRequest | Request) -> str:
    """Where a request comes from: behind our own proxy, what the proxy added last."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE_PROXY_SSL_HEADER else ""
    return str(forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", ""))


def key_of(request: HttpRequest | Request) -> str:
    """The idempotency key of a request, without its quotes. Raises KeyMissing, KeyInvalid."""
    given = request.META.get("HTTP_IDEMPOTENCY_KEY", "").strip()
    if not given:
        raise KeyMissing
    if BARE_KEY.fullmatch(given):
        return str(given)
    quoted = QUOTED_KEY.fullmatch(given)
    key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not 1 <= len(key) <= LONGEST_KEY:
        raise KeyInvalid
    return key


def answer(body: Mapping[str, Any], *, status: int = HTTPStatus.OK, is_replay: bool = False) -> Answer:
    """BODY as an answer to a write."""
    return Answer(status, db.as_json(body), is_replay)


def shown(body: Mapping[str, Any]) -> HttpResponse:
    """BODY as an answer to a read."""
    return HttpResponse(db.as_json(body), content_type="application/json")
