"""The read door's statements, each on both engines: nothing else looks at their columns."""

from __future__ import annotations

import asyncpg
import pytest

from store.sql.ahead_statements import compile_ahead
from store.sql.database import Database
from store.sql.lists import check_columns, insert_rows
from store.sql.records.saving import update_versioned
from store.sql.schema import change_log, host
from store.sql.search_statements import compile_searches
from store.sql.sources import SqliteSource
from store.sql.statements import compile_statements


def test_sqlite_understands_every_statement(sqlite_url: str) -> None:
    path = Database(sqlite_url).path
    assert path is not None
    cursor = SqliteSource(path)._current()
    for statement in compile_statements("sqlite").values():
        cursor.execute(statement.sql, statement.bind(1)).fetchall()
    for search in compile_searches("sqlite").values():
        cursor.execute(f"EXPLAIN {search.sql}", ["[]" for _ in search.names]).fetchall()
    cursor.connection.close()


async def test_postgresql_understands_every_statement(postgresql_url: str) -> None:
    connection = await asyncpg.connect(postgresql_url)
    statements = [each.sql for each in compile_statements("postgresql").values()]
    statements += [each.sql for each in compile_searches("postgresql").values()]
    for leased in (False, True):
        for ahead in compile_ahead(leased=leased).values():
            statements.append(ahead.statement.sql)
            columns = [part.column for part in ahead.parts.values() if part.column is not None]
            prepared = await connection.prepare(ahead.statement.sql)
            width = len(prepared.get_attributes())
            assert max(columns) == width - 1 - leased  # behind them, the heartbeat
    for sql in statements:
        await connection.prepare(sql)
    await connection.close()


def test_a_column_that_is_not_there_is_no_parameter(sqlite_url: str) -> None:
    """A driver passes a parameter over that fits no column, and a value would be lost."""
    database = Database.open(sqlite_url)
    check_columns(host, ["name"])
    with pytest.raises(ValueError, match="change_log has no column knd"):
        database.write(lambda each: insert_rows(each, change_log, [{"knd": "x"}], at=1))
    with pytest.raises(ValueError, match="host has no column nam"):
        database.write(lambda each: update_versioned(each, host, 1, 1, {"nam": "x"}))
    database.close()
