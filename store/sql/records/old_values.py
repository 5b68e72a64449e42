"""Private values in old rows, found by their own index and replaced in sets.

Each function takes rows that nobody else holds, oldest first, and gives how many it changed.
A limit of 0 finds none.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update

from store.messages import MessageState
from store.sql.journal import FACTS, Fingerprints, scrub_rows
from store.sql.rows import micros
from store.sql.schema import history, outbox, registrant_change

__all__ = ["scrub_old_changes", "scrub_old_history", "scrub_old_messages"]

_LEFT = [state.value for state in MessageState if state is not MessageState.WAITING]


def scrub_old_history(
    connection: Connection, prints: Fingerprints, *, until: datetime, limit: int
) -> int:
    """Put fingerprints in place of the private values of histories up to *until*."""
    statement = (
        select(history.c.id, history.c.changes)
        .where(history.c.private.is_(True), history.c.at <= micros(until))
        .order_by(history.c.at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(statement).all()
    scrub_rows(connection, prints, rows, plain=FACTS)
    return len(rows)


def scrub_old_changes(
    connection: Connection, prints: Fingerprints, *, until: datetime, limit: int
) -> int:
    """Put fingerprints in place of the values of registrant changes closed by *until*."""
    table = registrant_change
    statement = (
        select(table.c.id, table.c.patch)
        .where(table.c.private.is_(True), table.c.closed <= micros(until))
        .order_by(table.c.closed)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(statement).all()
    scrubbed = [
        {
            "number": number,
            "scrubbed": json.dumps(prints.of_changes(json.loads(patch), plain=FACTS)),
        }
        for number, patch in rows
    ]
    if scrubbed:
        values: dict[str, object] = {
            "patch": bindparam("scrubbed"),
            "prior_email": None,
            "new_email": None,
            "private": False,
        }
        old = update(table).where(table.c.id == bindparam("number"))
        connection.execute(old.values(values), scrubbed)
    return len(rows)


def scrub_old_messages(connection: Connection, *, until: datetime, limit: int) -> int:
    """Forget to whom messages up to *until* went, and what they said beside their change."""
    statement = (
        select(outbox.c.id)
        .where(
            outbox.c.private.is_(True),
            outbox.c.state.in_(_LEFT),
            outbox.c.created <= micros(until),
        )
        .order_by(outbox.c.created)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    numbers = connection.execute(statement).scalars().all()
    if numbers:
        connection.execute(
            update(outbox)
            .where(outbox.c.id.in_(numbers))
            .values(address=None, payload="{}", private=False)
        )
    return len(numbers)
