"""Staff pages of greetings, broadcasts, the occasions on which members get them, and segments; of offers and awards."""

from campaigns.admin.awards import AwardAdmin
from campaigns.admin.broadcasts import BroadcastAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.offers import OfferAdmin
from campaigns.admin.segments import SegmentAdmin

__all__ = ["AwardAdmin", "BroadcastAdmin", "GreetingAdmin", "OccasionAdmin", "OfferAdmin", "SegmentAdmin"]
