"""One deposit into the store, in a transaction of its own."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from typing import BinaryIO

from store.deposit.importing import ImportOptions, ImportSummary, Progress, import_deposit
from store.instants import now
from store.sql.database import Database

__all__ = ["import_file"]


def import_file(
    database: Database,
    stream: BinaryIO,
    options: ImportOptions,
    *,
    progress: Callable[[Progress], None] | None = None,
    dry_run: bool = False,
) -> ImportSummary:
    """Load the deposit in *stream*, whole or not at all; with *dry_run*, undo it.

    Raises:
        RegistryError: what the import refused; the store is as it was.
    """
    summary = database.write(
        lambda connection: import_deposit(
            connection, stream, options, clock=now, progress=progress
        ),
        commit=not dry_run,
    )
    if not dry_run:
        _checkpoint(database)
    return summary


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
