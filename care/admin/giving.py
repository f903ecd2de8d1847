"""Giving a tier by hand: until when, with a reason, after a look at what the member would hold, audited."""

from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from access.admin.acting import acting
from care.admin.forms import GiveTierForm
from core import clock, once, words
from core.admin import acts
from core.admin.base import StaffAdmin
from members import identity
from members.models import Member
from tiers import qualification
from tiers.models import Tier, TierChange
from tiers.qualification import Held


def page(desk: StaffAdmin, request: HttpRequest, member: Member, *, back: str) -> HttpResponse:
    """The page on which a tier is given."""
    form = GiveTierForm(request.POST or None)
    now = qualification.progress(member.pk, clock.now())
    act = acts.Act(
        title=_("Give %(member)s a tier") % {"member": member},
        explanation=_(
            "The member holds it from today, at least until the day you choose, whatever they buy. "
            "A higher tier that they earn is theirs all the same."
        ),
        about=[
            acts.Line(_("member number"), member.number),
            acts.Line(_("holds"), now.tier.name),
            acts.Line(_("valid until"), _written(now.held.valid_until)),
        ],
        button=_("Give the tier"),
        form=form,
        preview=lambda given: _preview(request, member, now.held, given),
        do=lambda given: _give(desk, request, member, given),
        back=back,
    )
    return acts.page(desk.admin_site, request, act)


def _preview(request: HttpRequest, member: Member, before: Held, given: dict[str, Any]) -> list[acts.Line]:
    """What the member would hold: it is done, looked at, and undone. Raises what giving it raises."""
    with transaction.atomic():
        after = _grant(request, member, given)
        transaction.set_rollback(True)
    names = {tier.pk: tier.name for tier in Tier.objects.all()}
    return [
        acts.Line(_("holds"), names[after.tier_id], names[before.tier_id]),
        acts.Line(_("valid until"), _written(after.valid_until), _written(before.valid_until)),
    ]


def _give(desk: StaffAdmin, request: HttpRequest, member: Member, given: dict[str, Any]) -> acts.Text:
    held = _grant(request, member, given)
    until = given["until"]
    desk.recorder.record(
        request,
        "tier.given",
        member,
        reason=given["reason"],
        changes={"tier": given["tier"].code, "until": until.isoformat() if until else None},
    )
    return _("Done: the member holds %(tier)s, until %(until)s at least.") % {
        "tier": Tier.objects.get(pk=held.tier_id).name,
        "until": _written(held.valid_until),
    }


def _grant(request: HttpRequest, member: Member, given: dict[str, Any]) -> Held:
    if member.status == Member.Status.CLOSED:
        raise identity.MemberClosed
    at = clock.now()
    return qualification.grant(
        member.pk,
        given["tier"],
        on=clock.business_date(at, once.programme()),
        until=given["until"],
        cause=TierChange.Cause.STAFF,
        reference=f"staff:{acting(request).pk}",
        at=at,
    )


def _written(day: date | None) -> str:
    return formats.date_format(day, "DATE_FORMAT") if day else words.NOTHING
