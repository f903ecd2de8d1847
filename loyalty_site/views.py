"""The set-up page: the first page of an empty install, and never again."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from core import clock
from core import programme as programmes
from loyalty_site import founding
from loyalty_site.forms import FoundingForm


@sensitive_post_parameters("password", "token")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Found the programme, for whoever holds the token of this install. 404 once there is a programme."""
    if programmes.current_or_none():
        raise Http404
    token = request.POST.get("token") or request.GET.get("token") or ""
    if not settings.SETUP_TOKEN or not constant_time_compare(token, settings.SETUP_TOKEN):
        context = {"has_token": bool(settings.SETUP_TOKEN), "was_wrong": bool(token)}
        return render(request, "setup/locked.html", context, status=403)
    if request.method != "POST" or "currency" not in request.POST:
        form = FoundingForm(initial={"language": get_language()})
        return render(request, "setup/form.html", {"form": form, "token": token})
    form = FoundingForm(request.POST)
    if not form.is_valid():
        return render(request, "setup/form.html", {"form": form, "token": token})
    try:
        founded = founding.found(form.charter(), at=clock.now())
    except founding.AlreadyFounded as error:
        raise Http404 from error
    host = request.build_absolute_uri("/").rstrip("/")
    return render(request, "setup/done.html", {"founded": founded, "host": host, "programme": founded.programme})
