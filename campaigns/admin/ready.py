"""The page of the standard journeys: what is written already, to switch on as it is or to change first."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from access.admin.acting import acting
from campaigns import journeys
from campaigns.models import SERVICE, Greeting
from core.errors import LoyaltyError


def page(site: Any, request: HttpRequest) -> HttpResponse:
    """Show the standard journeys, or make the one that was asked for: on, or paused to be changed first."""
    if request.method == "POST":
        return _made(request)
    made = journeys.made()
    context = {
        **site.each_context(request),
        "title": _("Standard journeys"),
        "journeys": [
            {
                "journey": journey,
                "kind": Greeting.Kind(journey.kind).label,
                "is_service": journey.kind in SERVICE,
                "texts": [("en", journey.subject[0], journey.sms[0]), ("zh-hans", journey.subject[1], journey.sms[1])],
                "greeting": made.get(journey.code),
            }
            for journey in journeys.ALL
        ],
    }
    return TemplateResponse(request, "admin/journeys.html", context)


def _made(request: HttpRequest) -> HttpResponse:
    is_on = request.POST.get("do") == "on"
    try:
        greeting = journeys.make(request.POST.get("journey", ""), on=is_on, actor=acting(request))
    except LoyaltyError as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(request.path)
    if is_on:
        messages.success(request, _("“%(name)s” is on.") % {"name": greeting})
        return HttpResponseRedirect(request.path)
    messages.success(request, _("Here it is, paused. Change what you like, then switch it on."))
    return HttpResponseRedirect(reverse("admin:campaigns_greeting_change", args=[greeting.pk]))
