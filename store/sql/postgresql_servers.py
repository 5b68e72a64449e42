"""Which PostgreSQL server is read from, and the connections that are held to it.

All that one process reads comes from one server at a time: what a cache knows about one
says nothing about another. Where a connection to it breaks, or its heartbeat is too old,
all connections are given up and the next server's turn has come.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from store.errors import Code, StoreUnavailableError
from store.sql.addresses import driver_url
from store.sql.views import REVISION

__all__ = ["ANSWER_SECONDS", "BROKEN", "Connection", "Servers"]

ANSWER_SECONDS = 5.0  # what one statement may take
WATCH_SECONDS = 1.0  # between looks for statements that take longer

# What a driver says of a server that is gone, or doesn't do what it is asked; the last two of
# a connection whose end it is just reading, and of a transport that is closed already.
BROKEN = (
    *(OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError),
    *(asyncpg.InternalClientError, RuntimeError),
)

GONE = "The store can't be reached."

_READING = {
    "default_transaction_read_only": "on",
    "statement_timeout": str(int(ANSWER_SECONDS * 1000)),
    # Every statement is written to walk indexes. A planner that plans each time takes longer
    # than the answer; one that has no statistics yet would rather read whole tables.
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "max_parallel_workers_per_gather": "0",
    **dict.fromkeys(("enable_seqscan", "enable_hashjoin", "enable_mergejoin"), "off"),
}

_log = logging.getLogger("rdds.store")


class Connection:
    """A held connection: its statements are prepared once and asked by name.

    The driver's pool takes longer than a question. Its timeouts take a timer each;
    ``busy_since`` is there for who watches all connections with one timer.
    """

    __slots__ = ("_driver", "_prepared", "_texts", "busy_since", "generation")

    def __init__(
        self, driver: asyncpg.Connection, texts: Mapping[str, str], generation: int
    ) -> None:
        self._driver = driver
        self._texts = texts
        self._prepared: dict[str, asyncpg.prepared_stmt.PreparedStatement] = {}
        self.generation = generation
        self.busy_since: float | None = None

    @property
    def lost(self) -> bool:
        """Tell whether it broke or was given up."""
        closed: bool = self._driver.is_closed()
        return closed

    async def fetch(self, name: str, *arguments: object) -> Sequence[Sequence[Any]]:
        """Give the rows of the statement *name*."""
        self.busy_since = time.monotonic()
        try:
            prepared = self._prepared.get(name) or await self._prepare(name)
            rows: Sequence[Sequence[Any]] = await prepared.fetch(*arguments)
            return rows
        finally:
            self.busy_since = None

    async def fetch_each(self, name: str, values: Sequence[object]) -> Sequence[Sequence[Any]]:
        """Give one row for each of *values*, in one round trip, each of a snapshot of its own."""
        self.busy_since = time.monotonic()
        try:
            prepared = self._prepared.get(name) or await self._prepare(name)
            # Eight together cost a third of our time that eight alone do (`bench/`).
            arguments = [() if each is None else (each,) for each in values]
            rows: Sequence[Sequence[Any]] = await prepared.fetchmany(arguments)
            return rows
        finally:
            self.busy_since = None

    async def execute(self, statement: str) -> None:
        """Run a statement that gives no rows."""
        self.busy_since = time.monotonic()
        try:
            await self._driver.execute(statement)
        finally:
            self.busy_since = None

    async def _prepare(self, name: str) -> asyncpg.prepared_stmt.PreparedStatement:
        prepared = self._prepared[name] = await self._driver.prepare(self._texts[name])
        return prepared

    def give_up(self) -> None:
        """Close it at once; who waits for an answer hears of it."""
        self._driver.terminate()


class Servers:
    """The servers at *urls*: the first that answers is read from, until it fails.

    With a *lease*, in seconds, a server vouches for itself only while the heartbeat that
    it holds is no older. ``generation`` counts the changes of server; a server that was
    lost and came back is another one.
    """

    def __init__(self, urls: Sequence[str], *, lease: float | None = None) -> None:
        self._dsns = tuple(map(driver_url, urls))
        self.lease = lease
        self.generation = 0
        self._turn = 0
        self._started: object = None  # when the present server was, which tells it from others
        self._held: set[Connection] = set()
        self._watch: asyncio.TimerHandle | None = None

    @property
    def busy(self) -> int:
        """Count the statements under way."""
        return sum(each.busy_since is not None for each in self._held)

    def __len__(self) -> int:
        return len(self._dsns)

    async def connect(
        self, texts: Mapping[str, str], settings: Mapping[str, str] | None = None
    ) -> Connection:
        """Give a new connection to the present server, for the statements *texts*.

        Raises:
            StoreUnavailableError: it isn't this program's store, or another server now.
            OSError, TimeoutError, PostgresError, InterfaceError: it can't be reached.
        """
        generation = self.generation
        driver = await asyncpg.connect(
            self._dsns[self._turn],
            timeout=ANSWER_SECONDS,
            statement_cache_size=0,
            server_settings={**_READING, **(settings or {})},
        )
        try:
            row = await driver.fetchrow(
                "SELECT version_num, pg_postmaster_start_time() FROM alembic_version",
                timeout=ANSWER_SECONDS,
            )
            self._check(generation, row[0] if row else "missing", row[1] if row else None)
        except BaseException:
            driver.terminate()
            raise
        connection = Connection(driver, texts, generation)
        self._hold(connection, driver)
        return connection

    def leave(self, generation: int) -> None:
        """Give up the server of *generation*, if it is the present one; the next is read from."""
        if generation != self.generation:
            return
        self.generation += 1
        self._turn = (self._turn + 1) % len(self._dsns)
        self._started = None
        held, self._held = self._held, set()
        for connection in held:
            connection.give_up()

    def vouch(self, connection: Connection, beat: int | None) -> None:
        """See that the heartbeat *beat*, in microseconds, which *connection* read, is young.

        Raises:
            StoreUnavailableError: it isn't, or there is none; the server was left.
        """
        if self.lease is None:
            return
        # A clock that is ahead would make old heartbeats look young: that one is no better.
        if beat is None or abs(time.time() - beat / 1e6) > self.lease:
            if connection.generation == self.generation:
                ahead = beat is not None and beat / 1e6 > time.time()
                _log.warning(
                    "the server's heartbeat is %s",
                    "of a clock that is ahead of this one's" if ahead else "older than its lease",
                )
            self.leave(connection.generation)
            raise StoreUnavailableError("The store can't vouch for being up to date.")

    def close(self) -> None:
        """Give up all connections."""
        self.leave(self.generation)
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    def _check(self, generation: int, revision: str, started: object) -> None:
        if revision != REVISION:
            raise StoreUnavailableError(
                f"The store's schema is {revision}, this program's is {REVISION}.",
                code=Code.STORE_OUTDATED,
            )
        if generation == self.generation and self._started is None:
            self._started = started
        if generation != self.generation or started != self._started:
            self.leave(generation)
            raise StoreUnavailableError(GONE)

    def _hold(self, connection: Connection, driver: asyncpg.Connection) -> None:
        self._held.add(connection)
        generation = connection.generation

        def ended(_driver: object) -> None:
            # One that was given up on purpose is not held any more.
            if connection in self._held:
                self._held.discard(connection)
                self.leave(generation)

        driver.add_termination_listener(ended)
        if self._watch is None:
            self._look_after()

    def drop(self, connection: Connection) -> None:
        """Give up one connection, not its server."""
        self._held.discard(connection)
        connection.give_up()

    def _look_after(self) -> None:
        """Give up connections whose statement takes too long: the server may be out of reach."""
        late = time.monotonic() - ANSWER_SECONDS - WATCH_SECONDS
        for connection in tuple(self._held):
            if connection.busy_since is not None and connection.busy_since < late:
                connection.give_up()  # and its end is its server's
        loop = asyncio.get_running_loop()
        self._watch = loop.call_later(WATCH_SECONDS, self._look_after) if self._held else None
