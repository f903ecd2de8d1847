"""The pages that members read, and those that everybody may read."""

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core import clock, codes
from members import wordings
from members.models import Member, Wording
from messaging import inbox
from points import rules
from portal import context_processors, offered, overview, theme, wares
from portal.templatetags.portal import demo_sentence
from portal.views.guard import PortalRequest, kept, member_of, member_page, page, zone

TEXTS = {"terms": Wording.Kind.TERMS, "privacy": Wording.Kind.PRIVACY}


@require_safe
@never_cache
def home(request: PortalRequest) -> HttpResponse:
    """The member's home; for everybody else, what this is and how to join."""
    if member := member_of(request):
        with timezone.override(zone(member, request.programme)):
            return _home(request, member)
    at = clock.now()
    programme = request.programme
    return page(
        request,
        "welcome",
        rules=rules.rulebook(programme).valid(at),
        ladder=overview.ladder(programme),
        scheme=overview.scheme(programme),
        wares=wares.teaser(None, 0, None, programme, at=at),
    )


def _home(request: PortalRequest, member: Member) -> HttpResponse:
    at = clock.now()
    shown = overview.of(member, request.programme, at=at)
    return page(
        request,
        "home",
        member=member,
        shown=shown,
        qr=codes.qr(member.number),
        unread=inbox.unread(member.pk),
        offered=offered.now(member.pk, shown.climb.tier.code, request.programme, at=at),
        wares=wares.teaser(member.pk, shown.balance.available, shown.climb.tier, request.programme, at=at),
    )


@require_safe
@member_page
def tiers(request: PortalRequest, member: Member) -> HttpResponse:
    """The ladder: what each tier gives, and where the member stands."""
    programme = request.programme
    return page(
        request,
        "tiers",
        member=member,
        climb=overview.climb(member, request.programme, at=clock.now()),
        ladder=overview.ladder(programme),
        scheme=overview.scheme(programme),
    )


@require_safe
def text(request: PortalRequest, name: str) -> HttpResponse:
    """The terms, or the privacy notice, in their latest version."""
    try:
        wording = wordings.current(TEXTS[name])
    except (KeyError, Wording.DoesNotExist) as error:
        raise Http404 from error
    return page(request, "text", member=member_of(request), wording=wording)


@require_safe
def colours(request: PortalRequest) -> HttpResponse:
    """The programme's and its tiers' colours as style rules. The address has the revision: it may be kept for ever."""
    return kept(HttpResponse(theme.rules(request.programme), content_type="text/css"))


@require_safe
@never_cache
def demo_progress(request: PortalRequest) -> JsonResponse:
    """How far the demo is loaded, in a sentence; an empty one when it is done."""
    run = context_processors.demo(request.programme)
    if run is None:
        return JsonResponse({"sentence": "", "done": 1, "total": 1})
    return JsonResponse({"sentence": demo_sentence(run), "done": run.done.get("receipts", 0), "total": run.total or 1})
