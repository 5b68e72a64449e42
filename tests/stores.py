"""Rows written straight into a store, for tests that are about reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert

from store.folding import fold_handle, fold_name
from store.model import Role
from store.sql.database import Database
from store.sql.schema import metadata

__all__ = ["RowWriter", "write_rows"]

_TABLES = metadata.tables


class RowWriter:
    """Adds rows with sensible defaults; keyword arguments override columns."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._links = 0

    def registrar(self, handle: str = "REG-A", **values: Any) -> None:
        """Add a registrar."""
        name = values.get("name", "Example Registrar LLC")
        defaults = {
            "handle": handle,
            "handle_key": fold_handle(handle),
            "name_key": fold_name(name),
            "name": name,
            "gurid": 9999,
            "status": "ok",
            "version": 1,
        }
        self._add("registrar", defaults, values)

    def contact(self, ident: int, **values: Any) -> None:
        """Add a contact ``C{ident}`` of REG-A."""
        handle = values.get("handle", f"C{ident}")
        defaults = {
            "id": ident,
            "handle": handle,
            "handle_key": fold_handle(handle),
            "roid": f"{handle}-EXAMPLE",
            "registrar": "REG-A",
            "postal_type": "loc",
            "name": f"Holder {ident}",
            "city": "Wellington",
            "cc": "NZ",
            "voice": "+64.211234567",
            "email": f"holder{ident}@example.net",
            "statuses": "",
            "disclosures": "{}",
            "auth_hash": "not-for-the-public",
            "generation": 1,
            "created": 1_000_000,
            "version": 1,
        }
        self._add("contact", defaults, values)

    def domain(self, ident: int, name: str, links: Mapping[Role, int], **values: Any) -> None:
        """Add a domain with its links, role to contact."""
        defaults = {
            "id": ident,
            "name": name,
            "zone": name.partition(".")[2],
            "roid": f"D{ident}-EXAMPLE",
            "registrar": "REG-A",
            "statuses": "",
            "privacy": "none",
            "disputed": False,
            "created": 1_000_000,
            "expires": 2_000_000_000_000_000,
            "version": 1,
        }
        self._add("domain", defaults, values)
        for role, contact in links.items():
            self._links += 1
            link = {"domain_id": ident, "role": role.value, "contact_id": contact, "since": 1}
            self._add("domain_contact", link, {"public_id": ident * 100 + self._links})

    def host(self, ident: int, name: str, *addresses: str, **values: Any) -> None:
        """Add a name server with its addresses."""
        defaults = {"id": ident, "name": name, "roid": f"H{ident}-EXAMPLE"}
        self._add("host", {**defaults, "statuses": "", "version": 1}, values)
        for address in addresses:
            self._add("host_address", {"host_id": ident, "address": address}, {})

    def delegation(self, domain: int, host: int) -> None:
        """Let a domain refer to a host."""
        self._add("domain_host", {"domain_id": domain, "host_id": host}, {})

    def row(self, table: str, **values: Any) -> None:
        """Add any row."""
        self._add(table, {}, values)

    def _add(self, table: str, defaults: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        self._connection.execute(insert(_TABLES[table]).values({**defaults, **values}))


def write_rows(database: Database, fill: Any) -> None:
    """Run *fill* with a :class:`RowWriter` in one transaction."""
    database.write(lambda connection: fill(RowWriter(connection)))
