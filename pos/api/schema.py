"""The OpenAPI description: what all operations share, and the hooks that drf-spectacular asks for."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.http import HttpResponse
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.serializers import Serializer

from core.errors import InvalidInput, LoyaltyError
from core.programme import NotSetUp
from pos.api import pages, problems, rates, refusals, shapes
from pos.api.authentication import StoreInactive, TerminalRevoked, Unauthenticated
from pos.api.views import base
from pos.idempotency import Busy, KeyInFlight, KeyReused
from tiers.ladder import NoLadder

Refusal = type[LoyaltyError]
View = Callable[..., HttpResponse]
JSON = "application/json"

ALWAYS: tuple[Refusal, ...] = (
    Unauthenticated,
    TerminalRevoked,
    StoreInactive,
    problems.MethodNotAllowed,
    problems.NotAcceptable,
    rates.TooManyRequests,
    problems.InternalError,
    problems.Unavailable,
    NotSetUp,
    NoLadder,
)
READING: tuple[Refusal, ...] = (*ALWAYS, InvalidInput)
ASKING: tuple[Refusal, ...] = (
    *READING,
    problems.InvalidJSON,
    problems.LengthRequired,
    problems.PayloadTooLarge,
    problems.UnsupportedMediaType,
)
WRITING: tuple[Refusal, ...] = (*ASKING, base.KeyMissing, base.KeyInvalid, KeyInFlight, KeyReused, Busy)


def header(name: str, description: str, **options: Any) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.STR, OpenApiParameter.HEADER, description=description, **options)


KEY = header(
    "Idempotency-Key",
    "1 to 255 visible ASCII characters, unique for each thing to be done; a UUID is best. Keep it with the receipt "
    "before sending, and send the same one whenever you send the same request again.",
    required=True,
)
LANGUAGE = header("Accept-Language", "Language of sentences and reasons: `zh` or `en`. Absent: the programme's own.")
TOLD = [
    header("X-Request-ID", "The request's number, also of one that you sent yourself.", response=True),
    header("RateLimit-Policy", 'Your quota, such as `"terminal";q=600;w=60`.', response=True),
    header(
        "RateLimit",
        'What is left of it, and in how many seconds it is whole again: `"terminal";r=599;t=60`.',
        response=True,
    ),
    header("Retry-After", "In how many seconds to try again.", response=[409, 429, 503]),
]
REPLAYED = header("Idempotent-Replayed", "`true` when this is an answer given before.", response=[200, 201])
CURSOR = [
    OpenApiParameter("cursor", str, description="`next_cursor` of the page before."),
    OpenApiParameter(
        "limit",
        {"type": "integer", "minimum": 1, "maximum": pages.MOST, "default": pages.USUAL},
        description="How many on a page.",
    ),
]


def reads(
    name: str,
    summary: str,
    description: str,
    *,
    answer: type[Serializer[None]],
    example: Mapping[str, Any],
    refuses: Iterable[Refusal] = (),
    parameters: Iterable[OpenApiParameter] = (),
    tag: str = "Purchases",
) -> Callable[[View], View]:
    """Describe a GET."""
    responses: dict[Any, Any] = {(200, JSON): _response(answer, {200: example}, 200)}
    return _described(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        parameters=[LANGUAGE, *parameters, *TOLD],
        responses={**responses, **_refusals([*READING, *refuses])},
    )


def asks(
    name: str,
    summary: str,
    description: str,
    *,
    body: type[Serializer[None]],
    bodies: Mapping[str, Mapping[str, Any]],
    answer: type[Serializer[None]],
    example: Mapping[str, Any],
    refuses: Iterable[Refusal] = (),
    tag: str = "Purchases",
) -> Callable[[View], View]:
    """Describe a POST that writes nothing, and so needs no key."""
    responses: dict[Any, Any] = {(200, JSON): _response(answer, {200: example}, 200)}
    return _described(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        parameters=[LANGUAGE, *TOLD],
        request={JSON: body},
        examples=[OpenApiExample(title, value=dict(value), request_only=True) for title, value in bodies.items()],
        responses={**responses, **_refusals([*ASKING, *refuses])},
    )


def writes(
    name: str,
    summary: str,
    description: str,
    *,
    body: type[Serializer[None]],
    bodies: Mapping[str, Mapping[str, Any]],
    answer: type[Serializer[None]],
    answers: Mapping[int, Mapping[str, Any]],
    refuses: Iterable[Refusal] = (),
    tag: str = "Purchases",
) -> Callable[[View], View]:
    """Describe a POST: BODIES by name, ANSWERS by status."""
    responses: dict[Any, Any] = {(status, JSON): _response(answer, answers, status) for status in answers}
    return _described(
        operation_id=name,
        summary=summary,
        description=description,
        tags=[tag],
        parameters=[KEY, LANGUAGE, *TOLD, REPLAYED],
        request={JSON: body},
        examples=[OpenApiExample(title, value=dict(value), request_only=True) for title, value in bodies.items()],
        responses={**responses, **_refusals([*WRITING, *refuses])},
    )


def _described(**options: Any) -> Callable[[View], View]:
    described: Callable[[View], View] = extend_schema(**options)
    return described


def _response(
    answer: type[Serializer[None]], examples: Mapping[int, Mapping[str, Any]], status: int
) -> OpenApiResponse:
    example = OpenApiExample("Example", value=dict(examples[status]), response_only=True, status_codes=[str(status)])
    return OpenApiResponse(answer, description=STATUS_WORDS[status], examples=[example])


# Every refusal that some operation is described with, by code.
KNOWN: dict[str, Refusal] = {}
STATUS_WORDS = {200: "Done, or known already.", 201: "Recorded."}


def _refusals(kinds: Iterable[Refusal]) -> dict[tuple[int, str], OpenApiResponse]:
    """Problems by status, with one example for each code."""
    found: dict[int, list[Refusal]] = {}
    for kind in kinds:
        KNOWN[kind.code] = kind
        found.setdefault(kind.status, []).append(kind)
    return {
        (status, problems.CONTENT_TYPE): OpenApiResponse(
            shapes.Problem,
            description="\n".join(f"- `{kind.code}`: {refusals.meaning(kind)}" for kind in kinds_of_status),
            examples=[
                OpenApiExample(kind.code, value=refusals.example(kind), response_only=True) for kind in kinds_of_status
            ],
        )
        for status, kinds_of_status in sorted(found.items())
    }


class TerminalKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema declares the terminal's key."""

    target_class = "pos.api.authentication.TerminalKeyAuthentication"
    name = "terminal_key"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A terminal's key, shown once when it is made: `prefix.secret`.",
        }


def refuse_unknown_fields(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Declare of every body that unknown fields are refused, and of an identifier that it is exactly one."""
    components = result["components"]["schemas"]
    for name, component in components.items():
        if name.endswith("Request"):
            component["additionalProperties"] = False
    components["IdentifierRequest"] |= {"minProperties": 1, "maxProperties": 1}
    return result
