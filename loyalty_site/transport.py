"""Redis as Celery's broker, with one gap of kombu closed."""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    """A channel that says what is wrong when it is used after its connection was given up.

    When Redis goes away while a task runs, the worker gives the connection up, and then gives messages back or
    acknowledges them through a channel of it. kombu fails there with an AttributeError, which ends the worker; a
    connection error it takes for what it is, and connects anew.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("The connection was given up before the channel was closed.")
        parameters: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[misc]  # kombu-stubs miss it
        return parameters


class Transport(redis.Transport):
    """kombu's, with our channels."""

    Channel = Channel
