"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from messaging.views import mailbox

urlpatterns = [
    path("admin/", admin.site.urls),
    path("staff/", include("access.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("dev/mail/", mailbox, name="mailbox"),
    path("i18n/", include("django.conf.urls.i18n")),
]
