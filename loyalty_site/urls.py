"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from loyalty_site.views import set_up
from messaging.api.reports import reported
from messaging.views import mailbox, opened, shown
from rewards.views import picture

urlpatterns = [
    path("admin/", admin.site.urls),
    path("staff/", include("access.urls")),
    path("api/", include(("pos.api.urls", "api"))),
    path("till/", include(("pos.till.urls", "till"))),
    path("dev/mail/", mailbox, name="mailbox"),
    path("dev/mail/<int:message_id>/", opened, name="mailbox_letter"),
    path("dev/mail/<int:message_id>/html/", shown, name="mailbox_html"),
    path("reports/mail/<slug:provider>/", reported, name="mail_reports"),
    path("pictures/<str:digest>.webp", picture, name="picture"),
    path("setup/", set_up, name="setup"),
    path("", include("portal.urls")),
]

handler400 = "portal.views.errors.bad_request"
handler403 = "portal.views.errors.permission_denied"
handler404 = "portal.views.errors.not_found"
handler429 = "portal.views.errors.too_many_requests"
handler500 = "portal.views.errors.server_error"
