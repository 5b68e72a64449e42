"""Long lists of values as single arguments: few or many, on either engine, the same rows."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, select

from store.sql.database import Database
from store.sql.journal import (
    Fingerprints,
    HistoryRow,
    log_changes,
    scrub_histories,
    write_histories,
)
from store.sql.lists import FEW, among
from store.sql.schema import change_log, history
from tests.store.editing_values import START, a_registry
from tests.store.lifecycles import rows_of

COUNTS = (1, FEW - 1, FEW, 3 * FEW)


@pytest.mark.parametrize("count", COUNTS)
def test_log_holds_what_was_touched_in_its_order(database: Database, count: int) -> None:
    """Readers go by the rows' numbers; on PostgreSQL each has its transaction's."""
    registry = a_registry(database)
    touched = [("domain", f"name-{each}.example") for each in reversed(range(count))]
    database.write(lambda connection: log_changes(connection, touched, at=START))
    rows = sorted(rows_of(registry, "change_log"), key=lambda row: row["seq"])[-count:]
    assert [(row["kind"], row["subject"]) for row in rows] == touched
    assert len({row["at"] for row in rows}) == 1
    if database.dialect == "postgresql":
        assert len({row["xid"] for row in rows}) == 1
        assert all(row["xid"] > 0 for row in rows)


@pytest.mark.parametrize("count", COUNTS)
def test_each_row_of_history_keeps_its_own_words(database: Database, count: int) -> None:
    """Written together and scrubbed together, none has another's values or fingerprints."""
    registry = a_registry(database)
    told = [
        HistoryRow(
            kind="contact",
            subject=f"X-{each}",
            action="updated",
            changes={"id": ["", f"X-{each}"], "city": [None, f"Town {each}"]},
        )
        for each in range(count)
    ]

    def work(connection: Connection) -> None:
        write_histories(connection, told, at=START, actor="tester", door="test")
        subjects = [row.subject for row in told]
        prints = Fingerprints(connection)
        assert (
            connection.scalar(
                select(func.count()).where(among(connection, history.c.subject, subjects))
            )
            == count
        )
        scrub_histories(connection, prints, kind="contact", subjects=subjects)
        rows = (
            connection.execute(
                select(history)
                .where(among(connection, history.c.subject, subjects))
                .order_by(history.c.id)
            )
            .mappings()
            .all()
        )
        assert [row["subject"] for row in rows] == subjects
        assert [row["changes"] for row in rows] == [prints.spelled(row.changes) for row in told]
        assert not any(row["private"] for row in rows)
        assert {(row["actor"], row["door"], row["action"]) for row in rows} == {
            ("tester", "test", "updated")
        }

    database.write(work)
    assert "Town" not in repr(registry.rows()["history"])


def test_no_list_is_too_long_or_too_short(database: Database) -> None:
    """None of nothing, and more than a statement may have arguments."""

    def count(connection: Connection, *subjects: str) -> int:
        found = select(func.count(change_log.c.seq)).where(
            among(connection, change_log.c.subject, subjects)
        )
        return int(connection.execute(found).scalar_one())

    many = [f"name-{each}.example" for each in range(70_000)]
    database.write(lambda connection: log_changes(connection, [("domain", many[-1])], at=START))
    assert database.read(count) == 0
    assert database.read(lambda connection: count(connection, *many)) == 1
