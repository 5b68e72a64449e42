"""What was committed since the last look, told to the answer cache: on PostgreSQL.

All who ask before a question to the server is sent share it; who comes later shares the
next one. It reads the change log from where the last look left off (``log_positions``).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from store.answer_cache import AnswerCache
from store.errors import StoreUnavailableError
from store.freshness import Waiter, tell_all
from store.sql.held_rows import instant_of
from store.sql.log_positions import BEGIN, LOOK, MOST_OPEN, Position, log_texts
from store.sql.made_from import touched_by
from store.sql.postgresql_servers import BROKEN, GONE, Connection
from store.sql.postgresql_source import PostgresqlSource
from store.sql.statements import MOST_LOG

__all__ = ["PostgresqlFreshness"]

_LONG_AGO = instant_of(0)
_log = logging.getLogger("rdds.store")


class PostgresqlFreshness:
    """Vouches for *cache* against the server that *source* reads (``store.freshness``).

    To be used on one event loop. ``position`` is the number of the newest row of the change
    log that was taken in; ``looks`` and ``failures`` count, ``vouched`` is the loop's time
    of the last look that went well.
    """

    def __init__(self, source: PostgresqlSource, cache: AnswerCache) -> None:
        self._servers = source.servers
        self._texts = log_texts(leased=source.servers.lease is not None)
        self._cache = cache
        self._loop = asyncio.get_running_loop()
        self._waiting: list[Waiter] = []
        self._task: asyncio.Task[None] | None = None
        self._idle: asyncio.Future[None] | None = None
        self._connection: Connection | None = None
        self._before_last = self._last = Position(following=0, open=(), standby=False)
        self._newest = 0, 0  # number and instant of the newest row
        self._seen: frozenset[int] = frozenset()  # rows of the last look
        self._following = self._warned = False
        self.stamp: datetime = _LONG_AGO
        self.vouched = self._loop.time()
        self.looks = self.failures = 0

    @property
    def position(self) -> int:
        """Give the number of the newest row of the change log that was taken in."""
        return self._newest[0]

    def ask(self, then: Waiter, /) -> None:
        """Have *then* called after a look at the store that is sent after this call."""
        self._waiting.append(then)
        if self._idle is not None:
            idle, self._idle = self._idle, None
            idle.set_result(None)
        elif self._task is None:
            self._task = self._loop.create_task(self._serve())

    def ask_at_once(self) -> None:
        """Tell that a look takes a wait."""
        return

    async def close(self) -> None:
        """Look no more; who waits is told that nothing can be vouched for."""
        task, self._task, self._idle = self._task, None, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        waiting, self._waiting = self._waiting, []
        tell_all(waiting, vouched=False)

    async def _serve(self) -> None:
        while True:
            while self._waiting:
                waiting, self._waiting = self._waiting, []
                try:
                    vouched = await self._look()
                except BaseException:
                    self._waiting = waiting + self._waiting
                    raise
                tell_all(waiting, vouched=vouched)
            self._idle = self._loop.create_future()
            await self._idle

    async def _look(self) -> bool:
        """Look at the present server, or at the next where it fails, at most once at each."""
        for _ in range(len(self._servers) + 1):
            self.looks += 1
            generation = self._servers.generation
            try:
                connection = self._connection
                if connection is None or connection.lost:
                    connection = await self._servers.connect(self._texts)
                    generation = connection.generation
                    await self._begin(connection)
                elif not await self._follow(connection):
                    await self._begin(connection)
            except Exception as error:  # noqa: BLE001 - who waits is told, whatever it was
                if not isinstance(error, (*BROKEN, StoreUnavailableError)):
                    _log.error("a look at the store failed: %s", type(error).__name__)
                self._connection = None
                self._servers.leave(generation)
                continue
            self._connection = connection
            self.vouched = self._loop.time()
            return True
        self.failures += 1
        return False

    async def _begin(self, connection: Connection) -> None:
        """Begin with an empty cache: of another server, or after what can't be followed."""
        first = await self._ask(connection, BEGIN)
        row = await self._ask(connection, BEGIN)
        snapshot, open_there, seq, at, foreign = row[:5]
        # First the position, then the cache: what is kept from now on was read after it.
        self._before_last = Position.read(first[0], first[1])
        self._last = Position.read(snapshot, open_there)
        self._newest, self._seen = (seq, at), frozenset()
        self.stamp = instant_of(at)
        self._cache.clear()
        self._following = not foreign and not _too_long(first[0], standby=self._last.standby)
        if foreign and not self._warned:
            self._warned = True
            _log.error("the change log is of a restored copy; run `rdds store upgrade`")

    async def _follow(self, connection: Connection) -> bool:
        """Tell the cache what was committed since the last look; false where that can't be told."""
        if not self._following:
            return False
        last = self._last
        since = self._before_last if last.standby else last
        row = await self._ask(connection, LOOK, *since.arguments(last, self._newest[0]))
        snapshot, open_there, found, newest_at = row[:4]
        position = Position.read(snapshot, open_there)
        # Where the newest row is another one now, this is another history: a restored store.
        if newest_at != self._newest[1] or position.following - last.following >= MOST_OPEN:
            return False
        rows = orjson.loads(found) if found else ()
        if len(rows) >= MOST_LOG or not self._take_in(rows):
            return False
        self._before_last, self._last = last, position
        return True

    def _take_in(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Take in *rows* of the log; false where they change everything."""
        if not rows:
            return True
        touched = touched_by((row[2], row[3]) for row in rows if row[0] not in self._seen)
        if touched is None:
            return False
        self._seen = frozenset(row[0] for row in rows)
        newest = max((row[0], row[1]) for row in rows)
        if newest > self._newest:
            self._newest = newest
            self.stamp = instant_of(newest[1])
        if touched:
            self._cache.touch(touched)
        return True

    async def _ask(self, connection: Connection, name: str, *arguments: Any) -> Sequence[Any]:
        rows = await connection.fetch(name, *arguments)
        if not rows:
            raise StoreUnavailableError(GONE)
        self._servers.vouch(connection, rows[0][-1])
        return rows[0]


def _too_long(snapshot: str, *, standby: bool) -> bool:
    """Tell whether more transactions may be open than are looked at one by one."""
    oldest, following, _ = snapshot.split(":")
    return standby and int(following) - int(oldest) > MOST_OPEN
