"""What the searches' index must hold, worked out anew from links and contacts."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from store.folding import search_key
from store.model import PrivacyMode, Role
from store.sql.database import Database
from store.sql.schema import metadata
from store.sql.sights import OWN, sight_of_link

__all__ = ["check_sights"]


def _rows(connection: Connection, table: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(select(metadata.tables[table])).mappings()]


def _word(disclosures: str, element: str) -> int:
    said = json.loads(disclosures)
    return 1 if element not in said else 0 if said[element] is None else 2


def check_sights(database: Database) -> int:
    """Check that every derived value is what it would be if made now; give the sights' number."""
    tables = database.read(
        lambda connection: {
            name: _rows(connection, name)
            for name in (
                "contact",
                "contact_sight",
                "domain",
                "domain_contact",
                "host",
                "registrar",
            )
        }
    )
    domains = {row["id"]: row for row in tables["domain"]}
    sights: dict[int, set[str]] = {}
    for link in tables["domain_contact"]:
        domain = domains[link["domain_id"]]
        sight = sight_of_link(Role(link["role"]), PrivacyMode(domain["privacy"]), domain["zone"])
        assert link["sight"] == sight
        if sight is not None:
            sights.setdefault(link["contact_id"], set()).add(sight)
    expected = {}
    for contact in tables["contact"]:
        keys = {
            "name_key": search_key(contact["name"]),
            "roid_key": search_key(contact["roid"]),
            "email_key": search_key(contact["email"]) if contact["email"] else None,
        }
        assert {name: contact[name] or None for name in keys} == {
            name: key or None for name, key in keys.items()
        }
        if contact["id"] in sights:
            expected[contact["id"]] = {
                **keys,
                "contact_id": contact["id"],
                "sights": frozenset(sights[contact["id"]]),
                "name_said": _word(contact["disclosures"], "name"),
                "email_said": _word(contact["disclosures"], "email"),
            }
    found = {
        row["contact_id"]: {
            **row,
            "email_key": row["email_key"] or None,
            "sights": expected.get(row["contact_id"], {}).get("sights")
            if row["sights"] == f"{OWN}{row['contact_id']}"
            else frozenset(row["sights"].split(",")),
        }
        for row in tables["contact_sight"]
    }
    assert found == expected
    for host in tables["host"]:
        assert host["parent"] == host["name"].partition(".")[2]
    for registrar in tables["registrar"]:
        handle = registrar["handle"] if registrar["gurid"] is None else str(registrar["gurid"])
        assert registrar["fn_key"] == search_key(registrar["name"])
        assert registrar["public_key"] == search_key(handle)
    return sum(map(len, sights.values()))
