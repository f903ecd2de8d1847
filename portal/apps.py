from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _

from portal.wallet import credentials


class PortalConfig(AppConfig):
    name = "portal"
    verbose_name = _("Member portal")

    def ready(self) -> None:
        checks.register(credentials.check, credentials.TAG)
