"""Rows written straight into a store, for tests that are about reading."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from store.folding import fold_handle, fold_name, search_key
from store.model import PrivacyMode, Role
from store.sql.database import Database
from store.sql.records.sights import settle_sights
from store.sql.schema import metadata
from store.sql.sights import sight_of_link

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
            "fn_key": search_key(name),
            "public_key": search_key(str(values.get("gurid", 9999) or handle)),
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
            "roid_key": search_key(values.get("roid", f"{handle}-EXAMPLE")),
            "name_key": search_key(values.get("name", f"Holder {ident}")),
            "email_key": search_key(values.get("email", f"holder{ident}@example.net") or ""),
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
            mode = PrivacyMode(values.get("privacy", "none"))
            zone = values.get("zone", name.partition(".")[2])
            link: dict[str, Any] = {
                "domain_id": ident,
                "role": role.value,
                "contact_id": contact,
                "since": 1,
            }
            link["sight"] = sight_of_link(role, mode, zone)
            self._add("domain_contact", link, {"public_id": ident * 100 + self._links})

    def host(self, ident: int, name: str, *addresses: str, **values: Any) -> None:
        """Add a name server with its addresses."""
        defaults: dict[str, Any] = {"id": ident, "name": name, "roid": f"H{ident}-EXAMPLE"}
        defaults["parent"] = name.partition(".")[2]
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

    def work(connection: Connection) -> None:
        fill(RowWriter(connection))
        settle_sights(connection, connection.execute(select(_TABLES["contact"].c.id)).scalars())

    database.write(work)
