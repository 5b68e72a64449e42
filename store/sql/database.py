"""One store, on SQLite or PostgreSQL: opening it, and transactions for editors.

The doors read through ``store.sql.reading``, on connections of their own. Here the
same synchronous Core code runs on both engines: PostgreSQL's driver is asyncpg,
bridged by SQLAlchemy's greenlets, on an event loop and a thread of this object's
own, so that an editor may itself be part of an asyncio program.
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import asyncpg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool, Pool, QueuePool

from store.errors import Code, RegistryError, StoreUnavailableError
from store.sql.addresses import sqlite_path

__all__ = ["Database"]

T = TypeVar("T")

BUSY_SECONDS = 10.0  # how long an editor waits for another one before STORE_BUSY
HELD = "RDS01"  # PostgreSQL: edits are held after a failover (migration 0004)

# Another editor's lock is waited for, not for ever. An edit is done once the synchronous
# standbys show it; where there are none, once it is on the disk.
_EDITING = (
    f"SELECT set_config('lock_timeout', '{BUSY_SECONDS:.0f}s', false),"
    " set_config('synchronous_commit', 'remote_apply', false)"
)


def postgresql_url(url: str) -> URL:
    """Give *url* with this product's driver, whatever SQLAlchemy's default is."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    # Through SQLAlchemy the driver knows libpq's `sslmode` as `ssl`.
    renamed = {"ssl" if key == "sslmode" else key: value for key, value in parsed.query.items()}
    return parsed.set(query=renamed)


class Database:
    """A store opened for editing, listing, import and upgrade.

    Raises in every method:
        StoreUnavailableError: the file or the server can't be reached (exit 3).
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = sqlite_path(url)
        self.dialect: Literal["sqlite", "postgresql"] = (
            "postgresql" if self.path is None else "sqlite"
        )
        self._engine: Engine | None = None
        self._async_engine: AsyncEngine | None = None
        self._loop: _LoopThread | None = None
        if self.path is None:
            self._loop = _LoopThread()
            self._async_engine = create_async_engine(postgresql_url(url), poolclass=NullPool)
        else:
            self._engine = _sqlite_engine(self.path)

    @classmethod
    def open(cls, url: str, *, create: bool = False) -> Self:
        """Open the store at *url*; with *create*, make or upgrade an SQLite one first.

        Raises:
            StoreUnavailableError: ``STORE_MISSING`` where there is none and *create* is
                false; ``STORE_OUTDATED`` where its schema is not this program's.
        """
        database = cls(url)
        try:
            if database.path is not None and create:
                database.upgrade()
            else:
                database.check()
        except BaseException:
            database.close()
            raise
        return database

    def upgrade(self, *, public_login: str | None = None) -> str:
        """Run the migrations and give the schema's revision.

        On PostgreSQL the role *public_login*, which must exist, is granted the public
        views and nothing else.
        """
        from store.sql.upgrade import adopt_log, grant_public, upgrade

        def work(connection: Connection) -> str:
            revision = upgrade(connection)
            if self.dialect == "postgresql":
                adopt_log(connection)
            if public_login is not None and self.dialect == "postgresql":
                grant_public(connection, public_login)
            return revision

        with _coded():
            homeless = self.path is not None and not self.path.parent.is_dir()
        if self.path is not None and homeless:
            raise StoreUnavailableError(f"There is no folder {self.path.parent}.")
        if self.path is not None:
            with _coded():
                self.path.touch(mode=0o600)  # private data: the owner's alone, WAL included
        return self._run(work, commit=True, writing=True)

    def check(self) -> str:
        """Give the schema's revision if it is this program's.

        Raises:
            StoreUnavailableError: ``STORE_MISSING`` or ``STORE_OUTDATED``.
        """
        from store.sql.upgrade import check

        with _coded():  # a folder may be closed to us
            missing = self.path is not None and not self.path.exists()
        if missing:
            raise StoreUnavailableError(
                f"There is no store at {self.path}.", code=Code.STORE_MISSING
            )
        return self._run(check, commit=False, writing=False)

    def write(self, work: Callable[[Connection], T], *, commit: bool = True) -> T:
        """Run *work* in one transaction that is alone in writing; undo it without *commit*.

        Raises:
            StoreUnavailableError: ``STORE_BUSY`` where another editor held the store too long.
        """
        return self._run(work, commit=commit, writing=True)

    def read(self, work: Callable[[Connection], T]) -> T:
        """Run *work* on one snapshot."""
        return self._run(work, commit=False, writing=False)

    @contextmanager
    def held_open(self, *, checkpoints: bool = False) -> Iterator[None]:
        """Keep connections for many transactions of one thread: opening one costs milliseconds.

        With *checkpoints* no commit is followed by one: the caller sees to them
        (:meth:`checkpoint`).
        """
        plain, plain_async = self._engine, self._async_engine
        if self.path is not None:
            self._engine = _sqlite_engine(self.path, pool=QueuePool)
            if checkpoints:
                event.listen(self._engine, "connect", _without_checkpoints)
        else:
            self._async_engine = create_async_engine(postgresql_url(self.url))
        try:
            yield
        finally:
            held, self._engine = self._engine, plain
            held_async, self._async_engine = self._async_engine, plain_async
            if held is not None:
                held.dispose()
            elif held_async is not None and self._loop is not None:
                self._loop.run(held_async.dispose())

    def checkpoint(self) -> None:
        """Bring SQLite's file up to its log; editors and readers go on meanwhile."""
        if self._engine is not None:
            with _coded(), self._engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Give back connections and the loop."""
        if self._engine is not None:
            self._engine.dispose()
        if self._loop is not None and self._async_engine is not None:
            self._loop.run(self._async_engine.dispose())
            self._loop.close()
            self._loop = None

    def _run(self, work: Callable[[Connection], T], *, commit: bool, writing: bool) -> T:
        with _coded():
            if self._engine is not None:
                return self._run_sqlite(self._engine, work, commit=commit, writing=writing)
            if self._loop is None:
                raise StoreUnavailableError("The store is closed.")
            return self._loop.run(self._run_postgresql(work, commit=commit, writing=writing))

    @staticmethod
    def _run_sqlite(
        engine: Engine, work: Callable[[Connection], T], *, commit: bool, writing: bool
    ) -> T:
        with engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
            try:
                result = work(connection)
            except BaseException:
                connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT" if commit else "ROLLBACK")
            return result

    async def _run_postgresql(
        self, work: Callable[[Connection], T], *, commit: bool, writing: bool
    ) -> T:
        if self._async_engine is None:
            raise StoreUnavailableError("The store is closed.")
        async with self._async_engine.connect() as connection:
            level: Any = "READ COMMITTED" if writing else "REPEATABLE READ"
            await connection.execution_options(isolation_level=level)
            if writing:
                await connection.exec_driver_sql(_EDITING)
                await connection.commit()
            return await _in_transaction(connection, work, commit=commit)


class _LoopThread:
    """An event loop that runs in a thread until it is closed."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* on the loop and wait for its end."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _in_transaction(
    connection: AsyncConnection, work: Callable[[Connection], T], *, commit: bool
) -> T:
    transaction = await connection.begin()
    try:
        result = await connection.run_sync(work)
    except BaseException:
        await transaction.rollback()
        raise
    if commit:
        await transaction.commit()
    else:
        await transaction.rollback()
    return result


