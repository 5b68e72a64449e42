"""Registrant changes that ran out are ended while `serve` runs (R-29).

Nothing waits for it: a change past its deadline is expired whatever its row says (R-19).
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress

from store.changes import Actor, EndOverdueChanges
from store.errors import StoreUnavailableError
from store.instants import now
from store.policy import RegistryPolicy
from store.sql.database import Database
from store.write_door import WriteDoor

__all__ = ["sweep_overdue_changes"]

SECONDS = 30.0  # between two sweeps
ACTOR = Actor(name="rdds", door="serve")

_log = logging.getLogger("rdds.side")


async def sweep_overdue_changes(
    database: Database, policy: RegistryPolicy, stop: asyncio.Event, *, every: float = SECONDS
) -> None:
    """End the changes that ran out, again and again, until *stop* is set.

    A store that is busy or away is left alone until the next time, and so is a change that
    can't be ended: the pages and the messages beside it go on.
    """
    door = WriteDoor(database, policy, clock=now)
    away = False
    while not stop.is_set():
        try:
            while not stop.is_set() and await asyncio.to_thread(_end_some, door):
                pass
            away = False
        except StoreUnavailableError as error:
            if not away:
                _log.warning("registrant changes that ran out wait: %s", error.code)
            away = True
        except Exception as error:  # noqa: BLE001 - its text may hold contact data
            _log.error("registrant changes that ran out can't be ended: %s", type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await stop.wait()


def _end_some(door: WriteDoor) -> bool:
    """End the first of them in a transaction of its own; tell whether there were any."""
    return door.apply(EndOverdueChanges(), ACTOR).action != "unchanged"
