"""The web server's own log of requests, without what nobody who reads it should be able to use."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from loyalty_site.masking import HIDDEN, masked


class MaskedLogger(Logger):  # type: ignore[misc]
    """Gunicorn's logger: request lines, referrers and the like are masked before they are written."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """The parts of a line; what is text among them comes from the caller."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        if found.get("q"):
            found["q"] = HIDDEN
        return {name: masked(part) if isinstance(part, str) else part for name, part in found.items()}
