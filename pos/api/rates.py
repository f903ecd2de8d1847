"""How often a terminal may ask: so many requests a minute, counted in Redis. Without Redis, everybody may."""

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

COUNT = """
    local count = redis.call('incr', KEYS[1])
    if count == 1 then redis.call('pexpire', KEYS[1], ARGV[1]) end
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


class Counter:
    """Counts in Redis, atomically. When Redis does not answer, it says so once and rests for some seconds."""

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(
            url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS, retry=None
        )
        self._count = self._redis.register_script(COUNT)
        self._rests_until = 0.0

    def take(self, name: str, who: str, limit: int) -> Allowance | None:
        """Take one of WHO's quota NAME; None when nobody counts. Raises TooManyRequests once it is used up."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            count, milliseconds = self._count(
                [f"{settings.CACHES['default']['KEY_PREFIX']}:rate:{name}:{who}"], [WINDOW_SECONDS * 1000]
            )
        except RedisError as error:
            self._rests_until = time.monotonic() + REST_SECONDS
            logger.warning("rate_limit_not_counted", error=type(error).__name__)
            return None
        allowance = Allowance(name, limit, max(0, limit - count), max(1, -(-milliseconds // 1000)))
        if count > limit:
            raise TooManyRequests(seconds=allowance.seconds, allowance=allowance)
        return allowance


@lru_cache(maxsize=2)
def counter(url: str) -> Counter:
    return Counter(url)


def take_request(terminal_id: int) -> Allowance | None:
    """Count a request of a terminal. Raises TooManyRequests."""
    return counter(settings.REDIS_URL).take("terminal", str(terminal_id), settings.API_RATE_LIMIT)


def take_wrong_key(address: str) -> Allowance | None:
    """Count an attempt without valid key. Raises TooManyRequests."""
    return counter(settings.REDIS_URL).take("address", address, WRONG_KEYS_LIMIT)
