"""What staff plan: greetings, broadcasts, offers, challenges, segments, referrals; and what members won by them."""

from campaigns.models.broadcasts import Broadcast
from campaigns.models.challenges import Challenge, Completion, Recount
from campaigns.models.greetings import MARKETING, SERVICE, Greeting, Occasion, Release
from campaigns.models.offers import Award, AwardReversal, BudgetSlot, Offer, OfferVersion
from campaigns.models.referrals import Referral, ReferralCode, ReferralMilestone, ReferralScheme
from campaigns.models.segments import Segment, SegmentUse

__all__ = [
    "MARKETING",
    "SERVICE",
    "Award",
    "AwardReversal",
    "Broadcast",
    "BudgetSlot",
    "Challenge",
    "Completion",
    "Greeting",
    "Occasion",
    "Offer",
    "OfferVersion",
    "Recount",
    "Referral",
    "ReferralCode",
    "ReferralMilestone",
    "ReferralScheme",
    "Release",
    "Segment",
    "SegmentUse",
]
