"""An object's history: its own rows, and the imports that stand for its creation."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, or_, select

from store.details import HistoryEntry
from store.instants import from_micros
from store.sql.records import contacts, domains, hosts
from store.sql.records.saving import searchable
from store.sql.schema import domain, domain_contact, history

__all__ = ["entries_of", "history_of"]


def history_of(connection: Connection, kind: str, subject: str) -> Select[Any] | None:
    """Give the statement that selects the rows of an object; ``None`` if it never was.

    *subject* is a handle as typed, or a name in inner form.

    Raises:
        RegistryError: ``AMBIGUOUS`` where only the case would tell two handles apart.
    """
    if not searchable(subject):
        return None
    standing = _standing(connection, kind, subject)
    mine = and_(history.c.kind == kind, history.c.subject == (standing or subject))
    actions = set(connection.execute(select(history.c.action).where(mine).distinct()).scalars())
    if standing is None and not actions:
        return None
    if standing is None or "created" in actions:
        return select(history).where(mine)
    imports = history.c.kind == "zone"
    zones = _zones(connection, kind, standing)
    if zones:
        imports = and_(imports, history.c.subject.in_(zones))
    return select(history).where(or_(mine, imports))


def entries_of(_connection: Connection, rows: list[RowMapping]) -> list[HistoryEntry]:
    """Read history rows."""
    return [
        HistoryEntry(
            kind=row["kind"],
            subject=row["subject"],
            action=row["action"],
            at=from_micros(row["at"]),
            actor=row["actor"],
            door=row["door"],
            changes=json.loads(row["changes"]),
        )
        for row in rows
    ]


def _standing(connection: Connection, kind: str, subject: str) -> str | None:
    """Give the object's own spelling if it is in the store now."""
    match kind:
        case "contact":
            found = contacts.find_contact(connection, subject)
            return None if found is None else found.handle
        case "domain":
            return None if domains.find_domain(connection, subject) is None else subject
        case _:
            return None if hosts.find_host(connection, subject) is None else subject


def _zones(connection: Connection, kind: str, subject: str) -> list[str]:
    """Give the zones whose deposits may have brought an object; none for all."""
    statement = select(domain.c.zone).distinct()
    match kind:
        case "domain":
            statement = statement.where(domain.c.name == subject)
        case "contact":
            found = contacts.find_contact(connection, subject)
            number = 0 if found is None else found.id
            linked = domain_contact.c.domain_id == domain.c.id
            mine = domain_contact.c.contact_id == number
            statement = statement.join(domain_contact, linked).where(mine)
        case _:
            return []
    return list(connection.execute(statement).scalars())
