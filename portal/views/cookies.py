"""What a browser keeps of invitations: the one that was followed, and which members were signed in here.

Both are signed, so that nobody writes them, and hold no more than a code and numbers of rows.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

INVITATION = "invitation"
MEMBERS_HERE = "members_here"
DAY_SECONDS = 24 * 3600
INVITATION_SECONDS = 30 * DAY_SECONDS
MEMBERS_SECONDS = 365 * DAY_SECONDS
# More members sign in on one device only where it is the shop's.
MOST_MEMBERS = 10


def keep_invitation(response: HttpResponse, code: str) -> None:
    """Remember for thirty days by whose code somebody came."""
    _set(response, INVITATION, code, INVITATION_SECONDS)


def invited_by(request: HttpRequest) -> str:
    """The code by which somebody came within thirty days; "" without, and where it was tampered with."""
    return _get(request, INVITATION, INVITATION_SECONDS)


def forget_invitation(request: HttpRequest, response: HttpResponse) -> None:
    """Whoever has joined or signed in needs it no more."""
    if INVITATION in request.COOKIES:
        response.delete_cookie(INVITATION, path=settings.SESSION_COOKIE_PATH, samesite="Lax")


def remember_member(request: HttpRequest, response: HttpResponse, member_id: int) -> None:
    """Remember for a year that this member was signed in here: nobody invites themselves on their own device."""
    here = [member_id, *(each for each in members_here(request) if each != member_id)]
    _set(response, MEMBERS_HERE, ".".join(map(str, here[:MOST_MEMBERS])), MEMBERS_SECONDS)


def members_here(request: HttpRequest) -> list[int]:
    """The members who were signed in in this browser, the latest first."""
    return [int(each) for each in _get(request, MEMBERS_HERE, MEMBERS_SECONDS).split(".") if each]


def _set(response: HttpResponse, name: str, value: str, seconds: int) -> None:
    response.set_signed_cookie(
        name, value, salt=name, max_age=seconds, path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip


def _get(request: HttpRequest, name: str, seconds: int) -> str:
    return str(request.get_signed_cookie(name, default="", salt=name, max_age=seconds))
