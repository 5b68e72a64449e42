"""The store as a whole: its schema, its upgrade, and a consistent copy while it serves."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from store.errors import Code, RegistryError, StoreUnavailableError
from store.sql.database import Database, sqlite_path
from store.sql.upgrade import current
from store.sql.upgrade import upgrade as run_migrations

__all__ = ["backup_store", "schema_of", "upgrade_store"]


def schema_of(url: str) -> str | None:
    """Give the revision of the schema at *url*, ``None`` where there is no store.

    Raises:
        StoreUnavailableError: the file or the server can't be reached.
    """
    path = sqlite_path(url)
    if path is not None and not path.exists():
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
    path = sqlite_path(url)
    if dry_run and path is not None and not path.exists():
        with tempfile.TemporaryDirectory(prefix="rdds-dry-run-") as folder:
            empty = f"sqlite:///{folder}/rdds.sqlite3"
            return upgrade_store(empty, public_url=None, dry_run=False)
    database = Database(url)
    try:
        if dry_run:
            return database.write(run_migrations, commit=False)
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
    if file.exists() or file.is_symlink():
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
    folder = Path(tempfile.mkdtemp(prefix=".rdds-backup-", dir=file.parent))
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
        copy.rename(file)


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
