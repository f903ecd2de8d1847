"""Staff pages of greetings and their occasions; of offers and what was won by them; of friends whom members bring."""

from campaigns.admin.awards import AwardAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.offers import OfferAdmin
from campaigns.admin.referrals import ReferralAdmin, ReferralSchemeAdmin

__all__ = ["AwardAdmin", "GreetingAdmin", "OccasionAdmin", "OfferAdmin", "ReferralAdmin", "ReferralSchemeAdmin"]
