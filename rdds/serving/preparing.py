"""Making the store fit to be served, in a child process of its own.

Migrations and the sample's import load much that serving never needs; a child takes
that away with it, so the parent and the workers stay small.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sqlite3
from contextlib import closing, suppress
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import quote

from rdds.settings import Settings
from store.errors import Code, RegistryError, StoreUnavailableError
from store.sql.addresses import sqlite_path
from store.sql.views import REVISION

if TYPE_CHECKING:
    from store.sql.database import Database

__all__ = ["prepare_store", "settle_store"]

_log = logging.getLogger("rdds.parent")


def prepare_store(settings: Settings, *, demo: bool) -> None:
    """Upgrade an SQLite store, check a PostgreSQL one; load the sample into an empty one.

    An SQLite store that needs nothing is not worth the child: half of a start.

    Raises:
        RegistryError: what the store or the sample refused.
    """
    if not demo and _is_fit(settings.database.url):
        return
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        _prepare_and_exit(settings, write, demo=demo)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        answer = pipe.read()
    _, status = os.waitpid(pid, 0)
    if answer:
        code, message, field = json.loads(answer)
        raise _error(Code(code), message, field)
    if status:
        raise StoreUnavailableError("The store could not be made ready.")


def _is_fit(url: str) -> bool:
    """Tell whether *url* is an SQLite file with a store of ours that can be written to.

    Whatever stands in the way is found out, and said, by the child.
    """
    path = sqlite_path(url)
    if path is None or not os.path.exists(path):  # noqa: PTH110 - in a closed folder too
        return False
    address = f"file:{quote(os.fspath(path))}?mode=rw"
    with suppress(sqlite3.Error), closing(sqlite3.connect(address, uri=True, timeout=0)) as store:
        store.execute("BEGIN IMMEDIATE")
        found = store.execute("SELECT version_num FROM alembic_version").fetchall()
        store.execute("SELECT seq FROM public_stamp LIMIT 1").fetchall()
        return found == [(REVISION,)]
    return False


def _error(code: Code, message: str, field: str | None) -> RegistryError:
    if code.startswith("STORE_"):
        return StoreUnavailableError(message, code=code)
    return RegistryError(code, message, field=field)


def _prepare_and_exit(settings: Settings, write: int, *, demo: bool) -> NoReturn:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    status = 1
    try:
        _prepare(settings, demo=demo)
        status = 0
    except RegistryError as error:
        os.write(write, json.dumps([error.code.value, error.message, error.field]).encode())
        status = 0
    finally:
        os._exit(status)


def _prepare(settings: Settings, *, demo: bool) -> None:
    from store.sql.database import Database

    path = sqlite_path(settings.database.url)
    new = path is not None and not demo and not path.exists()
    database = Database.open(settings.database.url, create=True)
    try:
        if path is not None and new:
            _log.warning("made a new, empty store at %s", path.absolute())
        if demo:
            from rdds.demo import SECOND_ZONE, load_demo

            load_demo(database, settings.registry_policy())
            if SECOND_ZONE not in settings.registry_policy().zones:
                _log.warning(
                    "--demo alone has %s follow the profile irs; other commands need the setting"
                    ' [zones."%s"] profile = "irs"',
                    *(SECOND_ZONE, SECOND_ZONE),
                )
        if settings.database.read_urls:
            _agree(database, settings)
    finally:
        database.close()
    asyncio.run(_try_reading(settings))
    if settings.database.read_urls:
        asyncio.run(_check_standbys(settings))
        asyncio.run(_begin_heartbeat(settings))


def _agree(database: Database, settings: Settings) -> None:
    """Put this node's policy in force where none is, and say so where another one is."""
    from rdds.policy_check import fingerprint
    from store import instants
    from store.sql.policy_in_force import put_in_force

    own = fingerprint(settings.registry_policy())
    now = instants.now()
    in_force = database.write(
        lambda each: put_in_force(each, own, at=now, actor="serve", replacing=False)
    )
    if in_force not in {None, own}:
        _log.error("another policy is in force; `rdds settings adopt` puts this one in force")


async def _begin_heartbeat(settings: Settings) -> None:
    """Have the servers that are read from vouch for themselves by the time `ready` is said."""
    from store.sql.heartbeat import Heart

    heart = Heart(settings.database.url, lease=settings.database.lease)
    with suppress(TimeoutError):  # a standby is away: the log of the side child says so
        async with asyncio.timeout(settings.database.lease):
            await heart.beat()
            await heart.beat()
    heart.close()


async def _check_standbys(settings: Settings) -> None:
    """See that edits wait for the standbys that are read from.

    Raises:
        RegistryError: ``SETTINGS``. A server that can't be reached now is not judged.
    """
    import asyncpg

    from store.sql.standbys import is_standby, waits_for_standbys

    database = settings.database
    try:
        if await waits_for_standbys(database.url):
            return
        standbys = [each for each in database.read_urls if await is_standby(each)]
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return
    if standbys:
        raise RegistryError(
            Code.SETTINGS,
            "A standby is read from, and the primary's synchronous_standby_names is empty.",
            field="database.read_urls",
        )


async def _try_reading(settings: Settings) -> None:
    """See that the doors' own connection can read: `ready` must not be said in vain."""
    from store.sql.reading import read_stamp
    from store.sql.sources import open_source

    source = open_source(settings.database.url, settings.database.public_url)
    try:
        await source.run(read_stamp)
    except StoreUnavailableError as error:
        if settings.database.public_url is None:
            raise
        sentence = f"database.public_url: {error.message}"
        raise StoreUnavailableError(sentence, code=error.code) from error
    finally:
        await source.close()


def settle_store(settings: Settings) -> None:
    """Bring what stands in an SQLite store's journal into its file, when nobody serves it.

    Whoever copies the file of a stopped server then has all of it. A failure is of no
    consequence: the journal is read again at the next start.
    """
    path = sqlite_path(settings.database.url)
    if path is None or not path.exists():
        return
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
