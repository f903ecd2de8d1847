"""What a page needs for many of its rows is read once a request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from core import programme as programmes
from core.models import Programme

Found = TypeVar("Found")

_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def request() -> Iterator[None]:
    """For the length of a request, keep what was read."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def read(name: str, make: Callable[[], Found]) -> Found:
    """What MAKE answers; made once a request."""
    kept = _kept.get()
    if kept is None:
        return make()
    if name not in kept:
        kept[name] = make()
    found: Found = kept[name]
    return found


def programme_or_none() -> Programme | None:
    """The programme, None before it was set up."""
    return read("programme", programmes.current_or_none)


def programme() -> Programme:
    """The programme. Raises NotSetUp."""
    found = programme_or_none()
    if found is None:
        raise programmes.NotSetUp
    return found
