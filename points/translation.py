"""Which texts of points exist in every language of the site."""

from typing import ClassVar

from modeltranslation.translator import TranslationOptions, register

from points.models import EarningRuleVersion, PointType


@register(PointType)
class PointTypeTexts(TranslationOptions):
    fields: ClassVar = (
        "name",
        "name_plural",
    )


@register(EarningRuleVersion)
class EarningRuleVersionTexts(TranslationOptions):
    fields: ClassVar = ("name",)
