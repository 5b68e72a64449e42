"""The log of `rdds serve`: one line an event, on standard error.

No line holds contact data, questions or secrets: what is logged is a fault's kind and
place, never its text.
"""

from __future__ import annotations

import asyncio
import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from rdds.settings import Settings

__all__ = ["configure_log", "log_loop_fault"]

_log = logging.getLogger("rdds.loop")


class _JsonLines(logging.Formatter):
    """A JSON object for each record: ``at``, ``level``, ``logger``, ``message``."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(
            {
                "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                    timespec="milliseconds"
                ),
                "level": record.levelname.lower(),
                "logger": record.name,
                "message": record.getMessage(),
            },
            ensure_ascii=False,
        )


def configure_log(settings: Settings) -> None:
    """Send records of the settings' level to standard error, in the settings' form."""
    handler = logging.StreamHandler()
    handler.setFormatter(
        _JsonLines()
        if settings.log.form == "json"
        else logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s")
    )
    logging.basicConfig(level=settings.log.level.upper(), handlers=[handler], force=True)
    # Alembic tells at level info what it loads; of migrations only what is wrong matters.
    alembic = logging.getLogger("alembic")
    alembic.setLevel(max(logging.WARNING, logging.getLogger().level))


def log_loop_fault(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log a fault in a callback by kind and place; its text may hold what a client sent."""
    error = context.get("exception")
    if error is None:
        _log.error("the event loop says: %s", context.get("message"))
        return
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].name}, line {frames[-1].lineno}" if frames else "no known place"
    _log.error("a callback failed: %s in %s", type(error).__name__, place)
