"""What a run has deleted of each registrar's contacts and has not yet told it.

It stands in the store from the deletion on: a run that is killed tells nothing, and the
next one tells it all.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, delete, insert, select

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


def add_deletions(connection: Connection, gone: Mapping[str, Sequence[str]]) -> None:
    """Add contacts that this transaction deleted to what their registrars are to be told.

    *gone* holds the contacts' handles by registrar.
    """
    serialise(connection, "deletion notices")
    theirs = deletion_notice.c.registrar.in_(gone)
    found = connection.execute(select(deletion_notice).where(theirs)).mappings().all()
    if found:
        connection.execute(delete(deletion_notice).where(theirs))
    before = {row["registrar"]: row for row in found}
    connection.execute(
        insert(deletion_notice),
        [
            _notice_row(registrar, handles, before.get(registrar))
            for registrar, handles in gone.items()
        ],
    )


def _notice_row(
    registrar: str, handles: Sequence[str], before: RowMapping | None
) -> dict[str, object]:
    named: list[str] = [] if before is None else json.loads(before["contacts"])
    return {
        "registrar": registrar,
        "contacts": json.dumps([*named, *handles][:MOST_NAMED], ensure_ascii=False),
        "count": len(handles) + (0 if before is None else before["count"]),
    }


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
