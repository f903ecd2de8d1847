"""The sign-in of staff."""

from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.forms import UsernameField
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminTextInputWidget

from access.models import User


class StaffSignInForm(forms.Form):
    """User name or e-mail, and password. A wrong password and somebody who isn't staff get the same answer."""

    username = UsernameField(
        label=_("User name or e-mail"),
        max_length=254,
        widget=UnfoldAdminTextInputWidget({"autofocus": True, "autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=UnfoldAdminPasswordWidget({"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.user: User | None = None

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        given = cleaned["username"]
        known = User.objects.filter(email__iexact=given, is_staff=True).first() if "@" in given else None
        user = get_adapter(self.request).authenticate(
            self.request, username=known.get_username() if known else given, password=cleaned["password"]
        )
        if not isinstance(user, User) or not user.is_staff:
            raise forms.ValidationError(_("User name or password is wrong."), code="refused")
        self.user = user
        return cleaned
