"""The database and the broker of a run: those that DATABASE_URL and REDIS_URL name, else private ones."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from loyalty_site.launch import layout, postgres, valkey
from loyalty_site.launch.layout import Layout
from loyalty_site.launch.problems import Problem
from loyalty_site.launch.processes import Household
from loyalty_site.launch.progress import Step


@dataclass(frozen=True)
class Servers:
    """How the site finds its database and its broker."""

    database_url: str
    redis_url: str


def lasting(here: Layout, household: Household) -> Servers:
    """Servers whose data stays in `.data` from one run to the next. Raises Problem."""
    database_url = _given_database() or _private_database(postgres.private(here), household)
    redis_url = _given_redis() or _private_redis(layout.socket_folder(here.data), household)
    return Servers(database_url, redis_url)


def throwaway(folder: Path, household: Household, settings: Mapping[str, str]) -> Servers:
    """Servers in a temporary folder, PostgreSQL with these settings. Raises Problem."""
    database_url = _given_database() or _private_database(postgres.throwaway(folder, settings), household)
    redis_url = _given_redis() or _private_redis(folder, household)
    return Servers(database_url, redis_url)


def _private_database(server: postgres.Server, household: Household) -> str:
    with Step("Starting a private PostgreSQL") as step:
        postgres.start(server, household, step)
    return server.url


def _private_redis(sockets: Path, household: Household) -> str:
    with Step("Starting a private Valkey"):
        layout.own_folder(sockets, 0o711)
        valkey.start(sockets, household)
    return valkey.url(sockets)


def _given_database() -> str:
    """DATABASE_URL, once a server answers there."""
    url = os.environ.get("DATABASE_URL", "")
    if url:
        with Step("Using the PostgreSQL that DATABASE_URL names") as step:
            try:
                connection = psycopg2.connect(urlsplit(url)._replace(scheme="postgresql").geturl(), connect_timeout=10)
            except psycopg2.Error as error:
                raise Problem(f"DATABASE_URL is set, but no PostgreSQL can be used there: {error}") from error
            step.detail(f"version {connection.server_version // 10_000}")
            connection.close()
    return url


def _given_redis() -> str:
    """REDIS_URL, once a server answers there."""
    url = os.environ.get("REDIS_URL", "")
    if url:
        with Step("Using the Redis that REDIS_URL names"):
            try:
                with redis.from_url(url, socket_connect_timeout=10) as client:
                    client.ping()
            except (redis.RedisError, ValueError, OSError) as error:
                raise Problem(f"REDIS_URL is set, but no Redis answers there: {error}") from error
    return url
