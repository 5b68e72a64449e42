"""Where the read door's look-ups run: one snapshot each, on a connection that can't write.

SQLite answers on the caller's own thread and never suspends. A store that is gone,
replaced or older than this program is "unavailable", never "not found", and is
found again without a restart.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import asyncpg
from sqlalchemy import make_url

from store.errors import Code, StoreUnavailableError
from store.sql.database import sqlite_path
from store.sql.reading import Fetch, Rows
from store.sql.search_statements import SearchStatement, compile_searches
from store.sql.search_threads import SEARCH_SECONDS, SearchThreads, timed_out
from store.sql.statements import Statement, compile_statements
from store.sql.views import PUBLIC_VIEWS, REVISION

__all__ = ["PostgresqlSource", "Source", "SqliteSource", "open_source"]

T = TypeVar("T")
Reading = Generator[Fetch, Rows, T]

LOCK_SECONDS = 0.25  # a reader is never blocked by writers, only by a store in recovery
ANSWER_SECONDS = 5.0  # PostgreSQL: what one statement may take
CONNECTIONS = 8
SEARCHES = 4  # PostgreSQL: connections for searches, beside those
STEPS = 2000  # SQLite: instructions between looks at the clock (some 20 µs)

_GONE = "The store can't be reached."


class Source(Protocol):
    """Runs look-ups, each on one snapshot no older than the call."""

    async def run(self, reading: Reading[T]) -> T:
        """Run *reading* to its end.

        Raises:
            StoreUnavailableError: the store can't be reached or isn't this program's.
        """
        ...

    async def search(self, reading: Reading[T]) -> T:
        """Run the search *reading* to its end, beside the look-ups and within a time.

        Raises:
            StoreUnavailableError: the store can't be reached or isn't this program's.
            RegistryError: ``TIMED_OUT``.
        """
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


def open_source(url: str, public_url: str | None = None) -> Source:
    """Give the source for the store at *url*; *public_url* is the doors' own login, if any."""
    path = sqlite_path(url)
    if path is not None:
        return SqliteSource(path)
    return PostgresqlSource(public_url or url)


def _outdated(found: object) -> StoreUnavailableError:
    return StoreUnavailableError(
        f"The store's schema is {found}, this program's is {REVISION}.", code=Code.STORE_OUTDATED
    )


class SqliteSource:
    """An SQLite store: look-ups on the calling thread, where they take microseconds.

    Searches run on threads with connections of their own.
    """

    def __init__(self, path: Path) -> None:
        self._path = os.fspath(path)
        self._statements: Mapping[str, Statement | SearchStatement] = compile_statements("sqlite")
        self._searches = SearchThreads(lambda: _SqliteSearcher(path))
        self._cursor: sqlite3.Cursor | None = None
        self._inode: tuple[int, int] | None = None

    async def run(self, reading: Reading[T]) -> T:
        """Run *reading* between BEGIN and COMMIT; the snapshot begins with its first row."""
        cursor = self._current()
        try:
            return self._in_snapshot(cursor, reading)
        except sqlite3.Error as error:
            self._forget()
            raise StoreUnavailableError(_GONE) from error

    async def search(self, reading: Reading[T]) -> T:
        """Run the search *reading* on a thread, on a snapshot that begins there."""
        return await self._searches.run(reading)

    async def close(self) -> None:
        """Close the connections."""
        self._searches.close()
        self._forget()

    def _in_snapshot(self, cursor: sqlite3.Cursor, reading: Reading[T]) -> T:
        statements = self._statements
        cursor.execute("BEGIN")
        try:
            name, value = next(reading)
            while True:
                statement = statements[name]
                # A cursor that isn't read to its end pins the snapshot: fetch all.
                rows = cursor.execute(statement.sql, statement.bind(value)).fetchall()
                name, value = reading.send(rows)
        except StopIteration as stop:
            result: T = stop.value
            return result
        finally:
            cursor.execute("COMMIT")

    def _current(self) -> sqlite3.Cursor:
        """Give the open cursor, anew where the file is not the one that was opened."""
        try:
            found = os.stat(self._path)  # noqa: PTH116 - 1 µs on the hot path, a Path takes 4
        except OSError as error:
            self._forget()
            raise StoreUnavailableError(_GONE, code=Code.STORE_MISSING) from error
        inode = (found.st_dev, found.st_ino)
        if self._cursor is None or inode != self._inode:
            self._forget()
            self._cursor = self._open()
            self._inode = inode
        return self._cursor

    def _open(self) -> sqlite3.Cursor:
        try:
            connection = sqlite3.connect(
                f"file:{quote(self._path)}?mode=ro",
                uri=True,
                timeout=LOCK_SECONDS,
                isolation_level=None,
                check_same_thread=False,
            )
        except sqlite3.Error as error:
            raise StoreUnavailableError(_GONE) from error
        try:
            connection.execute("PRAGMA query_only=ON").fetchall()
            connection.execute("PRAGMA trusted_schema=OFF").fetchall()
            # Its module declares itself to the connection once, which no reader may later.
            connection.execute("SELECT value FROM json_each('[]')").fetchall()
            connection.set_authorizer(_views_alone)
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        except sqlite3.Error as error:
            connection.close()
            raise StoreUnavailableError(_GONE) from error
        if rows != [(REVISION,)]:
            connection.close()
            raise _outdated(rows[0][0] if rows else "missing")
        return connection.cursor()

    def _forget(self) -> None:
        if self._cursor is not None:
            self._cursor.connection.close()
        self._cursor = None


