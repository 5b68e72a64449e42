"""Searches cost the same whatever the store's size: each statement walks an index."""

from __future__ import annotations

import sqlite3
from typing import Any

import asyncpg
import pytest

from store.sql.database import Database
from store.sql.search_statements import compile_searches

# What there are few of is read whole; of the log it is the newest row alone, by its number.
FEW = frozenset(
    {
        "SCAN zone USING COVERING INDEX sqlite_autoindex_zone_1",
        "SCAN privacy_service",
        "SCAN change_log",
    }
)
BY_LIST = ("SCAN json_each", "SCAN value", "SCAN p", "SCAN e", "SCAN CONSTANT", "SCAN g")
# Of limited rows, to count those that differ.
COUNTED = "USE TEMP B-TREE FOR count(DISTINCT)"
OPENINGS = frozenset({"opening", "opening_of_people"})
SAMPLE: dict[str, Any] = {
    **dict.fromkeys(("low", "high", "key", "address", "parent", "handle", "name", "roid"), "a"),
    **dict.fromkeys(("email", "sight"), "a"),
    **dict.fromkeys(("limit", "number", "after", "first", "contact", "place"), 1),
    **dict.fromkeys(("any_name", "any_roid", "any_email", "any_key"), True),
    **{name: ["a"] for name in ("zones", "registrars", "published", "shown", "handles")},
    **{name: ["a"] for name in ("services", "sponsors")},
    **{name: [1] for name in ("singles", "ids", "hosts")},
}
PAIRS = {"sets": [("a", 1)], "contacts": [(1, "a")]}


def _value(name: str) -> dict[str, Any]:
    # Where contacts are a plain list, they aren't pairs with sights.
    value = SAMPLE | PAIRS
    if name == "own_sights":
        value |= {"contacts": [1]}
    if name in {"domains_named", "domains_below"}:
        value |= {"place": "a"}
    if name.startswith(("domains_of_sponsors", "domains_of_services", "hosts_of_sponsors")):
        value |= {"first": "a"}
    return value


def test_no_statement_on_sqlite_scans_a_table_or_sorts(sqlite_url: str) -> None:
    """Every step is a SEARCH by an index, but for lists of arguments."""
    path = Database(sqlite_url).path
    assert path is not None
    connection = sqlite3.connect(path)
    for name, statement in compile_searches("sqlite").items():
        passed = FEW if name in OPENINGS else frozenset()
        rows = connection.execute(
            f"EXPLAIN QUERY PLAN {statement.sql}", statement.bind(_value(name))
        )
        for *_, step in rows.fetchall():
            listed = step.startswith(BY_LIST) or step in passed
            scanned = step.startswith("SCAN") and not listed
            assert not scanned, (name, step)
            assert "TEMP B-TREE" not in step or step == COUNTED, (name, step)
    connection.close()


async def test_no_statement_on_postgresql_needs_a_scan_or_sort(postgresql_url: str) -> None:
    """With scans and sorts forbidden, none is left in any plan."""
    connection = await asyncpg.connect(postgresql_url)
    for setting in ("enable_seqscan", "enable_sort", "enable_incremental_sort"):
        await connection.execute(f"SET {setting} = off")
    for name, statement in compile_searches("postgresql").items():
        arguments = statement.bind(_value(name))
        rows = await connection.fetch(f"EXPLAIN {statement.sql}", *arguments)
        plan = "\n".join(row[0] for row in rows)
        if name in OPENINGS:
            plan = plan.replace("Seq Scan on privacy_service ", "")
        assert "Seq Scan" not in plan, (name, plan)
        assert "Sort" not in plan, (name, plan)
    await connection.close()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_walk_has_a_limit(dialect: Any) -> None:
    """What isn't bound to the numbers of a page stops at a limit."""
    for name, statement in compile_searches(dialect).items():
        by_number = {"ids", "handles", "number", "contacts"} & {
            each.removesuffix("__a").removesuffix("__b") for each in statement.names
        }
        assert by_number or "limit" in statement.names or name in OPENINGS, name
