"""What staff plan: greetings with their occasions."""

from campaigns.models.greetings import Greeting, Occasion, Release

__all__ = ["Greeting", "Occasion", "Release"]
