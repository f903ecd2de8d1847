"""Who acts on a staff page."""

from typing import cast

from django.http import HttpRequest

from access.models import User


def acting(request: HttpRequest) -> User:
    """The user who sends REQUEST. Staff pages let nobody in who has not signed in."""
    return cast("User", request.user)
