"""Who acts on a staff page, and who acted."""

from typing import cast

from django.http import HttpRequest

from access import queries
from access.models import User
from core import naming


def acting(request: HttpRequest) -> User:
    """The user who sends REQUEST. Staff pages let nobody in who has not signed in."""
    return cast("User", request.user)


def by_whom(source: str) -> str:
    """By whom or where something came about, in words: "staff:3" is the user's name. One query a page."""
    return naming.source(source, queries.staff_names())
