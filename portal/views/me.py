"""What members tell and allow, and the language they read."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import i18n
from django.views.decorators.http import require_POST, require_safe

from core import clock
from core.errors import LoyaltyError
from members import birthdays, consent, enrolment
from members.models import Consent, Member
from messaging import inbox
from portal import overview
from portal.context_processors import LOOK_COOKIE, LOOKS
from portal.forms import LANGUAGES, BirthdayForm, ConsentForm, NameForm, TimeZoneForm
from portal.joining import SOURCE
from portal.views.guard import YEAR_SECONDS, PortalRequest, member_of, member_page, page


@require_safe
@member_page
def profile(request: PortalRequest, member: Member) -> HttpResponse:
    """The way to everything that is the member's own."""
    climb = overview.climb(member, request.programme, at=clock.now())
    return page(request, "me/index", member=member, climb=climb, unread=inbox.unread(member.pk))


@require_safe
@member_page
def details(request: PortalRequest, member: Member) -> HttpResponse:
    """Who the member is, as they told us."""
    return _details(request, member)


@require_POST
@member_page
def name(request: PortalRequest, member: Member) -> HttpResponse:
    """Set how the member is called."""
    form = NameForm(request.POST, programme=request.programme)
    if not form.is_valid():
        return _details(request, member, name=form)
    return _save(request, member, name=form.cleaned_data["name"])


@require_POST
@member_page
def birthday(request: PortalRequest, member: Member) -> HttpResponse:
    """Set the birthday, once: presents hang on it, so that afterwards only staff change it."""
    if birthdays.of(member):
        raise PermissionDenied
    form = BirthdayForm(request.POST, programme=request.programme)
    if form.is_valid() and form.birthday is None:
        form.add_error("day", _("Please choose both month and day."))
    if form.errors:
        return _details(request, member, birthday=form)
    return _save(request, member, birthday=form.birthday)


@require_POST
@member_page
def time_zone(request: PortalRequest, member: Member) -> HttpResponse:
    """Set in whose time the member reads times and is written to."""
    form = TimeZoneForm(request.POST, programme=request.programme)
    if not form.is_valid():
        return _details(request, member, time_zone=form)
    return _save(request, member, time_zone=form.cleaned_data["time_zone"])


@require_safe
@member_page
def letters(request: PortalRequest, member: Member) -> HttpResponse:
    """What we may write to the member, and what they said about it before."""
    said = consent.current(member)
    allowed = {f"{purpose}_{channel}": yes for (channel, purpose), yes in _allowed(member, said).items()}
    history = Consent.objects.filter(member=member).order_by("-id")[:20]
    return page(request, "me/letters", member=member, form=ConsentForm(initial=allowed), history=history)


@require_POST
@member_page
def consents(request: PortalRequest, member: Member) -> HttpResponse:
    """Note what changed of what the member allows."""
    form = ConsentForm(request.POST)
    form.is_valid()
    now = _allowed(member)
    for (channel, purpose), says_yes in form.said().items():
        if says_yes != now[channel, purpose]:
            say = consent.give if says_yes else consent.withdraw
            try:
                say(member, channel, purpose, source=SOURCE, at=clock.now())
            except consent.BelowAgeOfConsent as refusal:
                messages.warning(request, str(refusal))
    messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("letters"))


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Read on in another language; a member's is remembered with them."""
    chosen = request.POST.get("language", "")
    member = member_of(request)
    if member and chosen in dict(LANGUAGES):
        enrolment.update(member, at=clock.now(), language=chosen)
    response: HttpResponse = i18n.set_language(request)
    return response


@require_POST
def set_look(request: HttpRequest) -> HttpResponse:
    """Read on by day, by night, or as the device has it."""
    chosen, wanted = request.POST.get("look", ""), request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(wanted if is_ours else reverse("home"))
    if chosen in LOOKS:
        response.set_cookie(
            LOOK_COOKIE, chosen, max_age=YEAR_SECONDS, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
            samesite="Lax",
        )  # fmt: skip
    return response


def _details(request: PortalRequest, member: Member, **bound: Form) -> HttpResponse:
    forms: dict[str, Any] = {
        "name": NameForm(initial={"name": member.name}, programme=request.programme),
        "birthday": BirthdayForm(programme=request.programme),
        "time_zone": TimeZoneForm(initial={"time_zone": member.time_zone}, programme=request.programme),
        **bound,
    }
    return page(
        request, "me/details", member=member, forms=forms, birthday=birthdays.of(member), languages=LANGUAGES,
        stay=reverse("details"),
    )  # fmt: skip


def _allowed(member: Member, said: dict[tuple[str, str], Consent] | None = None) -> dict[tuple[str, str], bool]:
    """What the member allows now. Service messages go out until they say no, marketing when they say yes."""
    said = consent.current(member) if said is None else said
    return {
        (channel, purpose): said[channel, purpose].granted
        if (channel, purpose) in said
        else purpose == Consent.Purpose.SERVICE
        for channel in Consent.Channel.values
        for purpose in Consent.Purpose.values
    }


def _save(request: PortalRequest, member: Member, **told: Any) -> HttpResponse:
    try:
        enrolment.update(member, at=clock.now(), **told)
    except LoyaltyError as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return HttpResponseRedirect(reverse("details"))
