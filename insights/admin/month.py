"""The accountant's month: chosen, looked at, downloaded. Every download is in the audit trail."""

from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import clock, once
from core.errors import LoyaltyError
from core.models import Programme
from insights import month_file, rollforward
from insights.rollforward import Forward, Month


def page(request: HttpRequest) -> HttpResponse:
    """The month that the address names (the last one that ended, if none) on screen; by POST as a file."""
    if not request.user.has_perm("insights.export_month"):
        raise PermissionDenied
    programme = once.programme()
    at = clock.now()
    months = rollforward.months(programme, at=at)
    asked = request.POST.get("month") or request.GET.get("month") or ""
    first = next((each for each in months if f"{each:%Y-%m}" == asked), months[min(1, len(months) - 1)])
    month = Month.of(first, programme, at=at)
    try:
        forwards, refusal = rollforward.of(month), ""
    except LoyaltyError as refused:
        forwards, refusal = [], str(refused)
    if request.method == "POST" and not refusal and f"{first:%Y-%m}" == asked:
        return _file(request, month, forwards, programme)
    context = {
        **admin.site.each_context(request),
        "title": _("Month for the accountant"),
        "months": [(f"{each:%Y-%m}", _name(each), each == first) for each in months],
        "month": month,
        "month_name": _name(first),
        "forwards": forwards,
        "refusal": refusal,
    }
    return TemplateResponse(request, "admin/month.html", context, status=409 if refusal else 200)


def _file(request: HttpRequest, month: Month, forwards: list[Forward], programme: Programme) -> HttpResponse:
    name = month_file.name(month)
    closing = {forward.point_type.code: forward.closing.total for forward in forwards}
    site: Any = admin.site
    site.record(request, "month.downloaded", programme, changes={"file": name, "closing": closing})
    response = HttpResponse(month_file.text(month, forwards, programme), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _name(first: date) -> str:
    return date_format(first, "YEAR_MONTH_FORMAT")
