"""Which texts of members exist in every language of the site."""

from typing import ClassVar

from modeltranslation.translator import TranslationOptions, register

from members.models import Wording


@register(Wording)
class WordingTexts(TranslationOptions):
    fields: ClassVar = ("text",)
