"""What messaging lets go of when somebody leaves."""

from messaging.models import Message


def close(member_id: int) -> int:
    """Send nothing more to a member who left: what still waits is not sent, and loses its text. Answers how many."""
    waiting = Message.objects.filter(member_id=member_id, state=Message.State.QUEUED)
    return waiting.update(state=Message.State.SUPPRESSED, error="the membership ended", subject="", body="", html="")
