"""Pictures of rewards, for every page that shows them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from rewards.models import Picture

A_YEAR = 365 * 24 * 3600


@require_safe
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """A photograph by the digest of its content: it never changes, so that browsers and proxies keep it."""
    found = Picture.objects.filter(pk=digest).first()
    if found is None:
        raise Http404
    response = HttpResponse(bytes(found.content), content_type="image/webp")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response
