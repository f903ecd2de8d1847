"""Which texts of tiers exist in every language of the site."""

from typing import ClassVar

from modeltranslation.translator import TranslationOptions, register

from tiers.models import Tier


@register(Tier)
class TierTexts(TranslationOptions):
    fields: ClassVar = (
        "name",
        "benefits",
    )
