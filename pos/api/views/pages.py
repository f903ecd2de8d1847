"""Pages for those who write tills: the schema, the reference, the meaning of each code."""

from typing import Any

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from pos.api import problems, refusals, schema


class Schema(SpectacularAPIView):
    """The OpenAPI description, as YAML or JSON."""


# Swagger UI sets styles on elements while it draws them.
@method_decorator(csp_update({"style-src": ["'unsafe-inline'"]}), name="dispatch")
class Docs(SpectacularSwaggerSplitView):
    """The reference, to read and to try out. Everything comes from this site."""

    template_name = "api/docs.html"


class Problems(View):
    """What each code means: where the `type` of a problem leads."""

    def get(self, request: HttpRequest) -> HttpResponse:
        listed: list[dict[str, Any]] = [
            {
                "code": code,
                "title": problems.title(code),
                "status": refusal.status,
                "meaning": refusals.meaning(refusal),
                "sentence": refusals.sentence(refusal),
                "is_kept": refusal.lasting,
            }
            for code, refusal in sorted(schema.KNOWN.items())
        ]
        return render(request, "api/problems.html", {"problems": listed})
