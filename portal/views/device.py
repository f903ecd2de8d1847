"""What makes the portal an app on a phone: manifest, icons, logo, and the worker that keeps the card offline."""

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie, vary_on_headers

from core import branding
from portal import emblem
from portal.views.guard import PortalRequest, kept, page

# What the card needs to look like itself when there is no network.
SHELL = ("tokens.css", "night.css", "base.css", "parts.css", "buttons.css", "forms.css", "frame.css", "card.css",
         "door.css", "icons.svg", "seal.svg", "app.js", "card.js", "fret.svg", "waves.svg")  # fmt: skip
# Whose pages are none of the worker's business.
OTHER_FACES = ("admin:index", "staff_home", "till:start")
PAPER, INK = "#fcfaf5", "#14211d"


@require_safe
@vary_on_headers("Accept-Language")
@vary_on_cookie
def manifest(request: PortalRequest) -> JsonResponse:
    """What a phone needs to know to put the portal on its home screen."""
    programme = request.programme
    icons = [
        {
            "src": _icon(programme.revision, size, purpose),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": purpose,
        }
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    shortcuts = [(_("Card"), "card"), (_("Rewards"), "shelf"), (_("My vouchers"), "vouchers")]
    return JsonResponse(
        {
            "id": "/",
            "name": programme.name,
            "short_name": programme.name[:24],
            "lang": get_language(),
            "start_url": reverse("home"),
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": PAPER,
            "icons": icons,
            "shortcuts": [{"name": name, "url": reverse(address)} for name, address in shortcuts],
        },
        content_type="application/manifest+json",
    )


@require_safe
def icon(request: PortalRequest, size: int, purpose: str) -> HttpResponse:
    """The programme's icon. Its address carries the revision, so it may be kept for ever."""
    if size not in emblem.SIZES or purpose not in ("any", "maskable"):
        raise Http404
    drawn = emblem.icon(request.programme, size, maskable=purpose == "maskable")
    return kept(HttpResponse(drawn, content_type="image/png"))


@require_safe
def logo(request: PortalRequest) -> HttpResponse:
    """The programme's logo, as we drew it."""
    found = branding.logo(request.programme)
    if found is None:
        raise Http404
    return kept(HttpResponse(bytes(found.image), content_type="image/png"))


@require_safe
@never_cache
def worker(request: PortalRequest) -> HttpResponse:
    """The service worker. It changes with the programme and with our files, and browsers look for a new one by that."""
    shell = [static(f"portal/{name}") for name in SHELL]
    shell += [f"{reverse('theme')}?v={request.programme.revision}", reverse("offline")]
    context = {
        "shell": shell,
        "card": reverse("card"),
        "offline": reverse("offline"),
        "leaving": [reverse("account_logout"), reverse("close")],
        "others": [reverse(face) for face in OTHER_FACES],
    }
    return render(request, "portal/worker.js", context, content_type="text/javascript")


@require_safe
def offline(request: PortalRequest) -> HttpResponse:
    """What is shown when there is no network."""
    return page(request, "offline")


def _icon(revision: int, size: int, purpose: str) -> str:
    return f"{reverse('icon', args=[size, purpose])}?v={revision}"
