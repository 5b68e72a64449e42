"""What is known of names beside registrations: zones and names kept back."""

from __future__ import annotations

from sqlalchemy import Connection, RowMapping, delete, insert, select

from store.instants import from_micros
from store.model import ReservedName
from store.sql.records.saving import stale
from store.sql.rows import micros
from store.sql.schema import reserved_name, zone

__all__ = [
    "delete_reserved_name",
    "find_reserved_name",
    "imported_zones",
    "insert_reserved_name",
    "reserved_name_of",
]


def imported_zones(connection: Connection) -> frozenset[str]:
    """Give the zones that deposits brought."""
    return frozenset(connection.execute(select(zone.c.name)).scalars())


def find_reserved_name(connection: Connection, name: str) -> ReservedName | None:
    """Find what keeps *name* (inner form) from being registered."""
    statement = select(reserved_name).where(reserved_name.c.name == name)
    row = connection.execute(statement).mappings().one_or_none()
    return None if row is None else reserved_name_of(row)


def insert_reserved_name(connection: Connection, record: ReservedName) -> None:
    """Save a name to keep back."""
    connection.execute(
        insert(reserved_name).values(
            name=record.name,
            blocked=record.blocked,
            blocked_by=record.by,
            created=micros(record.created),
        )
    )


def delete_reserved_name(connection: Connection, record: ReservedName) -> None:
    """Let a name be registered again.

    Raises:
        RegistryError: ``CONFLICT`` where it is gone already.
    """
    gone = connection.execute(delete(reserved_name).where(reserved_name.c.name == record.name))
    if gone.rowcount != 1:
        raise stale()


def reserved_name_of(row: RowMapping) -> ReservedName:
    """Read the reserved name of *row*."""
    return ReservedName(
        name=row["name"],
        blocked=row["blocked"],
        by=row["blocked_by"],
        created=from_micros(row["created"]),
    )
