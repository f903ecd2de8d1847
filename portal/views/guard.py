"""Who may see a page of their own, and in whose time it is written."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from core.models import Programme
from members.models import Member


class PortalRequest(HttpRequest):
    """A request that passed ProgrammeMiddleware."""

    programme: Programme


MOST_ROWS = 2**62
YEAR_SECONDS = 365 * 24 * 3600
MemberView = Callable[..., HttpResponse]


def member_of(request: HttpRequest) -> Member | None:
    """The member who is signed in, unless the membership has ended. Nobody else's data is ever asked for."""
    user = request.user
    if not user.is_authenticated:
        return None
    # MemberBackend brought the member along; another backend's user is looked up.
    member = user.member if hasattr(user, "member") else Member.objects.filter(user=user).first()
    return None if member is None or member.status == Member.Status.CLOSED else member


def member_page(view: MemberView) -> MemberView:
    """A page that belongs to whoever is signed in: VIEW gets the request and that member."""

    @wraps(view)
    def guarded(request: PortalRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        member = member_of(request)
        if member is None:
            if request.user.is_authenticated:
                return HttpResponseRedirect(reverse("home"))
            wanted = request.get_full_path() if request.method == "GET" else reverse("home")
            return redirect_to_login(wanted, reverse("account_login"))
        with timezone.override(zone(member, request.programme)):
            return view(request, member, *args, **kwargs)

    return never_cache(guarded)


def zone(member: Member, programme: Programme) -> ZoneInfo:
    """The time zone in which the member reads times."""
    return ZoneInfo(member.time_zone or programme.time_zone)


def page(request: HttpRequest, name: str, **context: Any) -> HttpResponse:
    """The page templates/portal/NAME.html."""
    return render(request, f"portal/{name}.html", context)


def cursor(request: HttpRequest) -> int | None:
    """Before which row a page of a list begins; None for the first page, and for what makes no sense."""
    asked = request.GET.get("before", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= len(str(MOST_ROWS)) else None


def kept(response: HttpResponse) -> HttpResponse:
    """A response whose address changes with its contents, so that it may be kept for ever."""
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response
