"""Where somebody is signed in: one row for each browser, kept by allauth from the sign-in on."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from allauth.usersessions.models import UserSession
from django.conf import settings

from access.models import User


def of(user: User) -> Sequence[UserSession]:
    """Where USER is signed in, the latest first. Rows of sessions that have ended by themselves go."""
    found = UserSession.objects.purge_and_list(user)
    return sorted(found, key=lambda session: session.created_at, reverse=True)


def end(user: User, session_id: int) -> bool:
    """Sign USER out there. False where USER has no such session: somebody else's is never ended."""
    found = UserSession.objects.filter(user=user, pk=session_id).first()
    if found is None:
        return False
    found.end()
    return True


def end_all(user: User, *, but: str | None = None) -> int:
    """Sign USER out everywhere, or everywhere BUT in the session with that key; answer how many were ended."""
    ended = UserSession.objects.filter(user=user).exclude(session_key=but or "")
    count = 0
    for session in ended:
        session.end()
        count += 1
    return count


def forget(*, at: datetime) -> int:
    """Drop the rows of sessions that are too old to be still open; answer how many."""
    oldest = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
    return int(UserSession.objects.filter(last_seen_at__lt=oldest).delete()[0])
