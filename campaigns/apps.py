from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from campaigns import keys
from core import naming


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Offers and greetings")

    def ready(self) -> None:
        """Say what the references mean that begin with our words."""
        naming.READERS["greeting"] = keys.in_words
