"""What staff plan: greetings with their occasions, broadcasts to segments, offers with what members won by them."""

from campaigns.models.broadcasts import Broadcast
from campaigns.models.greetings import MARKETING, SERVICE, Greeting, Occasion, Release
from campaigns.models.offers import Award, AwardReversal, BudgetSlot, Offer, OfferVersion
from campaigns.models.segments import Segment, SegmentUse

__all__ = [
    "MARKETING",
    "SERVICE",
    "Award",
    "AwardReversal",
    "Broadcast",
    "BudgetSlot",
    "Greeting",
    "Occasion",
    "Offer",
    "OfferVersion",
    "Release",
    "Segment",
    "SegmentUse",
]
