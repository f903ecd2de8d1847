"""Which texts of sales exist in every language of the site."""

from typing import ClassVar

from modeltranslation.translator import TranslationOptions, register

from sales.models import Category


@register(Category)
class CategoryTexts(TranslationOptions):
    fields: ClassVar = ("name",)
