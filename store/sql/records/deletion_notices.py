"""What a run has deleted of each registrar's contacts and has not yet told it.

It stands in the store from the deletion on: a run that is killed tells nothing, and the
next one tells it all.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from store.sql.records.saving import serialise
from store.sql.schema import deletion_notice

__all__ = ["Notice", "add_deletions", "take_notices"]

MOST_NAMED = 50  # contacts that a message names (contacts.md 5.3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """How many of a registrar's contacts are gone, and the first of them."""

    registrar: str
    contacts: tuple[str, ...]
    count: int


def add_deletions(connection: Connection, registrar: str, handles: Sequence[str]) -> None:
    """Add contacts that this transaction deleted to what *registrar* is to be told."""
    serialise(connection, "deletion notices")
    mine = deletion_notice.c.registrar == registrar
    found = connection.execute(select(deletion_notice).where(mine)).mappings().first()
    before: list[str] = [] if found is None else json.loads(found["contacts"])
    values = {
        "contacts": json.dumps([*before, *handles][:MOST_NAMED], ensure_ascii=False),
        "count": len(handles) + (0 if found is None else found["count"]),
    }
    if found is None:
        connection.execute(insert(deletion_notice).values(registrar=registrar, **values))
    else:
        connection.execute(update(deletion_notice).where(mine).values(**values))


def take_notices(connection: Connection) -> list[Notice]:
    """Take out what the registrars are to be told, each once."""
    serialise(connection, "deletion notices")
    statement = select(deletion_notice).order_by(deletion_notice.c.registrar)
    rows = connection.execute(statement).mappings().all()
    if rows:
        connection.execute(delete(deletion_notice))
    return [
        Notice(
            registrar=row["registrar"],
            contacts=tuple(json.loads(row["contacts"])),
            count=row["count"],
        )
        for row in rows
    ]
