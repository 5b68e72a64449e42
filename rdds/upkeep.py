"""The store as a whole: its schema, its upgrade, and a consistent copy while it serves."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from sqlalchemy import Connection

from store.errors import Code, RegistryError, StoreUnavailableError
from store.sql.addresses import sqlite_path
from store.sql.database import Database
from store.sql.upgrade import current
from store.sql.upgrade import upgrade as run_migrations

__all__ = ["backup_store", "is_there", "schema_of", "tried_store", "upgrade_store"]

T = TypeVar("T")


class _Undone(Database):
    """A store on which everything is tried and undone, first of all the missing migrations."""

    def write(self, work: Callable[[Connection], T], *, commit: bool = True) -> T:
        """Run the migrations and *work* in one transaction that never commits."""
        del commit

        def upgraded(connection: Connection) -> T:
            run_migrations(connection)
            return work(connection)

        return super().write(upgraded, commit=False)


@contextmanager
def tried_store(url: str) -> Iterator[Database]:
    """Open the SQLite store at *url* for a dry run, which ends as the real run would.

    What the real run would make or upgrade is made or upgraded, and undone: where there
    is no store, an empty one stands in for it and goes away.

    Raises:
        StoreUnavailableError: the store could not be made, or can't be reached.
    """
    path = sqlite_path(url)
    if path is None or _has_content(path):
        with closing(_Undone(url)) as database:
            yield database
        return
    _check_makeable(path)
    with tempfile.TemporaryDirectory(prefix="rdds-dry-run-") as folder:
        empty = Path(folder, "rdds.sqlite3")
        empty.touch(mode=0o600)
        with closing(_Undone(f"sqlite:///{empty}")) as database:
            yield database


def is_there(path: Path) -> bool:
    """Tell whether there is a file at *path*.

    Raises:
        StoreUnavailableError: a folder on the way is closed to us.
    """
    try:
        return path.exists()
    except OSError as error:
        raise StoreUnavailableError(f"The store can't be reached: {error.strerror}.") from error


def _has_content(path: Path) -> bool:
    """Tell whether there is more at *path* than the empty file that SQLite takes for none."""
    return is_there(path) and not (path.is_file() and path.stat().st_size == 0)


def _check_makeable(path: Path) -> None:
    """Refuse what the real run would be refused for where there is no store yet."""
    if not is_there(path.parent) or not path.parent.is_dir():
        raise StoreUnavailableError(f"There is no folder {path.parent}.")
    # SQLite writes its journal beside the file, so the folder counts even where that is there.
    wanted = [(path.parent, os.W_OK | os.X_OK)]
    wanted += [(path, os.R_OK | os.W_OK)] if path.exists() else []
    as_we_are = os.access in os.supports_effective_ids
    if not all(os.access(each, mode, effective_ids=as_we_are) for each, mode in wanted):
        raise StoreUnavailableError("The store can't be reached: Permission denied.")


def schema_of(url: str) -> str | None:
    """Give the revision of the schema at *url*, ``None`` where there is no store.

    Raises:
        StoreUnavailableError: the file or the server can't be reached.
    """
    path = sqlite_path(url)
    if path is not None and not is_there(path):
        return None
    database = Database(url)
    try:
        return database.read(current)
    finally:
        database.close()


def upgrade_store(url: str, *, public_url: str | None, dry_run: bool) -> str:
    """Run the migrations that the store at *url* lacks and give the schema's revision.

    The login of *public_url* is granted the public views. With *dry_run* nothing stays:
    no file is made where there is none.

    Raises:
        StoreUnavailableError: the store can't be reached, or is newer than this program.
    """
    if dry_run:
        with tried_store(url) as tried:
            return tried.write(run_migrations, commit=False)
    database = Database(url)
    try:
        login = unquote(urlsplit(public_url).username or "") if public_url else ""
        return database.upgrade(public_login=login or None)
    finally:
        database.close()


def backup_store(url: str, file: Path) -> int:
    """Copy the store at *url* to the new *file* and give its size in bytes.

    The copy is made beside *file*, readable by its owner alone, and takes its name when it is
    whole. SQLite: a store of its own that `database.url` can name. PostgreSQL: an archive
    for `pg_restore`.

    Raises:
        RegistryError: ``EXISTS`` where *file* is there already, ``STORE_MISSING``,
            ``STORE_UNAVAILABLE``.
        OSError: *file* can't be written.
    """
    if os.path.lexists(file):
        raise RegistryError(
            Code.EXISTS, f"{file} is there already; a backup overwrites nothing.", field="file"
        )
    if schema_of(url) is None:
        raise StoreUnavailableError("There is no store to copy.", code=Code.STORE_MISSING)
    path = sqlite_path(url)
    if path is None:
        return _whole_or_nothing(file, lambda copy: _dump_postgresql(url, copy))
    return _whole_or_nothing(file, lambda copy: _copy_sqlite(path, copy))


def _whole_or_nothing(file: Path, write: Callable[[Path], None]) -> int:
    try:
        folder = Path(tempfile.mkdtemp(prefix=".rdds-backup-", dir=file.parent))
    except OSError as error:  # whose name is the folder's, which nobody asked for
        raise OSError(error.errno, error.strerror, str(file)) from error
    try:
        copy = folder / "copy"
        write(copy)
        copy.chmod(0o600)
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        size = copy.stat().st_size
        _take_name(copy, file)
        return size
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _take_name(copy: Path, file: Path) -> None:
    """Name the *copy* *file* unless somebody took that name meanwhile."""
    try:
        file.hardlink_to(copy)
    except FileExistsError as error:
        raise RegistryError(Code.EXISTS, f"{file} is there already.", field="file") from error
    except OSError:  # a file system without hard links
        try:
            copy.rename(file)
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(file)) from error


def _copy_sqlite(path: Path, copy: Path) -> None:
    try:
        with (
            closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(copy)) as target,
        ):
            # One step on one snapshot: under WAL no editor waits for it.
            source.backup(target, pages=-1)
            target.execute("PRAGMA journal_mode=DELETE").fetchall()  # one file, whole in itself
    except sqlite3.Error as error:
        raise StoreUnavailableError(f"The store can't be copied: {error}.") from error


def _dump_postgresql(url: str, copy: Path) -> None:
    from sqlalchemy import make_url

    parts = make_url(url)
    program = shutil.which("pg_dump")
    if program is None:
        raise StoreUnavailableError("pg_dump is not installed; a PostgreSQL backup needs it.")
    words = [program, "--format=custom", "--no-password", f"--file={copy}"]
    for option, value in (
        ("host", parts.host),
        ("port", parts.port),
        ("username", parts.username),
        ("dbname", parts.database),
    ):
        if value is not None:
            words.append(f"--{option}={value}")
    # A password on the command line could be read by every user of the machine.
    password = {"PGPASSWORD": str(parts.password)} if parts.password else {}
    done = subprocess.run(  # noqa: S603 - the settings' own server, no shell
        words,
        env={**os.environ, **password},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise StoreUnavailableError(f"pg_dump failed: {said[0] if said else 'without a word'}.")
