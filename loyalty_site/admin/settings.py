"""The programme's settings, of which some stay once there are purchases."""

from typing import Any

from django.contrib import admin

from core.admin.programme import ProgrammeAdmin, ProgrammeForm
from core.errors import LoyaltyError
from core.models import Programme
from sales import hours


class SettingsForm(ProgrammeForm):
    """The settings. What receipts are recorded by can't be changed after the first purchase."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in hours.OF_PROGRAMME.intersection(self.changed_data):
            try:
                hours.require_no_purchases()
            except LoyaltyError as refusal:
                self.add_error(name, str(refusal))
        return cleaned


@admin.register(Programme)
class SettingsAdmin(ProgrammeAdmin):
    form = SettingsForm
