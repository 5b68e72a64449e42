"""Whether this server should be asked: named checks, each with a reason where it says no."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping

from rdds.operations.cells import Level
from rdds.operations.stripes import Stripes
from store.errors import RegistryError
from store.sql.reading import read_stamp
from store.sql.sources import Source

__all__ = ["Check", "Readiness", "check_freshness", "check_store", "check_workers"]

SECONDS = 2.0  # for one check
SILENT = 5.0  # seconds after which a worker's event loop hangs, or what it answers is unproven

Check = Callable[[], Awaitable[str | None]]  # gives why not, or ``None``


class Readiness:
    """Asks all *checks* at once; none of them where *is_stopping* says so."""

    def __init__(self, checks: Mapping[str, Check], is_stopping: Callable[[], bool]) -> None:
        self._checks = checks
        self._is_stopping = is_stopping

    async def faults(self) -> dict[str, str | None]:
        """Give for each check why this server is not ready, or ``None``."""
        if self._is_stopping():
            return {"serving": "This server is stopping."}
        answers = await asyncio.gather(*map(_asked, self._checks.values()))
        return {"serving": None, **dict(zip(self._checks, answers, strict=True))}


async def _asked(check: Check) -> str | None:
    try:
        async with asyncio.timeout(SECONDS):
            return await check()
    except TimeoutError:
        return "There was no answer in time."
    except RegistryError as error:
        return f"{error.code}: {error.message}"
    except Exception as error:  # noqa: BLE001 - its text may hold a secret
        return type(error).__name__


def check_store(source: Source) -> Check:
    """Ask whether the store can be read as the doors do, and has this program's schema."""

    async def check() -> str | None:
        await source.run(read_stamp)
        return None

    return check


def check_workers(stripes: Stripes, *, clock: Callable[[], float] = time.monotonic) -> Check:
    """Ask whether every worker's event loop turns."""

    async def check() -> str | None:
        turning = sum(clock() - each[Level.BEAT] < SILENT for each in stripes.held())
        if turning >= stripes.workers:
            return None
        return f"{turning} of {stripes.workers} workers are at work."

    return check


def check_freshness(stripes: Stripes, *, clock: Callable[[], float] = time.monotonic) -> Check:
    """Ask whether every worker could lately prove that what it answers is up to date."""

    async def check() -> str | None:
        lags = [clock() - each[Level.VOUCHED] for each in stripes.held() if each[Level.VOUCHED]]
        if max(lags, default=0.0) < SILENT:
            return None
        return "Nothing vouches for what is kept of answers."

    return check
