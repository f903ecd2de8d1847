"""Staff pages of messages: what went to whom, when it may ring, and who gets none."""

from messaging.admin import messages, suppressed

__all__ = ["messages", "suppressed"]
