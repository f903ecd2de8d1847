"""Which texts of rewards exist in every language of the site."""

from typing import ClassVar

from modeltranslation.translator import TranslationOptions, register

from rewards.models import Reward


@register(Reward)
class RewardTexts(TranslationOptions):
    fields: ClassVar = (
        "name",
        "description",
    )
