"""What staff plan: greetings and occasions, offers and what was won by them, segments, friends brought by members."""

from campaigns.models.greetings import MARKETING, SERVICE, Greeting, Occasion, Release
from campaigns.models.offers import Award, AwardReversal, BudgetSlot, Offer, OfferVersion
from campaigns.models.referrals import Referral, ReferralCode, ReferralMilestone, ReferralScheme
from campaigns.models.segments import Segment, SegmentUse

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
    "Segment",
    "SegmentUse",
]
