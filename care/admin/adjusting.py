"""Giving and taking points by hand: with a reason in words, after a look at what it does, audited."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import formats, timezone, translation
from django.utils.translation import gettext_lazy as _

from access.admin.acting import acting
from care.admin.forms import REASONS, AdjustForm
from core import clock, once, words
from core.admin import acts
from core.admin.base import StaffAdmin
from members import identity
from members.models import Member
from points import ledger, queries, terms
from points.models import PointType
from points.queries import Balance


def page(desk: StaffAdmin, request: HttpRequest, member: Member, *, back: str) -> HttpResponse:
    """The page on which points are given or taken."""
    main = PointType.objects.filter(is_default=True).first()
    form = AdjustForm(request.POST or None, initial={"direction": "give", "point_type": main})
    act = acts.Act(
        title=_("Adjust the points of %(member)s") % {"member": member},
        about=[acts.Line(_("member number"), member.number), acts.Line(_("available"), _now(member, main))],
        button=_("Adjust the points"),
        form=form,
        preview=lambda given: _preview(member, form, clock.now()),
        do=lambda given: _adjust(desk, request, member, form),
        back=back,
    )
    return acts.page(desk.admin_site, request, act)


def _now(member: Member, point_type: PointType | None) -> str:
    found = queries.balances(member.pk, clock.now())
    return words.points(found[point_type.pk].available) if point_type and point_type.pk in found else words.NOTHING


def _preview(member: Member, form: AdjustForm, at: datetime) -> list[acts.Line]:
    """The balance before and after, and until when given points last. Raises MemberClosed, InsufficientPoints."""
    if member.status == Member.Status.CLOSED:
        raise identity.MemberClosed
    point_type = form.cleaned_data["point_type"]
    before = queries.balances(member.pk, at).get(point_type.pk, Balance())
    points = form.signed
    if points < 0 and before.available < -points:
        raise ledger.InsufficientPoints(available=before.available, wanted=-points, pointer="/points")
    repaid = min(before.debt, points) if points > 0 else 0
    lines = [acts.Line(_("available"), f"{before.available + points - repaid:,}", f"{before.available:,}")]
    if before.debt:
        lines.append(acts.Line(_("owed"), f"{before.debt - repaid:,}", f"{before.debt:,}"))
    if points > 0:
        ends = terms.expires_at(point_type, at, at, once.programme())
        text = formats.date_format(timezone.localtime(ends), "DATE_FORMAT") if ends else str(_("never"))
        lines.append(acts.Line(_("they expire"), text))
    lines.append(acts.Line(_("the member reads"), _told(form.cleaned_data)))
    return lines


def _told(given: dict[str, Any]) -> str:
    reason = str(REASONS[given["reason"]])
    return f"{reason} – {given['note_for_member']}" if given["note_for_member"] else reason


def _adjust(desk: StaffAdmin, request: HttpRequest, member: Member, form: AdjustForm) -> acts.Text:
    given, user = form.cleaned_data, acting(request)
    booking = ledger.adjust(
        member.pk,
        given["point_type"],
        form.signed,
        reference=f"adjustment:{given['reference']}",
        words=_in_both(given["reason"]),
        at=clock.now(),
        actor=f"staff:{user.pk}",
        note_for_member=given["note_for_member"],
        internal_note=given["internal_note"],
    )
    if not booking.is_repeat:
        desk.recorder.record(
            request,
            "points.adjusted",
            member,
            reason=given["reason"],
            changes={"points": form.signed, "point_type": given["point_type"].code, "posting": booking.posting_id},
        )
    return _("Done: the member has %(points)s points now.") % {"points": f"{booking.available:,}"}


def _in_both(reason: str) -> dict[str, str]:
    told = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            told[code] = str(REASONS[reason])
    return told
