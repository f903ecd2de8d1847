"""Letting postings be booked when the story says: the ledger takes the database's own clock, which no test can set."""

from datetime import datetime

from django.db import connection


def booked(at: datetime) -> None:
    """What was booked since the last call was booked at AT. The guard of the ledger rests while this is written."""
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update points_posting set booked_at = %s where booked_at > now() - interval '1 day'", [at])
        cursor.execute("set local session_replication_role = origin")
