"""How often a terminal may ask: so many requests a minute, counted in Redis. Without Redis, everybody may.

A process takes a sixtieth of a quota at a time and gives it out itself: asking Redis for each request would cost a
tenth of a sale. What it has not given out by the end of the minute is lost, and nobody is given more than the quota.
"""

import math
import threading
import time
from dataclasses import dataclass
from functools import lru_cache

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from redis import Redis, RedisError

from core.errors import LoyaltyError

logger = structlog.get_logger()

WINDOW_SECONDS = 60
# What we wait for Redis before the sale goes on without being counted, and how long we then leave Redis alone.
PATIENCE_SECONDS = 0.2
REST_SECONDS = 5
# Wrong keys from one address, per minute. A till with an old key asks again and again: it shall not hurt others.
WRONG_KEYS_LIMIT = 60

SHARES = 60

COUNT = """
    local count = redis.call('incrby', KEYS[1], ARGV[2])
    if count == tonumber(ARGV[2]) then redis.call('pexpire', KEYS[1], ARGV[1]) end
    return {count, redis.call('pttl', KEYS[1])}
"""


class TooManyRequests(LoyaltyError):
    """The terminal, or the address of a caller without valid key, asked more often than it may."""

    code = "too_many_requests"
    status = 429
    lasting = False
    sentence = _("Too many requests. Try again in %(seconds)s seconds.")


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a quota, and in how many seconds it is whole again."""

    name: str
    limit: int
    remaining: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """RateLimit-Policy and RateLimit as of draft-ietf-httpapi-ratelimit-headers-10."""
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"{self.name}";r={self.remaining};t={self.seconds}',
        }


@dataclass(slots=True)
class Share:
    """What a process took of a quota: `left` of the first `taken`, until the quota is whole again."""

    taken: int
    left: int
    ends: float


class Counter:
    """Counts in Redis, atomically. When Redis does not answer, it says so once and rests for some seconds."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS, retry=None
        )
        self._count = self._redis.register_script(COUNT)
        self._rests_until = 0.0
        self._shares: dict[str, Share] = {}
        self._lock = threading.Lock()

    def take(self, name: str, who: str, limit: int) -> Allowance | None:
        """Take one of WHO's quota NAME; None when nobody counts. Raises TooManyRequests once it is used up."""
        key = f"{settings.CACHES['default']['KEY_PREFIX']}:rate:{name}:{who}"
        with self._lock:
            share = self._shares.pop(key, None)
            if share is None or share.ends <= time.monotonic():
                share = self._ask(key, max(1, limit // SHARES))
            if share is None:
                return None
            share.left -= 1
            if share.left:
                self._shares[key] = share
            remaining, seconds = limit - share.taken + share.left, share.ends - time.monotonic()
        allowance = Allowance(name, limit, max(0, remaining), max(1, math.ceil(seconds)))
        if remaining < 0:
            raise TooManyRequests(seconds=allowance.seconds, allowance=allowance)
        return allowance

    def _ask(self, key: str, size: int) -> Share | None:
        """A share of SIZE from Redis; None when it does not answer, or did not a moment ago."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            taken, milliseconds = self._count([key], [WINDOW_SECONDS * 1000, size])
        except RedisError as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            logger.warning("rate_limit_not_counted", error=type(error).__name__)
            return None
        return Share(taken, size, time.monotonic() + milliseconds / 1000)


@lru_cache(maxsize=2)
def counter(url: str) -> Counter:
    return Counter(url)


def take_request(terminal_id: int) -> Allowance | None:
    """Count a request of a terminal. Raises TooManyRequests."""
    return counter(settings.REDIS_URL).take("terminal", str(terminal_id), settings.API_RATE_LIMIT)


def take_wrong_key(address: str) -> Allowance | None:
    """Count an attempt without valid key. Raises TooManyRequests."""
    return counter(settings.REDIS_URL).take("address", address, WRONG_KEYS_LIMIT)
