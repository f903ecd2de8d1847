"""Who may work at the till page: staff with their second factor, at a terminal that they chose."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from access.models import User
from access.views import has_passed_second_factor, second_factor_page
from core.models import Programme
from pos import terminals
from pos.till import drafts
from sales.models import Terminal

USE, TAKE_BACK, GIVE, ENROL, SET_PRICE = (
    "pos.use_till",
    "pos.take_back",
    "pos.assign_purchase",
    "members.add_member",
    "pos.set_price",
)
LONGEST_CASHIER = 40


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody of the staff at a terminal of the till page. Its days are those of its store."""

    user: User
    terminal: Terminal
    programme: Programme

    @property
    def time_zone(self) -> str:
        return self.terminal.store.time_zone or self.programme.time_zone

    @property
    def day_ends_at(self) -> int:
        return self.programme.day_ends_at

    @property
    def where(self) -> str:
        """The words by which members and consents know where they were enrolled."""
        return f"till:{self.terminal.store.code}/{self.terminal.code}"

    @property
    def actor(self) -> str:
        """The words by which the ledger knows who did it."""
        return f"staff:{self.user.pk}"

    @property
    def cashier(self) -> str:
        """The words that stand on the receipt."""
        return self.user.get_username()[:LONGEST_CASHIER]

    @property
    def may_take_back(self) -> bool:
        return self.user.has_perm(TAKE_BACK)

    @property
    def may_give(self) -> bool:
        return self.user.has_perm(GIVE)

    @property
    def may_enrol(self) -> bool:
        return self.user.has_perm(ENROL)

    @property
    def may_set_price(self) -> bool:
        return self.user.has_perm(SET_PRICE)


Page = Callable[..., HttpResponse]


def staff_only(view: Page) -> Page:
    """A page for staff who may use the till: others sign in, show their factor, or are refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = request.user
        if not isinstance(user, User):
            wanted = request.get_full_path() if request.method == "GET" else reverse("till:start")
            return redirect_to_login(wanted, reverse("admin:login"))
        if not user.is_staff:
            return refused(request)
        if settings.STAFF_MFA_REQUIRED and not has_passed_second_factor(request):
            return second_factor_page(request)
        if not user.has_perm(USE):
            return refused(request)
        return view(request, *args, **kwargs)

    return never_cache(guarded)


def till_page(needs: str = USE) -> Callable[[Page], Page]:
    """A page at a terminal, for staff who may do what it NEEDS: the view gets request and seat, in the seat's time."""

    def decorate(view: Page) -> Page:
        @wraps(view)
        def seated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            chosen = drafts.terminal(request.session)
            terminal = terminals.page(chosen) if chosen is not None else None
            if terminal is None:
                if chosen is not None:
                    messages.warning(request, _("Your terminal was switched off. Choose another: open sales stay."))
                return HttpResponseRedirect(reverse("till:terminal"))
            seat = Seat(cast("User", request.user), terminal, cast("Any", request).programme)
            if not seat.user.has_perm(needs):
                return refused(request)
            with timezone.override(ZoneInfo(seat.time_zone)):
                return view(request, seat, *args, **kwargs)

        return staff_only(seated)

    return decorate


def refused(request: HttpRequest) -> HttpResponse:
    """What whoever may not do this reads."""
    return render(request, "till/refused.html", status=403)


def page(request: HttpRequest, seat: Seat, name: str, **context: Any) -> HttpResponse:
    """The page templates/till/NAME.html, which knows the seat."""
    return render(request, f"till/{name}.html", {"seat": seat, **context})
