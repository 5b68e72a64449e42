"""What the store says of its own state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, insert

from rdds.operations.store_figures import StoreFigures, look_at_store
from store.instants import to_micros
from store.sql import schema
from store.sql.database import Database

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def ago(**times: float) -> int:
    """Give an instant before now as a column holds it."""
    return to_micros(NOW - timedelta(**times))


def a_message(state: str, created: int) -> dict[str, Any]:
    """Give a row of the outbox."""
    fixed = {"kind": "N1", "recipient": "new", "channel": "email", "payload": "{}"}
    return {
        **fixed,
        "resent": False,
        "next_try": created,
        "tries": 0,
        "state": state,
        "created": created,
    }


def a_change(deadline: int, *, is_open: bool) -> dict[str, Any]:
    """Give a row of registrant changes."""
    fixed = {"kind": "edit", "state": "pending", "registrar": "REG-A", "contact": "C1"}
    return {
        **fixed,
        "open": is_open,
        "contact_id": 1,
        "patch": "{}",
        "created": ago(days=9),
        "created_by": "x",
        "deadline": deadline,
        "version": 1,
    }


def test_empty_store_has_nothing(database: Database) -> None:
    """Everything is 0 where nothing happened, and where even the store's making was forgotten."""
    database.write(lambda connection: connection.execute(delete(schema.change_log)))
    assert look_at_store(database, NOW) == StoreFigures(
        position=0, changed=0, waiting=0, oldest_waiting=0, open_changes=0, overdue=0
    )


def test_figures_are_of_what_waits_and_is_open(database: Database) -> None:
    """Sent messages and closed changes don't count; ages are of the oldest."""

    def work(connection: Connection) -> None:
        messages = [("waiting", 90), ("waiting", 30), ("sent", 900), ("bounced", 900)]
        rows = [a_message(state, ago(seconds=seconds)) for state, seconds in messages]
        connection.execute(insert(schema.outbox), rows)
        changes = [
            a_change(ago(minutes=2), is_open=True),
            a_change(ago(days=-3), is_open=True),
            a_change(ago(days=5), is_open=False),
        ]
        connection.execute(insert(schema.registrant_change), changes)
        log = [{"at": ago(seconds=at), "kind": "contact", "subject": "C1"} for at in (5, 4, 3)]
        connection.execute(insert(schema.change_log), log)

    before = look_at_store(database, NOW).position
    database.write(work)
    figures = look_at_store(database, NOW)
    assert (figures.waiting, figures.oldest_waiting) == (2, pytest.approx(90))
    assert (figures.open_changes, figures.overdue) == (2, pytest.approx(120))
    assert figures.position == before + 3
    assert figures.changed == pytest.approx(NOW.timestamp() - 3)


def test_change_that_is_in_time_is_not_overdue(database: Database) -> None:
    """Lateness begins at the deadline."""
    row = a_change(ago(seconds=-1), is_open=True)
    database.write(lambda connection: connection.execute(insert(schema.registrant_change), row))
    assert look_at_store(database, NOW).overdue == 0
