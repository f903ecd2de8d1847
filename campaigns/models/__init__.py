"""What staff plan: greetings with their occasions, offers and challenges with what members won by them."""

from campaigns.models.challenges import Challenge, Completion, Recount
from campaigns.models.greetings import MARKETING, SERVICE, Greeting, Occasion, Release
from campaigns.models.offers import Award, AwardReversal, BudgetSlot, Offer, OfferVersion

__all__ = [
    "MARKETING",
    "SERVICE",
    "Award",
    "AwardReversal",
    "BudgetSlot",
    "Challenge",
    "Completion",
    "Greeting",
    "Occasion",
    "Offer",
    "OfferVersion",
    "Recount",
    "Release",
]
