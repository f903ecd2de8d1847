"""What staff plan: greetings with their occasions, offers with what members won by them, friends brought by members."""

from campaigns.models.greetings import MARKETING, SERVICE, Greeting, Occasion, Release
from campaigns.models.offers import Award, AwardReversal, BudgetSlot, Offer, OfferVersion
from campaigns.models.referrals import Referral, ReferralCode, ReferralMilestone, ReferralScheme

__all__ = [
    "MARKETING",
    "SERVICE",
    "Award",
    "AwardReversal",
    "BudgetSlot",
    "Greeting",
    "Occasion",
    "Offer",
    "OfferVersion",
    "Referral",
    "ReferralCode",
    "ReferralMilestone",
    "ReferralScheme",
    "Release",
]
