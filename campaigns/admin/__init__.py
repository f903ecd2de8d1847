"""Staff pages of greetings and of the occasions on which members get them."""

from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin

__all__ = ["GreetingAdmin", "OccasionAdmin"]
