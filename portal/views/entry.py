"""Joining and signing in: an address, a code that goes there, and the code given back. allauth counts and limits."""

from typing import Any

from allauth.account.internal import flows
from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginByCodeStage, LoginStage, LoginStageController
from allauth.account.views import LogoutView, RequestLoginCodeView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from portal.adapter import JOINING_KEY
from portal.claiming import Address
from portal.forms import AddressForm, JoinForm
from portal.views.inviting import invited_by
from portal.views.leaving import forget_device
from rewards.codes import written


class SignIn(RequestLoginCodeView):  # type: ignore[misc]
    """Ask for a code. Whoever comes back here while one is under way begins anew."""

    form_class = AddressForm
    template_name = "portal/sign_in.html"

    def get_form_class(self) -> type[AddressForm]:
        return self.form_class

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "programme": self.request.programme}

    def form_valid(self, form: AddressForm) -> HttpResponse:
        self.request.session.pop(JOINING_KEY, None)
        response: HttpResponse = super().form_valid(form)
        if joining := form.joining():
            self.request.session[JOINING_KEY] = joining.stored()
        return response

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        clear_login(request)


class Join(SignIn):
    """Join: what was filled in is kept until the code proves the address."""

    form_class = JoinForm
    template_name = "portal/join.html"

    def get_initial(self) -> dict[str, Any]:
        """Whoever came by an invitation finds its code filled in."""
        return {**super().get_initial(), "referral": written(invited_by(self.request))}


class SignOut(LogoutView):  # type: ignore[misc]
    """Sign out; the browser forgets the card it kept."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        return forget_device(super().post(*args, **kwargs))


@require_POST
@never_cache
def another_code(request: HttpRequest) -> HttpResponse:
    """Send a new code to the address that is waiting for one; the old one is void. Counted like any other request."""
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    if stage is None:
        return HttpResponseRedirect(reverse("account_login"))
    where = Address(phone=stage.state.get("phone", ""), email=stage.state.get("email", ""))
    try:
        AddressForm.take_attempt(where)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        flows.login_by_code.LoginCodeVerificationProcess.initiate(
            request=request, user=stage.login.user, phone=where.phone, email=where.email
        )
        messages.success(request, _("A new code is on its way."))
    return HttpResponseRedirect(reverse("account_confirm_login_code"))
