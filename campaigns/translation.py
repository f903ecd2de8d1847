"""Which texts of campaigns exist in every language of the site."""

from typing import ClassVar

from modeltranslation.translator import TranslationOptions, register

from campaigns.models import Broadcast, Challenge, Greeting, Offer, ReferralScheme


@register(Greeting)
class GreetingTexts(TranslationOptions):
    fields: ClassVar = ("subject", "body", "html", "sms")


@register(Broadcast)
class BroadcastTexts(TranslationOptions):
    """Those of every greeting."""


@register(Offer)
class OfferTexts(TranslationOptions):
    fields: ClassVar = ("title", "description")


@register(ReferralScheme)
class ReferralTexts(TranslationOptions):
    fields: ClassVar = ("invitation",)


@register(Challenge)
class ChallengeTexts(TranslationOptions):
    fields: ClassVar = ("title", "description", "badge_title")
