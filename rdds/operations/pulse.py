"""A worker's pulse: once a second it asks for news and writes down how it fares.

So the lag that is shown says how long the worker could not vouch, and not how long nobody
has asked it anything.
"""

from __future__ import annotations

import asyncio

from rdds.operations.counters import Counted, WorkerCounters
from store.answer_cache import AnswerCache
from store.freshness import Freshness

__all__ = ["Pulse"]

SECONDS = 1.0


class Pulse:
    """Beats from :meth:`start` to :meth:`stop`, on the running loop.

    Where there is no *freshness* the worker keeps no answer, and has nothing to vouch for.
    """

    def __init__(
        self,
        counters: WorkerCounters,
        *,
        cache: AnswerCache | None = None,
        freshness: Freshness | None = None,
        log: Counted | None = None,
    ) -> None:
        self._counters = counters
        self._cache = cache
        self._freshness = freshness
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._asking = False

    def start(self) -> None:
        """Beat now, and once a second from now on."""
        self._timer = self._loop.call_later(SECONDS, self.start)
        if self._freshness is not None and not self._asking:
            self._asking = True
            self._freshness.ask(self._told)
        self._tell()

    def stop(self) -> None:
        """Beat a last time."""
        if self._timer is not None:
            self._timer.cancel()
        self._tell()

    def _told(self, _vouched: bool, /) -> None:  # noqa: FBT001 - the port's signature
        self._asking = False
        self._tell()

    def _tell(self) -> None:
        if self._cache is not None:
            self._counters.tell_cache(self._cache)
        if self._freshness is not None:
            self._counters.tell_freshness(self._freshness, self._loop.time())
        if self._log is not None:
            self._counters.tell_log(self._log)
        self._counters.beat()
