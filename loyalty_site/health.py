"""Whether the site can do its work, for load balancers, containers and the launcher."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

WELL = "ok"


def report() -> dict[str, str]:
    """One word for each thing that a request needs: `ok`, or what is the matter. Nothing in it is secret."""
    return {"database": _database(), "broker": _broker()}


def _database() -> str:
    """Migrations that are pending count as unwell: the code that is running expects another database."""
    try:
        return "migrations pending" if pending_migrations() else WELL
    except DatabaseError:
        connection.close()
        return "unreachable"


def pending_migrations() -> int:
    """How many migrations of this code the database has not had yet."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _broker() -> str:
    try:
        with redis.from_url(settings.REDIS_URL, socket_connect_timeout=2, socket_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError):
        return "unreachable"
    return WELL
