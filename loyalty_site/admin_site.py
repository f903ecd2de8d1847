"""The staff site: who may enter, what its menu offers, and how it writes the audit trail."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from access import audit
from access.models import User
from access.views import StaffSignIn, has_passed_second_factor, second_factor_page
from core import once
from insights.admin import month
from loyalty_site import menu

View = Callable[..., HttpResponseBase]
USE_TILL = "pos.use_till"


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]
    """The admin. Whoever has no second factor yet gets no further than setting one up."""

    site_title = _("Staff")
    index_title = _("Overview")
    enable_nav_sidebar = True

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        inner: View = super().admin_view(view, cacheable)

        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if self._must_show_factor(request):
                return second_factor_page(request)
            return inner(request, *args, **kwargs)

        return guarded

    def get_urls(self) -> list[Any]:
        return [path("month/", self.admin_view(month.page), name="month"), *super().get_urls()]

    def _must_show_factor(self, request: HttpRequest) -> bool:
        return (
            settings.STAFF_MFA_REQUIRED
            and self.has_permission(request)
            and request.path != reverse("admin:logout")
            and not has_passed_second_factor(request)
        )

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        context = {**self.each_context(request), "app_path": request.get_full_path(), "title": _("Sign in")}
        return StaffSignIn.as_view(extra_context=context)(request)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        groups = [
            {"title": group.title, "separator": True, "items": items}
            for group in menu.GROUPS
            if (items := [self._item(request, item) for item in group.items if self._may_see(request, item)])
        ]
        first = [self._home(request)]
        if request.user.has_perm(USE_TILL):
            first.append(self._till())
        return [{"items": first}, *groups]

    def _home(self, request: HttpRequest) -> dict[str, Any]:
        link = reverse("admin:index")
        return {
            "title": _("Overview"),
            "icon": "home",
            "link": link,
            "active": request.path == link,
            "has_permission": True,
        }

    def _till(self) -> dict[str, Any]:
        link = reverse("till:start")
        return {"title": _("Till page"), "icon": "shopping_cart", "link": link, "active": False, "has_permission": True}

    def _item(self, request: HttpRequest, item: menu.Item) -> dict[str, Any]:
        link = reverse(f"admin:{item.name}")
        return {
            "title": item.title,
            "icon": item.icon,
            "link": link,
            "active": request.path.startswith(link),
            "has_permission": True,
        }

    def _may_see(self, request: HttpRequest, item: menu.Item) -> bool:
        return any(request.user.has_perm(permission) for permission in item.permissions)

    def record(
        self,
        request: HttpRequest,
        action: str,
        subject: Model,
        *,
        reason: str = "",
        changes: dict[str, Any] | None = None,
    ) -> None:
        """Write to the audit trail that whoever sends REQUEST did ACTION to SUBJECT."""
        actor = request.user
        audit.record(
            action,
            subject=f"{subject._meta.model_name}:{subject.pk}",
            actor=actor if isinstance(actor, User) else None,
            reason=reason,
            changes=changes,
        )


def title(request: HttpRequest) -> str:
    """The programme's name, as the title of the staff site."""
    programme = once.programme_or_none()
    return programme.name if programme else _t("Set up your programme")


def account_links(request: HttpRequest) -> list[dict[str, Any]]:
    """What staff find under their name."""
    return [
        {"title": _("Change password"), "link": reverse("admin:password_change")},
        {"title": _("Second factor"), "link": reverse("mfa_index")},
    ]


def may_see_history(request: HttpRequest) -> bool:
    """The history of an object is its audit trail."""
    return request.user.has_perm("access.view_auditentry")
