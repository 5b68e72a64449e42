"""The staging tables: a deposit's rows inside the one transaction of its import.

Temporary tables, filled in batches by the driver itself, so memory stays bounded and
nothing of the store changes before everything is checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, MetaData, Table, Text
from sqlalchemy.types import TypeEngine

from store.deposit import rows

__all__ = ["Stage"]

BATCH = 1000

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
_SMALL = (
    *("owned", "foreign_zone", "attribute", "position"),
    *("key_tag", "algorithm", "digest_type", "flags", "protocol"),
)
_LARGE = (
    *("created", "updated", "expires", "transferred"),
    *("registrant_key", "admin_key", "tech_key", "billing_key"),
)
_TYPES: dict[str, TypeEngine[Any]] = {
    "id": _NUMBER,
    "domain": _NUMBER,
    "contact": _NUMBER,
    "line": BigInteger(),
    "max_sig_life": Integer(),
    "gurid": Integer(),
    "blocked": Boolean(),
    "by_roid": Boolean(),
    **dict.fromkeys(_SMALL, Integer()),
    **dict.fromkeys(_LARGE, BigInteger()),
}

# Table, its rows, whether `known` (the row of the same object in the store) belongs to it.
_STAGES: tuple[tuple[str, Any, bool], ...] = (
    ("import_domain", rows.DomainRow, True),
    ("import_ns", rows.DelegationRow, False),
    ("import_dnssec", rows.DnssecRow, False),
    ("import_host", rows.HostRow, True),
    ("import_address", rows.AddressRow, False),
    ("import_contact", rows.ContactRow, True),
    ("import_form", rows.FormRow, False),
    ("import_registrar", rows.RegistrarRow, False),
    ("import_reserved", rows.ReservedRow, False),
    ("import_delete", rows.DeletionRow, False),
)

# Made after the load: one sort is cheaper than 100,000 insertions in random order.
_INDEXES = (
    ("import_domain", "name"),
    ("import_contact", "handle"),
    ("import_host", "name"),
    ("import_address", "host"),
    ("import_ns", "domain"),
    ("import_dnssec", "domain"),
    ("import_form", "contact"),
    ("import_registrar", "handle"),
    ("import_reserved", "name"),
    ("import_delete", "key"),
)


def _table(name: str, fields: Sequence[str], *, known: bool) -> Table:
    columns: list[Column[Any]] = [
        Column(
            field,
            _TYPES.get(field, Text()),
            primary_key=field == "id",
            autoincrement=False,
        )
        for field in fields
    ]
    if known:
        columns.append(Column("known", _NUMBER))
    return Table(name, MetaData(), *columns, prefixes=["TEMPORARY"])


class Stage:
    """The staging tables of one import on *connection*; ``add`` rows, then ``finish``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._inserts: dict[type, str] = {}
        self._held: dict[type, list[tuple[Any, ...]]] = {}
        for name, kind, known in _STAGES:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {self._scope}.{name}")
            table = _table(name, kind._fields, known=known)
            table.create(connection, checkfirst=False)
            fields = dict.fromkeys(kind._fields)
            insert = table.insert().values(fields).compile(dialect=connection.dialect)
            self._inserts[kind] = str(insert)
            self._held[kind] = []

    @property
    def _scope(self) -> str:
        return "temp" if self._connection.dialect.name == "sqlite" else "pg_temp"

    def add(self, row: tuple[Any, ...]) -> None:
        """Hold *row*, one of the named tuples of ``store.deposit.rows``; write a full batch."""
        held = self._held[type(row)]
        held.append(row)
        if len(held) >= BATCH:
            self._write(type(row))

    def flush(self) -> None:
        """Write what is held."""
        for kind in self._held:
            self._write(kind)

    def finish(self) -> None:
        """Write what is held and make the indexes."""
        self.flush()
        for table, column in _INDEXES:
            self._connection.exec_driver_sql(
                f"CREATE INDEX {self._index(table, column)} ON {table} ({column})"
            )
        if self._connection.dialect.name == "postgresql":
            for name, _, _ in _STAGES:
                self._connection.exec_driver_sql(f"ANALYZE {name}")

    def drop(self) -> None:
        """Remove the tables from the connection."""
        for name, _, _ in _STAGES:
            self._connection.exec_driver_sql(f"DROP TABLE {self._scope}.{name}")
        for name in ("import_zone", "import_fill", "import_gone", "import_moved", "import_seen"):
            self._connection.exec_driver_sql(f"DROP TABLE IF EXISTS {self._scope}.{name}")

    def _index(self, table: str, column: str) -> str:
        # An index of a temporary table is named inside its schema; SQLite wants it said.
        name = f"{table}_{column}"
        return f"temp.{name}" if self._scope == "temp" else name

    def _write(self, kind: type) -> None:
        held = self._held[kind]
        if held:
            self._connection.exec_driver_sql(self._inserts[kind], held)
            held.clear()
