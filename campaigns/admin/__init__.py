"""Staff pages of greetings and of the occasions on which members get them; of offers and what was won by them."""

from campaigns.admin.awards import AwardAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.offers import OfferAdmin

__all__ = ["AwardAdmin", "GreetingAdmin", "OccasionAdmin", "OfferAdmin"]
