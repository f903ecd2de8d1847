"""The second factor of staff. The names are allauth's, which redirects to them."""

from allauth.account import views as account
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from access.views import SetUpApp, SetUpPasskey, home, staff_page

urlpatterns = [
    path("", home, name="staff_home"),
    path("second-factor/", staff_page(base.index), name="mfa_index"),
    path("second-factor/show/", staff_page(base.authenticate), name="mfa_authenticate"),
    path("second-factor/again/", staff_page(base.reauthenticate), name="mfa_reauthenticate"),
    path("second-factor/password/", staff_page(account.reauthenticate), name="account_reauthenticate"),
    path("second-factor/app/", staff_page(SetUpApp.as_view()), name="mfa_activate_totp"),
    path("second-factor/app/remove/", staff_page(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/codes/", staff_page(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "second-factor/codes/new/",
        staff_page(recovery.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path("second-factor/codes/file/", recovery.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("second-factor/passkeys/", staff_page(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("second-factor/passkeys/add/", staff_page(SetUpPasskey.as_view()), name="mfa_add_webauthn"),
    path(
        "second-factor/passkeys/again/",
        staff_page(passkeys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "second-factor/passkeys/<int:pk>/remove/",
        staff_page(passkeys.remove_webauthn),
        name="mfa_remove_webauthn",
    ),
    path("second-factor/passkeys/<int:pk>/edit/", staff_page(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
]
