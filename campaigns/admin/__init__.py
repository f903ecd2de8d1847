"""Staff pages of greetings and of the occasions on which members get them, and of friends whom members bring."""

from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.referrals import ReferralAdmin, ReferralSchemeAdmin

__all__ = ["GreetingAdmin", "OccasionAdmin", "ReferralAdmin", "ReferralSchemeAdmin"]
