"""An object's history: its own rows, and the imports that stand for its creation."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, and_, func, or_, select

from store.details import HistoryEntry
from store.errors import Code, RegistryError
from store.instants import from_micros
from store.sql.records import contacts, domains, hosts
from store.sql.records.saving import searchable
from store.sql.schema import domain, domain_contact, history

__all__ = ["entries_of", "history_of", "last_entry"]


def history_of(connection: Connection, kind: str, subject: str) -> Select[Any] | None:
    """Give the statement that selects the rows of an object; ``None`` if it never was.

    *subject* is a handle as typed, or a name in inner form.

    A handle is looked for exactly in the store, then exactly in the history, which
    outlives its object; then caselessly in the same order, if that is unique.

    Raises:
        RegistryError: ``AMBIGUOUS`` where only the case would tell two handles apart.
    """
    if not searchable(subject):
        return None
    meant, standing = _meant(connection, kind, subject)
    mine = and_(history.c.kind == kind, history.c.subject == meant)
    actions = set(connection.execute(select(history.c.action).where(mine).distinct()).scalars())
    if not standing and not actions:
        return None
    if not standing or "created" in actions:
        return select(history).where(mine)
    imports = history.c.kind == "zone"
    zones = _zones(connection, kind, meant)
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


def last_entry(
    connection: Connection, kind: str, subject: str, *, action: str
) -> HistoryEntry | None:
    """Give the newest row of an *action* on an object that is in the store, ``None`` for none."""
    mine = (history.c.kind == kind, history.c.subject == subject, history.c.action == action)
    statement = select(history).where(*mine).order_by(history.c.id.desc()).limit(1)
    rows = connection.execute(statement).mappings().all()
    return next(iter(entries_of(connection, list(rows))), None)


def _meant(connection: Connection, kind: str, subject: str) -> tuple[str, bool]:
    """Give the object's own spelling, and whether it is in the store now."""
    match kind:
        case "contact":
            return _contact_meant(connection, subject)
        case "domain":
            return subject, domains.find_domain(connection, subject) is not None
        case _:
            return subject, hosts.find_host(connection, subject) is not None


def _contact_meant(connection: Connection, handle: str) -> tuple[str, bool]:
    if contacts.handle_taken(connection, handle):
        return handle, True
    mine = history.c.kind == "contact"
    exact = select(history.c.id).where(mine, history.c.subject == handle).limit(1)
    if connection.execute(exact).first() is not None:
        return handle, False
    found = contacts.find_contact(connection, handle)
    if found is not None:
        return found.handle, True
    # The history has no column of folded handles; the engine's own lower case serves.
    caseless = func.lower(history.c.subject) == handle.lower()
    subjects = select(history.c.subject).where(mine, caseless).distinct().limit(2)
    matches = connection.execute(subjects).scalars().all()
    if len(matches) > 1:
        raise RegistryError(
            Code.AMBIGUOUS,
            f"More than one deleted contact matches {handle} but for the case.",
            field="id",
        )
    return (matches[0] if matches else handle), False


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
