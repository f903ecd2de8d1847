"""How Celery calls the Redis that REDIS_URL names."""


def broker_url(redis_url: str) -> str:
    """The same address in Celery's words: a Redis behind a unix socket is redis+socket there."""
    scheme, separator, rest = redis_url.partition("://")
    return f"redis+socket{separator}{rest}" if scheme == "unix" else redis_url
