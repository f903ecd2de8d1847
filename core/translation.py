"""Which texts of core exist in every language of the site."""

from typing import ClassVar

from modeltranslation.translator import TranslationOptions, register

from core.models import Programme


@register(Programme)
class ProgrammeTexts(TranslationOptions):
    fields: ClassVar = ("name",)
