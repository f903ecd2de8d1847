"""Stamp cards and challenges."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from core import clock
from members.models import Member
from portal import collected
from portal.views.guard import PortalRequest, member_page, page


@require_safe
@member_page
def stamps(request: PortalRequest, member: Member) -> HttpResponse:
    """What the member collects for, how far they are, and their badges."""
    return page(request, "stamps", member=member, shown=collected.of(member.pk, request.programme, at=clock.now()))
