"""A PostgreSQL store, or its standbys, as the read door reads it: one round trip an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg

from store.errors import RegistryError, StoreUnavailableError
from store.sql.ahead_statements import BEAT, Ahead, compile_ahead
from store.sql.postgresql_questions import Questions
from store.sql.postgresql_servers import BROKEN, GONE, Connection, Servers
from store.sql.reading import Fetch, Rows
from store.sql.search_statements import SearchStatement, compile_searches
from store.sql.search_threads import SEARCH_SECONDS, timed_out
from store.sql.statements import Statement, compile_statements

__all__ = ["PostgresqlSource"]

T = TypeVar("T")
Reading = Generator[Fetch, Rows, T]

SEARCHES = 4  # connections for searches, beside those for look-ups

_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

# Searches are written to walk indexes, a page at a time, their tables in the order in which
# they stand; a planner that knows no limit would rather read and sort it all.
_WALKING = {
    "statement_timeout": str(int(SEARCH_SECONDS * 1000)),
    "join_collapse_limit": "1",
    **dict.fromkeys(("enable_bitmapscan", "enable_sort", "enable_incremental_sort"), "off"),
}


class PostgresqlSource:
    """Reads the first of *urls* that answers, and vouches for itself.

    With a *lease*, in seconds, a server is read only while the heartbeat that it holds is
    no older (``store.sql.heartbeat``). ``servers`` tells which one is read.
    """

    def __init__(self, urls: Sequence[str], *, lease: float | None = None) -> None:
        self.servers = Servers(urls, lease=lease)
        self._statements: Mapping[str, Statement | SearchStatement] = {
            **compile_statements("postgresql"),
            **compile_searches("postgresql"),
        }
        self._ahead = compile_ahead(leased=lease is not None)
        ahead = {_ahead_name(name): each.statement.sql for name, each in self._ahead.items()}
        self._texts = {name: each.sql for name, each in self._statements.items()} | ahead
        self._questions = Questions(self.servers, self._texts)
        self._searching = asyncio.Semaphore(SEARCHES)
        self._searchers: list[Connection] = []

    async def run(self, begin: Callable[[], Reading[T]], likely: Fetch | None = None) -> T:
        """Run the look-up that *begin* begins, on one snapshot.

        One statement is enough where its first question, or *likely*, brings all of it;
        otherwise it is begun anew in a transaction.
        """
        reading = begin()
        try:
            fetch = next(reading)
            asked = likely or fetch
            statement = self._ahead.get(asked[0])
            if statement is not None:
                row = await self._questions.ask((_ahead_name(asked[0]), asked[1]))
                ahead = Ahead(statement, asked[1], row)
                while (rows := ahead.rows(fetch)) is not None:
                    fetch = reading.send(rows)
        except StopIteration as stop:
            result: T = stop.value
            return result
        reading.close()
        answer: T = await self._questions.run(lambda each: self._snapshot(each, begin))
        return answer

    async def search(self, reading: Reading[T]) -> T:
        """Run *reading* as a look-up, on connections of its own that give up in time."""
        await asyncio.sleep(0)  # a door may take a first step outside any task, as timeouts can't
        try:
            async with asyncio.timeout(SEARCH_SECONDS), self._searching:
                return await self._search(reading)
        except (TimeoutError, asyncpg.QueryCanceledError) as error:
            raise timed_out() from error
        except BROKEN as error:
            raise StoreUnavailableError(GONE) from error

    async def close(self) -> None:
        """Give up all connections."""
        await self._questions.close()
        self.servers.close()

    async def _search(self, reading: Reading[T]) -> T:
        connection = None
        while self._searchers and connection is None:
            held = self._searchers.pop()
            connection = None if held.lost else held
        generation = self.servers.generation
        try:
            connection = connection or await self.servers.connect(self._texts, _WALKING)
        except BROKEN:
            self.servers.leave(generation)
            raise
        try:
            (found,) = await self._snapshot(connection, lambda: reading)
        except (RegistryError, asyncpg.QueryCanceledError):
            self._searchers.append(connection)
            raise
        except BaseException:
            # A search that was cut off may still hold the connection.
            self.servers.drop(connection)
            raise
        self._searchers.append(connection)
        result: T = found
        return result

    async def _snapshot(self, connection: Connection, begin: Callable[[], Reading[T]]) -> tuple[T]:
        """Run a look-up, or a search, in a transaction of its own."""
        await connection.execute(_SNAPSHOT)
        try:
            if self.servers.lease is not None:
                beats = await connection.fetch(BEAT)
                self.servers.vouch(connection, beats[0][0] if beats else None)
            answer = await self._drive(connection, begin())
        except Exception:
            if not connection.lost:
                await connection.execute("ROLLBACK")
            raise
        await connection.execute("COMMIT")
        return (answer,)

    async def _drive(self, connection: Connection, reading: Reading[T]) -> T:
        try:
            name, value = next(reading)
            while True:
                arguments: Sequence[Any] = self._statements[name].bind(value)
                name, value = reading.send(await connection.fetch(name, *arguments))
        except StopIteration as stop:
            result: T = stop.value
            return result


def _ahead_name(name: str) -> str:
    """Tell a statement that brings more from the one that answers its question alone."""
    return f"{name} and more"
