"""Staff pages of greetings and of the occasions on which members get them; of offers, and of segments."""

from campaigns.admin.awards import AwardAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.offers import OfferAdmin
from campaigns.admin.segments import SegmentAdmin

__all__ = ["AwardAdmin", "GreetingAdmin", "OccasionAdmin", "OfferAdmin", "SegmentAdmin"]
