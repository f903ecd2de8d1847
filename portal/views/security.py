"""How the member gets in: where they are signed in, and their passkeys. Each of their own, never another's."""

from typing import Any, NamedTuple

from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import sessions
from access.models import User
from members.models import Member
from portal import devices, passkeys
from portal.forms import PasskeyForm, PasskeySignInForm
from portal.views.guard import PortalRequest, member_page, page
from rewards import proofs

MOST_PASSKEYS = 20


class Place(NamedTuple):
    """A browser in which the member is signed in."""

    id: int
    name: str
    icon: str
    since: Any
    is_here: bool


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
def add_passkey(request: PortalRequest, member: Member) -> HttpResponse:
    """Make a passkey on this device: the page asks the browser, the browser answers with the form."""
    user = _user(request)
    if len(passkeys.of(user)) >= MOST_PASSKEYS:
        messages.warning(request, _("You have as many passkeys as there can be. Please remove one first."))
        return HttpResponseRedirect(reverse("security"))
    form = PasskeyForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        name = devices.named(request.headers.get("User-Agent", ""))
        passkeys.add(user, name=name, credential=form.cleaned_data["credential"])
        messages.success(request, _("The passkey is ready: next time, it lets you in without a code."))
        return HttpResponseRedirect(reverse("security"))
    return page(request, "me/passkey", member=member, form=form, options=passkeys.options(user))


@require_POST
@member_page
def remove_passkey(request: PortalRequest, member: Member, passkey_id: int) -> HttpResponse:
    """Forget one of the member's passkeys."""
    if not passkeys.remove(_user(request), passkey_id):
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
