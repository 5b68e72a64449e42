"""Who may write beside whom on PostgreSQL: many edits at once, or one import alone.

An import compares and numbers rows in sets, so it must see no edit half done, nor an
edit it: both take one advisory lock before any row. On SQLite a writer is alone anyway.
"""

from __future__ import annotations

from sqlalchemy import Connection

__all__ = ["lock_for_edit", "lock_for_import"]

WRITERS = 0x52444453  # any number that no other program of the database takes


def lock_for_edit(connection: Connection) -> None:
    """Wait until no import is under way; until the commit none begins.

    It is waited for as long as for any lock: ``STORE_BUSY`` then.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock_shared({WRITERS})")


def lock_for_import(connection: Connection) -> None:
    """Wait until no editor is at work; until the commit none begins."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")
