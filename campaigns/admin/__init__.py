"""Staff pages of greetings and their occasions; of offers, and of challenges, and of what members won by them."""

from campaigns.admin.awards import AwardAdmin
from campaigns.admin.challenges import ChallengeAdmin
from campaigns.admin.completions import CompletionAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.offers import OfferAdmin

__all__ = ["AwardAdmin", "ChallengeAdmin", "CompletionAdmin", "GreetingAdmin", "OccasionAdmin", "OfferAdmin"]
