"""Which policy is in force on all nodes: the store holds what it is known by.

Nodes on several machines read their settings each from a file of its own. Where two differ,
one would publish what the other hides; so a node whose policy isn't the one in force says
that it isn't ready.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from store.instants import to_micros
from store.sql.reading import Fetch, Rows
from store.sql.schema import policy_in_force

__all__ = ["put_in_force", "read_in_force"]


def read_in_force() -> Generator[Fetch, Rows, str | None]:
    """Give the fingerprint of the policy in force, ``None`` where none was ever put in force."""
    rows = yield "policy", None
    return rows[0][0] if rows else None


def put_in_force(
    connection: Connection, fingerprint: str, *, at: datetime, actor: str, replacing: bool = True
) -> str | None:
    """Put the policy of *fingerprint* in force; give the one that was.

    Not *replacing*, it is put in force only where none is.
    """
    table = policy_in_force
    before: str | None = connection.execute(select(table.c.fingerprint)).scalar()
    if before is not None and not replacing:
        return before
    connection.execute(delete(table))
    row = {"id": 1, "fingerprint": fingerprint, "since": to_micros(at), "actor": actor}
    connection.execute(insert(table).values(row))
    return before
