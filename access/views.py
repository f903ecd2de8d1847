"""How staff sign in: password first, then a second factor, both through allauth with its limits."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.account.internal import flows
from allauth.account.models import Login
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView
from allauth.mfa.webauthn.views import AddWebAuthnView
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from access import factors
from access.forms import StaffSignInForm
from access.models import User
from core import clock

View = Callable[..., HttpResponseBase]


def has_passed_second_factor(request: HttpRequest) -> bool:
    """Whether whoever sends REQUEST has shown a second factor in this session. No query."""
    records = get_authentication_records(request, request.user)
    return any(record.get("method") == "mfa" for record in records)


def second_factor_page(request: HttpRequest) -> HttpResponse:
    """Where to send staff who have not shown a second factor: to show it, or to set one up first."""
    user = request.user
    wanted = {REDIRECT_FIELD_NAME: request.get_full_path()}
    if not isinstance(user, User) or not factors.is_enrolled(user):
        return HttpResponseRedirect(reverse("mfa_index"))
    kinds = set(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    name = "mfa_reauthenticate" if Authenticator.Type.TOTP in kinds else "mfa_reauthenticate_webauthn"
    return HttpResponseRedirect(reverse(name, query=wanted))


def staff_page(view: View) -> View:
    """VIEW, dressed as a staff page."""

    @wraps(view)
    def dressed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if isinstance(response, TemplateResponse):
            response.context_data = {**admin.site.each_context(request), **(response.context_data or {})}
        return response

    return dressed


@method_decorator(
    [sensitive_post_parameters(), never_cache, ratelimit.decorator(action="login", app="allauth.account")],
    "dispatch",
)
class StaffSignIn(FormView):  # type: ignore[type-arg]
    """Sign-in by password. allauth counts failures, locks out, and asks for the second factor."""

    form_class = StaffSignInForm
    template_name = "admin/login.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            if not request.user.is_staff:
                raise PermissionDenied
            return HttpResponseRedirect(self.get_success_url())
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request}

    def get_success_url(self) -> str:
        wanted = self.request.GET.get(REDIRECT_FIELD_NAME, "")
        host = self.request.get_host()
        if url_has_allowed_host_and_scheme(wanted, allowed_hosts={host}, require_https=self.request.is_secure()):
            return wanted
        return reverse("admin:index")

    def form_valid(self, form: StaffSignInForm) -> HttpResponse:
        # A moment, not a number of seconds: those would count anew with every change of the session.
        self.request.session.set_expiry(clock.now() + timedelta(seconds=settings.STAFF_SESSION_SECONDS))
        login = Login(user=form.user, redirect_url=self.get_success_url(), email_verification="none")
        credentials = {"username": form.cleaned_data["username"]}
        response: HttpResponse = flows.login.perform_password_login(self.request, credentials, login)
        if self.request.user.is_authenticated:
            # No second factor yet: the password just given is enough to set one up.
            flows.reauthentication.reauthenticate_by_password(self.request)
        return response


class _Shown:
    """Whoever has just set up a factor has shown it."""

    kind: str
    request: HttpRequest

    def form_valid(self, form: forms.Form) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        flows.login.record_authentication(self.request, self.request.user, "mfa", type=self.kind)
        return response


class SetUpApp(_Shown, ActivateTOTPView):  # type: ignore[misc]
    kind = Authenticator.Type.TOTP


class SetUpPasskey(_Shown, AddWebAuthnView):  # type: ignore[misc]
    kind = Authenticator.Type.WEBAUTHN


def home(request: HttpRequest) -> HttpResponse:
    """/staff/ leads to the staff admin."""
    return HttpResponseRedirect(reverse("admin:index"))
