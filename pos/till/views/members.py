"""Whose sale it is: finding a member, enrolling one."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from campaigns import referrals
from core import clock
from core.errors import LoyaltyError
from members import consent, enrolment, identity, wordings
from members.enrolment import Enrolled
from members.models import Consent, Wording
from pos.till import drafts, requests, scanning
from pos.till.drafts import Draft
from pos.till.forms import EnrolForm, MemberForm
from pos.till.views.guard import ENROL, Seat, page, till_page
from pos.till.views.sale import Shown, act, back_to, paid, show, to_sale


@act
def member(request: HttpRequest, seat: Seat, draft: Draft) -> HttpResponse:
    """Put a member on the sale, or take them off it. One whose membership rests is told so, and the sale goes on."""
    if request.POST.get("do") == "remove":
        draft.member = ""
        drafts.keep(request.session, draft)
        return back_to(draft, request)
    form = MemberForm(request.POST)
    unknown = ""
    if form.is_valid():
        who = form.cleaned_data["who"]
        try:
            found = scanning.member(who, seat.programme)
            identity.require_active(found)
        except LoyaltyError as refusal:
            form.add_error("who", str(refusal))
            unknown = who if isinstance(refusal, identity.UnknownMember) else ""
        else:
            draft.member = found.number
            drafts.keep(request.session, draft)
            return back_to(draft, request)
    return show(request, seat, draft, Shown(member_form=form, unknown=unknown))


@till_page(ENROL)
def enrol(request: HttpRequest, seat: Seat, token: str) -> HttpResponse:
    """Enrol somebody and put them on the sale. Whoever is known already is found."""
    draft = drafts.load(request.session, token)
    if not draft.items and (receipt := paid(seat, token)):
        return HttpResponseRedirect(receipt)
    if request.method == "POST" and "begin" not in request.POST:
        form = EnrolForm(request.POST)
        if form.is_valid():
            try:
                with transaction.atomic():
                    enrolled = _enrol(seat, form)
                    identity.require_active(enrolled.member)
            except LoyaltyError as refusal:
                name = str(refusal.details.get("pointer", "")).strip("/")
                form.add_error(name if name in form.fields else None, str(refusal))
            else:
                draft.member = enrolled.member.number
                drafts.keep(request.session, draft)
                messages.success(request, _welcome(enrolled))
                if form.cleaned_data["referral_code"] and not enrolled.is_new:
                    messages.info(request, _("The invitation does not count: those are for who is new."))
                return to_sale(token)
    else:
        form = EnrolForm(initial=_known(request, seat))
    body = {"phone": form["phone"].value() or "…", "name": form["name"].value() or "…", "accepts_terms": True}
    call = requests.enrol(request.build_absolute_uri("/api/v1"), body, f"enrol-{token}")
    texts = {kind: wordings.current(kind) for kind in (Wording.Kind.TERMS, Wording.Kind.PRIVACY)}
    takes_invitations = referrals.scheme(seat.programme).is_active
    return page(
        request, seat, "enrol", form=form, draft=draft, calls=[call], texts=texts, takes_invitations=takes_invitations
    )


def _enrol(seat: Seat, form: EnrolForm) -> Enrolled:
    at, given = clock.now(), form.cleaned_data
    by = referrals.invitation(given["referral_code"], seat.programme) if given["referral_code"] else None
    enrolled = enrolment.enrol(via=seat.where, at=at, **form.profile())
    if by and enrolled.is_new:
        referrals.join(enrolled.member, by, seat.programme, via=seat.where, at=at)
    wordings.accept(enrolled.member, source=seat.where, at=at)
    channels = ((Consent.Channel.SMS, given["phone"]), (Consent.Channel.EMAIL, given["email"]))
    for channel, address in channels:
        if given["marketing"] and address:
            consent.give(enrolled.member, channel, Consent.Purpose.MARKETING, source=seat.where, at=at)
    return enrolled


def _welcome(enrolled: Enrolled) -> str:
    name = enrolled.member.name or enrolled.member.number
    if enrolled.is_new:
        return _("%(name)s is a member now.") % {"name": name}
    return _("%(name)s was a member already.") % {"name": name}


def _known(request: HttpRequest, seat: Seat) -> dict[str, str]:
    """What the cashier has typed before: a phone or an e-mail that nobody was known by."""
    typed = request.POST.get("who", "").strip()[: scanning.LONGEST]
    return {"email" if "@" in typed else "phone": typed, "language": seat.programme.language}
