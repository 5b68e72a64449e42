"""What every record's loading and saving shares: numbers, ROIDs, handles, versions, locks."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Select,
    Table,
    Update,
    bindparam,
    func,
    select,
    text,
    update,
)

from store.errors import Code, RegistryError
from store.folding import fold_handle
from store.handles import roid
from store.sql.lists import check_columns

__all__ = [
    "COUNT_CAP",
    "matching_handle",
    "next_number",
    "rows_capped",
    "searchable",
    "serialise",
    "spend_number",
    "stale",
    "unused_roid",
    "update_versioned",
]

COUNT_CAP = 1000  # beyond it a refusal says "more than" (E-03)


def next_number(connection: Connection, table: Table) -> int:
    """Draw the number of the next row of *table*; no number is ever drawn twice.

    A number ends up in ROIDs and privacy aliases, which must not come to mean another
    object after a deletion.
    """
    if connection.dialect.name == "postgresql":
        drawn = select(func.nextval(func.pg_get_serial_sequence(table.name, "id")))
        return int(connection.execute(drawn).scalar_one())
    highest = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
    last = connection.execute(highest, {"name": table.name}).scalar_one_or_none()
    return int(last or 0) + 1


def spend_number(connection: Connection, table: Table) -> int:
    """Draw a number that no row of *table*, which had some, will ever have."""
    number = next_number(connection, table)
    if connection.dialect.name == "sqlite":
        spent = text("UPDATE sqlite_sequence SET seq = :number WHERE name = :name")
        connection.execute(spent, {"number": number, "name": table.name})
    return number


def unused_roid(
    connection: Connection,
    table: Table,
    number: int,
    *,
    letter: Literal["C", "D", "H"],
    repository: str,
) -> str:
    """Spell the ROID of row *number*, with a suffix where a deposit brought the same one."""
    candidate, attempt = roid(letter, number, repository), 1
    while connection.execute(select(table.c.id).where(table.c.roid == candidate)).first():
        attempt += 1
        candidate = f"{letter}{number}_{attempt}-{repository}"
    return candidate


def searchable(handle: str) -> bool:
    """Tell whether *handle* could be in a store at all: UTF-8 and without NUL."""
    try:
        handle.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\0" not in handle


def matching_handle(connection: Connection, table: Table, handle: str) -> str | None:
    """Find the handle of *table* that *handle* means: exactly, else caselessly if unique.

    Raises:
        RegistryError: ``AMBIGUOUS`` where only the case would tell two apart.
    """
    if not searchable(handle):
        return None
    exact, caseless = _by_handle(table)
    found: str | None = connection.execute(exact, {"sought": handle}).scalar_one_or_none()
    if found is not None:
        return found
    matches = connection.execute(caseless, {"sought": fold_handle(handle)}).scalars().all()
    if len(matches) > 1:
        raise RegistryError(
            Code.AMBIGUOUS, f"More than one {table.name} matches {handle} but for the case."
        )
    return matches[0] if matches else None


@cache
def _by_handle(table: Table) -> tuple[Select[Any], Select[Any]]:
    """Give what finds a handle of *table* as it is spelled, and whatever its case."""
    found: Select[Any] = select(table.c.handle)
    sought: BindParameter[str] = bindparam("sought")
    return (
        found.where(table.c.handle == sought),
        found.where(table.c.handle_key == sought).limit(2),
    )


def update_versioned(
    connection: Connection,
    table: Table,
    number: int | str,
    version: int,
    values: Mapping[str, Any],
) -> None:
    """Write *values* over the row of key *number* if it still has *version*, and count it up.

    Raises:
        RegistryError: ``CONFLICT`` where another edit came between (D-30).
    """
    check_columns(table, values)
    said = {**values, "version": version + 1, "its_number": number, "its_version": version}
    if connection.execute(_versioned(table), said).rowcount != 1:
        raise stale()


@cache
def _versioned(table: Table) -> Update:
    """Give the update of a row of *table*; which columns it sets is said with their values."""
    (key,) = table.primary_key.columns
    mine = key == bindparam("its_number")
    return update(table).where(mine, table.c.version == bindparam("its_version"))


def stale() -> RegistryError:
    """Give the refusal of an edit whose row was changed or deleted meanwhile."""
    return RegistryError(Code.CONFLICT, "Another edit came between; look again and try again.")


def rows_capped(
    connection: Connection, column: ColumnElement[Any], condition: ColumnElement[bool]
) -> int:
    """Count the values of *column* that meet *condition*, at most one beyond the cap."""
    found = select(column).where(condition).distinct().limit(COUNT_CAP + 1)
    return int(connection.execute(select(func.count()).select_from(found.subquery())).scalar_one())


def serialise(connection: Connection, key: str) -> None:
    """Make edits that name the same *key* wait for each other until the commit.

    For rules about rows that don't exist yet. On SQLite a writer is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
