"""Where the read door's look-ups run: one snapshot each, on a connection that can't write.

SQLite answers on the caller's own thread and never suspends. A store that is gone,
replaced or older than this program is "unavailable", never "not found", and is
found again without a restart. So is one without names in place of one that had some, until
it has some too.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar
from urllib.parse import quote

from store.errors import Code, StoreUnavailableError
from store.sql.addresses import sqlite_path
from store.sql.reading import Fetch, Rows
from store.sql.search_statements import SearchStatement, compile_searches
from store.sql.search_threads import SearchThreads, timed_out
from store.sql.statements import Statement, compile_statements
from store.sql.views import PUBLIC_VIEWS, REVISION

__all__ = ["Source", "SqliteSource", "open_source"]

T = TypeVar("T")
Reading = Generator[Fetch, Rows, T]

LOCK_SECONDS = 0.25  # a reader is never blocked by writers, only by a store in recovery
CACHE_KIB = 6_000  # SQLite: pages that a reading connection keeps
STEPS = 2000  # SQLite: instructions between looks at the clock (some 20 µs)

_GONE = "The store can't be reached."


class Source(Protocol):
    """Runs look-ups, each on one snapshot no older than the call."""

    async def run(self, begin: Callable[[], Reading[T]], likely: Fetch | None = None) -> T:
        """Run the look-up that *begin* begins; it may have to be begun again.

        *likely* is what one statement should bring, if the look-up begins with another
        question (``store.sql.ahead_statements``).

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


def open_source(
    url: str,
    public_url: str | None = None,
    read_urls: Sequence[str] = (),
    *,
    lease: float | None = None,
) -> Source:
    """Give the source for the store at *url*; *public_url* is the doors' own login, if any.

    On PostgreSQL it reads the first of *read_urls* that answers, where there are any, and
    within the *lease* of a heartbeat, in seconds.
    """
    path = sqlite_path(url)
    if path is not None:
        return SqliteSource(path)
    # Its driver is of no use to a process that serves SQLite, and takes memory.
    from store.sql.postgresql_source import PostgresqlSource

    if read_urls:
        return PostgresqlSource(tuple(read_urls), lease=lease)
    return PostgresqlSource((public_url or url,))


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
        self._opened = 0  # how often the store was opened
        self._held_names = False  # a store that was open here did

    async def run(self, begin: Callable[[], Reading[T]], likely: Fetch | None = None) -> T:  # noqa: ARG002 - the port's signature
        """Run a look-up between BEGIN and COMMIT; the snapshot begins with its first row."""
        cursor = self._current()
        try:
            return self._in_snapshot(cursor, begin())
        except sqlite3.Error as error:
            self._forget()
            raise StoreUnavailableError(_GONE) from error

    async def search(self, reading: Reading[T]) -> T:
        """Run the search *reading* on a thread, on a snapshot that begins there."""
        if self._cursor is not None or self._held_names:
            self._current()  # which knows what stood here before, as a new connection doesn't
        return await self._searches.run(reading)

    async def close(self) -> None:
        """Close the connections."""
        self._searches.close()
        self._forget()

    def version(self) -> tuple[int, int]:
        """Give what differs once anybody has committed: the connection's place, and its version.

        Raises:
            StoreUnavailableError: the store can't be reached or isn't this program's.
        """
        cursor = self._current()
        try:
            ((version,),) = cursor.execute("PRAGMA data_version").fetchall()
        except sqlite3.Error as error:
            self._forget()
            raise StoreUnavailableError(_GONE) from error
        return self._opened, version

    def read_log(self, seq: int | None) -> Rows:
        """Give the rows of the change log from number *seq* on, the first ``MOST_LOG`` of them.

        Without a number, the newest one. A row is number, instant, kind and subject.

        Raises:
            StoreUnavailableError: the store can't be reached or isn't this program's.
        """
        cursor = self._current()
        statement = self._statements["log_newest" if seq is None else "log_from"]
        try:
            rows: Rows = cursor.execute(statement.sql, statement.bind(seq)).fetchall()
        except sqlite3.Error as error:
            self._forget()
            raise StoreUnavailableError(_GONE) from error
        return rows

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
            self._opened += 1
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
            # What lies between a name and its rows then stays in memory: a fifth less time
            # for a name out of a million.
            connection.execute(f"PRAGMA cache_size=-{CACHE_KIB}").fetchall()
            connection.execute("PRAGMA trusted_schema=OFF").fetchall()
            # Its module declares itself to the connection once, which no reader may later.
            connection.execute("SELECT value FROM json_each('[]')").fetchall()
            connection.set_authorizer(_views_alone)
            rows = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            emptied = self._held_names and rows == [(REVISION,)] and not _holds_names(connection)
        except sqlite3.Error as error:
            connection.close()
            raise StoreUnavailableError(_GONE) from error
        if rows != [(REVISION,)]:
            connection.close()
            raise _outdated(rows[0][0] if rows else "missing")
        if emptied:
            # A command made it while the true one was away: all names would be free.
            connection.close()
            raise StoreUnavailableError(
                "A store without names stands where there was one with names.",
                code=Code.STORE_MISSING,
            )
        return connection.cursor()

    def _forget(self) -> None:
        if self._cursor is not None:
            connection = self._cursor.connection
            with suppress(sqlite3.Error):
                self._held_names = self._held_names or _holds_names(connection)
            connection.close()
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


def _holds_names(connection: sqlite3.Connection) -> bool:
    # Without a condition SQLite would read the table itself, which is refused.
    first = connection.execute("SELECT d.name FROM public_domain d WHERE d.id > 0 LIMIT 1")
    return bool(first.fetchall())


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
    if action == sqlite3.SQLITE_READ:
        allowed = first in _READABLE or via in PUBLIC_VIEWS
    elif action == sqlite3.SQLITE_PRAGMA:
        allowed = first == "data_version"  # whether another connection has committed
    else:
        allowed = action in _HARMLESS
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
