from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class POSConfig(AppConfig):
    name = "pos"
    verbose_name = _("Tills")
