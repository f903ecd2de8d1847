"""Reading JSON strictly: UTF-8, each name once, no NaN, no numbers of a thousand digits, at most 1 MB."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.utils.mediatypes import _MediaType

from pos.api.problems import InvalidJSON, PayloadTooLarge, UnsupportedMediaType

MOST_BYTES = 1_048_576
MOST_DIGITS = 30


class _Unreadable(ValueError):
    """Why JSON can't be read."""

    def __init__(self, reason: str | Promise) -> None:
        self.reason = reason
        super().__init__(reason)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _Unreadable(_("A name stands twice in one object."))
    return found


def _integer(digits: str) -> int:
    if len(digits) > MOST_DIGITS:
        raise _Unreadable(_("A number is too long."))
    return int(digits)


def _constant(name: str) -> Any:
    raise _Unreadable(_("NaN and Infinity are not numbers in JSON."))


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_int=_integer, parse_constant=_constant)


def decoded(body: bytes) -> Any:
    """What BODY says in JSON. Raises InvalidJSON."""
    try:
        return _decoder.decode(body.decode())
    except UnicodeDecodeError as error:
        raise InvalidJSON(reason=_("It is not UTF-8.")) from error
    except _Unreadable as error:
        raise InvalidJSON(reason=error.reason) from error
    except json.JSONDecodeError as error:
        raise InvalidJSON(reason=f"{error.msg} ({error.lineno}:{error.colno})") from error
    except RecursionError as error:
        raise InvalidJSON(reason=_("It is nested too deeply.")) from error


class StrictJSONParser(BaseParser):
    """The body of a request as JSON. Refuses what is too large before reading it."""

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The body's value. Raises UnsupportedMediaType, PayloadTooLarge, InvalidJSON."""
        request: Request = (parser_context or {})["request"]
        charset = _MediaType(media_type or "").params.get("charset", "utf-8")
        if charset.strip('"').lower() not in {"utf-8", "utf8"} or "HTTP_CONTENT_ENCODING" in request.META:
            raise UnsupportedMediaType
        if int(request.META["CONTENT_LENGTH"]) > MOST_BYTES:
            raise PayloadTooLarge(limit=MOST_BYTES)
        return decoded(stream.read(MOST_BYTES + 1))
