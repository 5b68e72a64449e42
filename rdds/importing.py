"""Deposits into the store, each in a transaction of its own, or all in one to try them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from typing import BinaryIO

from sqlalchemy import Connection

from store.deposit.importing import ImportOptions, ImportSummary, Progress, import_deposit
from store.instants import now
from store.sql.database import Database

__all__ = ["Try", "import_file", "try_files"]

Try = Callable[[BinaryIO, Callable[[Progress], None] | None], ImportSummary]


def import_file(
    database: Database,
    stream: BinaryIO,
    options: ImportOptions,
    *,
    progress: Callable[[Progress], None] | None = None,
) -> ImportSummary:
    """Load the deposit in *stream*, whole or not at all.

    Raises:
        RegistryError: what the import refused; the store is as it was.
    """
    summary = database.write(
        lambda connection: import_deposit(connection, stream, options, clock=now, progress=progress)
    )
    _checkpoint(database)
    return summary


def try_files(database: Database, options: ImportOptions, each: Callable[[Try], None]) -> None:
    """Let *each* load deposits one after the other, and undo them all.

    A deposit of a chain follows the one before it, as in the real run.

    Raises:
        RegistryError: what an import refused.
    """

    def work(connection: Connection) -> None:
        each(
            lambda stream, progress: import_deposit(
                connection, stream, options, clock=now, progress=progress
            )
        )

    database.write(work, commit=False)


def _checkpoint(database: Database) -> None:
    """Bring SQLite's log into the file: after an import it would slow every reader.

    Where a reader is in the way, SQLite does it later by itself.
    """
    if database.path is None:
        return
    with (
        suppress(sqlite3.Error),
        closing(sqlite3.connect(database.path, isolation_level=None, timeout=1)) as connection,
    ):
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
