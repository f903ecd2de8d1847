"""What staff plan: greetings with their occasions; how members bring friends, and what became of each."""

from campaigns.models.greetings import Greeting, Occasion, Release
from campaigns.models.referrals import Referral, ReferralCode, ReferralMilestone, ReferralScheme

__all__ = [
    "Greeting",
    "Occasion",
    "Referral",
    "ReferralCode",
    "ReferralMilestone",
    "ReferralScheme",
    "Release",
]