def _sqlite_engine(path: Path, *, pool: type[Pool] = NullPool) -> Engine:
    def connect() -> sqlite3.Connection:
        # Never `rwc`: a server that looks again and again must not put an empty file in
        # the place of a store that is away. Who makes a store makes its file first.
        address = f"file:{quote(os.fspath(path))}?mode=rw"
        return sqlite3.connect(address, uri=True, timeout=BUSY_SECONDS, isolation_level=None)

    engine = create_engine("sqlite://", creator=connect, poolclass=pool)

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # an edit that was acknowledged survives a power cut
            "foreign_keys=ON",
            "trusted_schema=OFF",
            "cache_size=-65536",
            "temp_store=FILE",
        ):
            connection.execute(f"PRAGMA {pragma}").fetchall()

    return engine


def _without_checkpoints(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA wal_autocheckpoint=0").fetchall()


@contextmanager
def _coded() -> Iterator[None]:
    """Turn the drivers' failures into coded ones, without their SQL or values."""
    try:
        yield
    except OperationalError as error:
        if "locked" in str(error.orig) or "busy" in str(error.orig):
            raise StoreUnavailableError(
                "Another editor holds the store; try again.", code=Code.STORE_BUSY
            ) from error
        raise StoreUnavailableError(f"The store can't be used: {_reason(error)}.") from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") == HELD:
            raise StoreUnavailableError(
                "The store has changed servers and takes edits in some seconds; try again.",
                code=Code.STORE_BUSY,
            ) from error
        if getattr(error.orig, "sqlstate", "") in {"40001", "40P01", "55P03"}:
            raise StoreUnavailableError(
                "Another editor holds the store; try again.", code=Code.STORE_BUSY
            ) from error
        if getattr(error.orig, "sqlstate", None) == "23505" or "UNIQUE constraint" in str(
            error.orig
        ):
            raise RegistryError(
                Code.CONFLICT, "Another edit took the same handle or name; try again."
            ) from error
        raise StoreUnavailableError(f"The store can't be used: {_reason(error)}.") from error
    except (OSError, sqlite3.DatabaseError, asyncpg.PostgresError) as error:
        raise StoreUnavailableError(f"The store can't be reached: {_reason(error)}.") from error


# What PostgreSQL refuses an operator for, by SQLSTATE.
_SAID = {
    "28000": "the login is refused",
    "28P01": "the login is refused",
    "3D000": "there is no such database",
    "42501": "the login lacks rights",
    "42704": "there is no such role",
    "53300": "the server has too many connections",
    "57P03": "the server is starting or stopping",
}


def _reason(error: BaseException) -> str:
    """Name the failure's kind, never its statement or parameters."""
    origin = getattr(error, "orig", None) or error
    state = getattr(origin, "sqlstate", None)
    match origin:
        case sqlite3.Error():
            return str(origin)
        case _ if state is not None:
            return _SAID.get(state, f"PostgreSQL's SQLSTATE {state}")
        case OSError():
            return origin.strerror or "the connection failed"
        case _:
            return type(origin).__name__
