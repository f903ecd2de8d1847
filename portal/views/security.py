"""How the member gets in: where they are signed in, and their passkeys. Each of their own, never another's."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, NamedTuple

from allauth.account.authentication import get_authentication_records
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import sessions
from access.models import User
from core import clock
from members.models import Member
from portal import devices, passkeys
from portal.forms import PasskeyForm, PasskeySignInForm
from portal.views.guard import PortalRequest, member_page, page
from rewards import proofs

MOST_PASSKEYS = 20
# So long after signing in it is still them who sit there, and not whoever found their phone.
FRESH_FOR = timedelta(minutes=10)


class Place(NamedTuple):
    """A browser in which the member is signed in."""

    id: int
    name: str
    icon: str
    since: Any
    is_here: bool


def fresh_sign_in(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What changes how the member gets in: only shortly after they have signed in, else they are asked to again."""

    @wraps(view)
    def guarded(request: PortalRequest, member: Member, *args: Any, **kwargs: Any) -> HttpResponse:
        since = clock.now().timestamp() - FRESH_FOR.total_seconds()
        if any(record["at"] >= since for record in get_authentication_records(request, request.user)):
            return view(request, member, *args, **kwargs)
        wanted = request.path if request.method == "GET" else reverse("security")
        return page(request, "me/again", member=member, wanted=wanted)

    return guarded


@require_POST
@member_page
def sign_in_again(request: PortalRequest, member: Member) -> HttpResponse:
    """Sign the member out here, and back in by a code, on the way to what they wanted."""
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    logout(request)
    return redirect_to_login(wanted if is_ours else reverse("security"), reverse("account_login"))


@require_safe
@member_page
def security(request: PortalRequest, member: Member) -> HttpResponse:
    """Where the member is signed in, and how they can get in."""
    user = _user(request)
    here = request.session.session_key
    places = [
        Place(
            session.pk,
            devices.named(session.user_agent),
            "phone" if devices.is_hand_held(session.user_agent) else "screen",
            session.created_at,
            session.session_key == here,
        )
        for session in sessions.of(user)
    ]
    return page(
        request,
        "me/security",
        member=member,
        places=sorted(places, key=lambda place: not place.is_here),
        others=sum(not place.is_here for place in places),
        has_pin=proofs.has_pin(member.pk),
        passkeys=[(key, key.wrap().name) for key in passkeys.of(user)],
    )


@require_POST
@member_page
def end_session(request: PortalRequest, member: Member, session_id: int) -> HttpResponse:
    """Sign the member out in one other browser."""
    if not sessions.end(_user(request), session_id):
        raise Http404
    messages.success(request, _("Signed out there."))
    return HttpResponseRedirect(reverse("security"))


@require_POST
@member_page
def end_other_sessions(request: PortalRequest, member: Member) -> HttpResponse:
    """Sign the member out everywhere but here."""
    sessions.end_all(_user(request), but=request.session.session_key)
    messages.success(request, _("You are signed out everywhere else."))
    return HttpResponseRedirect(reverse("security"))


@require_http_methods(["GET", "HEAD", "POST"])
@member_page
@fresh_sign_in
def add_passkey(request: PortalRequest, member: Member) -> HttpResponse:
    """Make a passkey on this device: the page asks the browser, the browser answers with the form."""
    user = _user(request)
    if len(passkeys.of(user)) >= MOST_PASSKEYS:
        messages.warning(request, _("You have as many passkeys as there can be. Please remove one first."))
        return HttpResponseRedirect(reverse("security"))
    form = PasskeyForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        name = devices.named(request.headers.get("User-Agent", ""))
        passkeys.add(member, name=name, credential=form.cleaned_data["credential"], at=clock.now())
        messages.success(request, _("The passkey is ready: next time, it lets you in without a code."))
        return HttpResponseRedirect(reverse("security"))
    return page(request, "me/passkey", member=member, form=form, options=passkeys.options(user))


@require_POST
@member_page
@fresh_sign_in
def remove_passkey(request: PortalRequest, member: Member, passkey_id: int) -> HttpResponse:
    """Forget one of the member's passkeys."""
    if not passkeys.remove(member, passkey_id, at=clock.now()):
        raise Http404
    messages.success(request, _("The passkey was removed."))
    return HttpResponseRedirect(reverse("security"))


class PasskeySignIn(LoginWebAuthnView):  # type: ignore[misc]
    """Sign in by a passkey. What the browser needs for it is asked for as JSON."""

    form_class = PasskeySignInForm

    def get_form_class(self) -> type[PasskeySignInForm]:
        return self.form_class


def _user(request: PortalRequest) -> User:
    if not isinstance(request.user, User):
        raise Http404
    return request.user
