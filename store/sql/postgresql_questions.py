"""Questions to a PostgreSQL server, sent together where they wait together.

A question by itself costs more in the driver and in system calls than its answer does.
So questions that arrived in one turn of the loop go out in one message; and what is asked
twice before it was sent is asked once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg

from store.errors import StoreUnavailableError
from store.sql.postgresql_servers import ANSWER_SECONDS, BROKEN, GONE, Connection, Servers
from store.sql.reading import Fetch

__all__ = ["CONNECTIONS", "Questions"]

T = TypeVar("T")
Row = Sequence[Any]
Work = Callable[[Connection], Awaitable[Any]]

CONNECTIONS = 3
TOGETHER = 16  # questions in one message: more make each wait longer and cost hardly less


class _Asked:
    """Who waits for one answer, and since when, by the loop's clock."""

    __slots__ = ("futures", "since")

    def __init__(self, since: float) -> None:
        self.since = since
        self.futures: list[asyncio.Future[Any]] = []


class Questions:
    """Asks *servers* the statements *texts*, over a few connections, each kept by a task."""

    def __init__(self, servers: Servers, texts: Mapping[str, str]) -> None:
        self._servers = servers
        self._texts = texts
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queued: dict[Fetch, _Asked] = {}
        self._flying: set[Fetch] = set()
        self._longer: deque[tuple[Work, _Asked]] = deque()
        self._idle: list[asyncio.Future[None]] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._woken = 0

    def ask(self, fetch: Fetch) -> asyncio.Future[Row]:
        """Ask for the one row of a statement, *fetch*: no answer is older than this call.

        The future raises ``StoreUnavailableError``.
        """
        loop = self._loop or self._begin()
        future: asyncio.Future[Row] = loop.create_future()
        asked = self._queued.get(fetch)
        if asked is None:
            asked = self._queued[fetch] = _Asked(loop.time())
            self._wake()
        asked.futures.append(future)
        return future

    def run(self, work: Work) -> asyncio.Future[Any]:
        """Have *work*, which gives a list of one, done with a connection; anew if that breaks."""
        loop = self._loop or self._begin()
        asked = _Asked(loop.time())
        future: asyncio.Future[Any] = loop.create_future()
        asked.futures.append(future)
        self._longer.append((work, asked))
        self._wake()
        return future

    async def close(self) -> None:
        """Stop asking; who waits is told that the store can't be reached."""
        tasks, self._tasks = self._tasks, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for asked in (*self._queued.values(), *(each for _, each in self._longer)):
            _refuse([asked], StoreUnavailableError(GONE))
        self._queued.clear()
        self._longer.clear()
        self._idle.clear()
        self._loop, self._woken = None, 0

    def _begin(self) -> asyncio.AbstractEventLoop:
        self._loop = asyncio.get_running_loop()
        return self._loop

    def _wake(self) -> None:
        """Have enough of the idle take what waits; each runs in the next turn of the loop."""
        if self._woken and len(self._queued) + len(self._longer) <= TOGETHER * self._woken:
            return
        if self._idle:
            self._woken += 1
            self._idle.pop().set_result(None)
        elif len(self._tasks) < CONNECTIONS and self._loop is not None:
            self._woken += 1
            self._tasks.add(self._loop.create_task(self._serve(self._loop)))

    async def _serve(self, loop: asyncio.AbstractEventLoop) -> None:
        connection: Connection | None = None
        while True:
            self._woken -= 1
            while True:
                if self._longer:
                    work, asked = self._longer.popleft()
                    connection = await self._do(work, [asked], connection)
                elif keys := self._take():
                    connection = await self._send(keys, connection)
                else:
                    break
            idle = loop.create_future()
            self._idle.append(idle)
            await idle

    def _take(self) -> list[Fetch]:
        """Give questions of one statement; one that is under way already waits for its end."""
        taken: list[Fetch] = []
        for fetch in self._queued:
            if fetch not in self._flying and (not taken or fetch[0] == taken[0][0]):
                taken.append(fetch)
                if len(taken) == TOGETHER:
                    break
        return taken

    async def _send(self, keys: list[Fetch], connection: Connection | None) -> Connection | None:
        asked = [self._queued.pop(key) for key in keys]
        self._flying.update(keys)
        name, values = keys[0][0], [value for _, value in keys]
        try:
            return await self._do(_asking(name, values, self._servers), asked, connection)
        finally:
            self._flying.difference_update(keys)

    async def _do(
        self, work: Work, asked: list[_Asked], connection: Connection | None
    ) -> Connection | None:
        """Do *work*, at most once with each server and once more; settle those who *asked*."""
        refusal: Exception = StoreUnavailableError(GONE)
        until = asked[0].since + ANSWER_SECONDS
        loop = asyncio.get_running_loop()
        for _ in range(len(self._servers) + 1):
            if loop.time() > until:
                break
            generation = self._servers.generation
            connection = None if connection is None or connection.lost else connection
            try:
                connection = connection or await self._servers.connect(self._texts)
                generation = connection.generation
                _settle(asked, await work(connection))
            except StoreUnavailableError as error:
                refusal = error
                self._servers.leave(generation)
            except BROKEN as error:
                refusal = _gone(error)
                if connection is None:
                    self._servers.leave(generation)
                elif not isinstance(error, _HARMLESS):
                    self._servers.drop(connection)  # its prepared statements may be out of date
            except Exception as error:  # noqa: BLE001 - a look-up's own refusal, for who asked
                refusal = error
                break
            except BaseException:
                _refuse(asked, StoreUnavailableError(GONE))
                raise
            else:
                return connection
        _refuse(asked, refusal)
        return connection


# A statement that took too long, or stood in the way of what a standby had to apply; a value
# that no text can hold.
_HARMLESS = (asyncpg.QueryCanceledError, asyncpg.SerializationError, asyncpg.DataError)


def _asking(name: str, values: list[object], servers: Servers) -> Work:
    """Ask the statement *name* for *values*; the work gives each one's row, or its failure."""

    async def ask(connection: Connection) -> Sequence[Row | Exception]:
        try:
            rows: Sequence[Row | Exception] = await connection.fetch_each(name, values)
        except _HARMLESS:
            if len(values) == 1 or connection.lost:
                raise
            # What is wrong with one question is not the others' fault.
            rows = [await _alone(connection, name, value) for value in values]
        first = next((row for row in rows if not isinstance(row, Exception)), None)
        if first is not None:
            servers.vouch(connection, first[-1])
        return rows

    return ask


async def _alone(connection: Connection, name: str, value: object) -> Row | Exception:
    try:
        rows = await connection.fetch(name, *(() if value is None else (value,)))
    except _HARMLESS as error:
        return _gone(error)
    return rows[0]


def _gone(error: BaseException) -> StoreUnavailableError:
    refusal = StoreUnavailableError(GONE)
    refusal.__cause__ = error
    return refusal


def _settle(asked: Sequence[_Asked], answers: Sequence[Any]) -> None:
    """Give each who *asked* its answer; who has gone meanwhile gets none."""
    for each, answer in zip(asked, answers, strict=True):
        if isinstance(answer, Exception):
            _refuse([each], answer)
            continue
        for future in each.futures:
            if not future.done():
                future.set_result(answer)


def _refuse(asked: Sequence[_Asked], refusal: Exception) -> None:
    for each in asked:
        for future in each.futures:
            if not future.done():
                future.set_exception(refusal)
