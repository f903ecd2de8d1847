"""The member's points, movement by movement: on the page, and as a table to take along."""

import csv
import io
from collections.abc import Iterator

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from core import clock
from core.models import Programme
from members.models import Member
from portal import movements
from portal.forms import ActivityFilter
from portal.movements import Filter, Movement
from portal.views.guard import PortalRequest, cursor, member_page, page

PAGE_OF_MOVEMENTS = 20
PAGE_OF_ROWS = 500
# What a spreadsheet would take for a formula is told that it is text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
# Without it, Excel takes Chinese for something else.
BYTE_ORDER_MARK = "\ufeff"


@require_safe
@member_page
def activity(request: PortalRequest, member: Member) -> HttpResponse:
    """Every movement of the member's points with its reasons, the latest first, twenty at a time."""
    before, form = cursor(request), _filter(request, member)
    limit = PAGE_OF_MOVEMENTS + 1
    found = movements.of(
        member.pk, request.programme, before_number=before, limit=limit, only=form.only(), is_full=True
    )
    shown = found[:PAGE_OF_MOVEMENTS]
    chosen = {name: value for name, value in form.cleaned_data.items() if value}
    older = ""
    if len(found) > len(shown):
        older = f"{reverse('activity')}?{urlencode({**chosen, 'before': shown[-1].number})}"
    return page(
        request, "activity", member=member, movements=shown, older=older, is_first=before is None, form=form,
        chosen=urlencode(chosen),
    )  # fmt: skip


@require_safe
@member_page
def table(request: PortalRequest, member: Member) -> HttpResponse:
    """What the page would show, all of it, as CSV."""
    only = _filter(request, member).only()
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow([
        _("Time"), _("What"), _("Store"), _("Receipt"), _("Amount"), _("Currency"), _("Points"), _("Reasons"),
        _("Can be used from"), _("Can be used until"),
    ])  # fmt: skip
    for movement in _all(member, request.programme, only):
        rows.writerow(_row(movement, request.programme))
    response = HttpResponse(BYTE_ORDER_MARK + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="points-{member.number}.csv"'
    return response


def _filter(request: PortalRequest, member: Member) -> ActivityFilter:
    joined, today = timezone.localdate(member.enrolled_at), timezone.localdate(clock.now())
    return ActivityFilter(request.GET, first=joined, last=max(joined, today))


def _all(member: Member, programme: Programme, only: Filter) -> Iterator[Movement]:
    before: int | None = None
    while found := movements.of(member.pk, programme, before_number=before, limit=PAGE_OF_ROWS, only=only):
        yield from found
        before = found[-1].number


def _row(movement: Movement, programme: Programme) -> list[str | int]:
    trade = movement.trade
    reasons = "; ".join(f"{reason.points} {reason.words}" for reason in movement.reasons)
    return [
        timezone.localtime(movement.occurred_at).isoformat(timespec="seconds"),
        _text(movement.title),
        _text(trade.store) if trade else "",
        _text(trade.receipt) if trade else "",
        str(trade.amount) if trade else "",
        programme.currency if trade else "",
        movement.points,
        _text("; ".join(part for part in (reasons, movement.note) if part)),
        movement.usable_on.isoformat() if movement.usable_on else "",
        movement.last_on.isoformat() if movement.last_on else "",
    ]


def _text(words: str) -> str:
    return f"'{words}" if words.startswith(FORMULA_SIGNS) else words
