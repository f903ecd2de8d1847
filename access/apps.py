"""The app of staff, their roles and what they did."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class AccessConfig(AppConfig):
    name = "access"
    verbose_name = _("Staff and access")

    def ready(self) -> None:
        """On every staff page, Django's groups go by the word that the programme has for them."""
        apps.get_app_config("auth").verbose_name = self.verbose_name
        group = apps.get_model("auth.Group")._meta
        group.verbose_name = _("role")
        group.verbose_name_plural = _("roles")
