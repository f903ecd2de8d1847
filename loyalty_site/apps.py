from django.apps import AppConfig
from django.contrib.admin import apps as admin
from django.utils.translation import gettext_lazy as _

from loyalty_site.celery import app

__all__ = ["SiteConfig", "app"]  # the Celery application: `shared_task` binds to it in every process


class SiteConfig(AppConfig):
    name = "loyalty_site"
    verbose_name = _("Site")
    default = True


class StaffAdminConfig(admin.AdminConfig):
    """Django's admin with our site instead of its own."""

    default_site = "loyalty_site.admin_site.StaffSite"
    default = False
