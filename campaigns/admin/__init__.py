"""Staff pages of greetings and broadcasts, of the occasions on which members get them, and of segments."""

from campaigns.admin.broadcasts import BroadcastAdmin
from campaigns.admin.greetings import GreetingAdmin
from campaigns.admin.occasions import OccasionAdmin
from campaigns.admin.segments import SegmentAdmin

__all__ = ["BroadcastAdmin", "GreetingAdmin", "OccasionAdmin", "SegmentAdmin"]
