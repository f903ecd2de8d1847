"""Staff pages of all that is planned: greetings, broadcasts, offers, challenges, segments, friends brought."""

from campaigns.admin.awards import AwardAdmin
from campaigns.admin.broadcasts import BroadcastAdmin
from campaigns.admin.challenges import ChallengeAdmin
from campaigns.admin.completions import CompletionAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.offers import OfferAdmin
from campaigns.admin.referrals import ReferralAdmin, ReferralSchemeAdmin
from campaigns.admin.segments import SegmentAdmin

__all__ = [
    "AwardAdmin",
    "BroadcastAdmin",
    "ChallengeAdmin",
    "CompletionAdmin",
    "GreetingAdmin",
    "OccasionAdmin",
    "OfferAdmin",
    "ReferralAdmin",
    "ReferralSchemeAdmin",
    "SegmentAdmin",
]
