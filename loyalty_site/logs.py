"""Logs: one JSON object a line in production, readable lines in development. No personal data, no code goes here."""

import logging.config
from typing import Any

import structlog

from loyalty_site.masking import masked


def configure(options: dict[str, Any]) -> None:
    """Set up structlog and the standard library's logging from LOGGING's level and json."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"default": _formatter(shared, options["json"])},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "default"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                "django.server": {"level": "WARNING"},
                # It tells at every start that it can't draw PNG. We draw SVG.
                "pyBarcode": {"level": "WARNING"},
            },
        }
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _formatter(shared: list[structlog.typing.Processor], is_json: bool) -> dict[str, Any]:
    """How a line is written: masked last, when all that stands in it is text."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if is_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    return {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _mask,
            renderer,
        ],
    }


def _mask(_logger: Any, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Every text of a line, whoever wrote it: Django names addresses, the database values."""
    return {name: masked(part) if isinstance(part, str) else part for name, part in event.items()}
