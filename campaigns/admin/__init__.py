"""Staff pages of greetings and occasions; of offers and what was won by them; of segments; of friends brought."""

from campaigns.admin.awards import AwardAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.offers import OfferAdmin
from campaigns.admin.referrals import ReferralAdmin, ReferralSchemeAdmin
from campaigns.admin.segments import SegmentAdmin

__all__ = [
    "AwardAdmin",
    "GreetingAdmin",
    "OccasionAdmin",
    "OfferAdmin",
    "ReferralAdmin",
    "ReferralSchemeAdmin",
    "SegmentAdmin",
]