class _SqliteSearcher(SqliteSource):
    """One connection for searches, used by one thread at a time."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._statements = {**self._statements, **compile_searches("sqlite")}

    def run_until(self, reading: Reading[T], deadline: float) -> T:
        """Run *reading*; stop it where the monotonic clock passes *deadline*."""
        cursor = self._current()
        connection = cursor.connection
        connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
        try:
            return self._in_snapshot(cursor, reading)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
                raise timed_out() from error
            self._forget()
            raise StoreUnavailableError(_GONE) from error

    def shut(self) -> None:
        """Close the connection."""
        self._forget()


# What a computation over arguments reads is no table.
_READABLE = frozenset(PUBLIC_VIEWS) | {"alembic_version", "json_each"}
_HARMLESS = frozenset(
    {
        *(sqlite3.SQLITE_SELECT, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_TRANSACTION),
        sqlite3.SQLITE_RECURSIVE,
    }
)


def _views_alone(
    action: int, first: str | None, _second: str | None, _database: str | None, via: str | None
) -> int:
    """Let base tables be read only through the public views (P-05)."""
    if action in _HARMLESS or (
        action == sqlite3.SQLITE_READ and (first in _READABLE or via in PUBLIC_VIEWS)
    ):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class PostgresqlSource:
    """A PostgreSQL store, read through a pool; every look-up is one read-only snapshot."""

    def __init__(self, url: str) -> None:
        self._dsn = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._statements = compile_statements("postgresql")
        self._search_statements = {**self._statements, **compile_searches("postgresql")}
        self._pool: asyncpg.Pool | None = None
        self._search_pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    async def run(self, reading: Reading[T]) -> T:
        """Run *reading* in one REPEATABLE READ transaction."""
        # A door may take a first step outside any task; the driver's timeouts need one.
        await asyncio.sleep(0)
        try:
            pool = self._pool or await self._open()
            async with (
                pool.acquire(timeout=ANSWER_SECONDS) as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                return await _drive(connection, self._statements, reading)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise StoreUnavailableError(_GONE) from error

    async def search(self, reading: Reading[T]) -> T:
        """Run *reading* as a look-up, on connections of its own that give up in time."""
        await asyncio.sleep(0)
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                pool = self._search_pool or await self._open_for_searches()
                async with (
                    pool.acquire() as connection,
                    connection.transaction(isolation="repeatable_read", readonly=True),
                ):
                    return await _drive(connection, self._search_statements, reading)
        except (TimeoutError, asyncpg.QueryCanceledError) as error:
            raise timed_out() from error
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise StoreUnavailableError(_GONE) from error

    async def close(self) -> None:
        """Close the pools, at once if connections linger."""
        for pool in (self._pool, self._search_pool):
            if pool is not None:
                pool.terminate()
        self._pool = self._search_pool = None

    async def _open_for_searches(self) -> asyncpg.Pool:
        async with self._opening:
            if self._search_pool is None:
                limit = str(int(SEARCH_SECONDS * 1000))
                settings = {"statement_timeout": limit, **_WALKING}
                self._search_pool = await self._connect(SEARCHES, settings)
            return self._search_pool

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await self._connect(CONNECTIONS, {})
            return self._pool

    async def _connect(self, most: int, settings: Mapping[str, str]) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self._dsn,
            min_size=0,  # a floor is restored in the background, with tracebacks in the log
            max_size=most,
            timeout=ANSWER_SECONDS,
            command_timeout=ANSWER_SECONDS,
            init=_check_schema,
            reset=_keep,
            max_cached_statement_lifetime=0,  # or all are planned anew every five minutes
            server_settings={"default_transaction_read_only": "on", **settings},
        )


# Searches are written to walk indexes, a page at a time, their tables in the order in which
# they stand. A planner that knows no limit, or a table too freshly filled to have statistics,
# would rather read and sort it all, or start workers for it (some 10 ms).
_WALKING = {
    "jit": "off",
    "plan_cache_mode": "force_generic_plan",
    "join_collapse_limit": "1",
    "max_parallel_workers_per_gather": "0",
    **dict.fromkeys(
        (
            *("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin"),
            *("enable_sort", "enable_incremental_sort"),
        ),
        "off",
    ),
}


async def _check_schema(connection: asyncpg.Connection) -> None:
    found = await connection.fetchval("SELECT version_num FROM alembic_version")
    if found != REVISION:
        raise _outdated(found)


async def _keep(_connection: asyncpg.Connection) -> None:
    """Leave a connection as it is: read-only transactions leave nothing to reset."""


async def _drive(connection: asyncpg.Connection, statements: Any, reading: Reading[T]) -> T:
    rows: Sequence[Any]
    try:
        name, value = next(reading)
        while True:
            statement: Statement | SearchStatement = statements[name]
            rows = await connection.fetch(statement.sql, *statement.bind(value))
            name, value = reading.send(rows)
    except StopIteration as stop:
        result: T = stop.value
        return result
