"""Contacts at the end of their lives, for tests."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from store.changes import DeleteDomain, DeleteDueContacts
from store.model import Contact
from store.outcomes import Batch, Outcome
from store.policy import RegistryPolicy
from store.registrant_changes import ChangeKind, ChangeState, RegistrantChange
from store.sql.database import Database
from store.sql.records.registrant_changes import insert_change
from store.sql.schema import metadata
from tests.store.editing_values import POLICY, START, Registry, a_contact, a_registry

__all__ = ["FREE", "a_change", "an_orphan", "batch_of", "delete_due", "messages", "rows_of"]

# Nobody is asked before a name changes hands: these tests are about what comes after.
FREE: RegistryPolicy = replace(
    POLICY,
    zones={name: replace(zone, registrant_change="irs_nz") for name, zone in POLICY.zones.items()},
)


def an_orphan(database: Database, handle: str = "CA1") -> Registry:
    """Give a registry whose contact *handle* lost its last name at START, a year after creation."""
    registry = a_registry(database)
    registry.use(FREE)
    registry.now = START - timedelta(days=365)
    registry.apply(a_contact(handle))
    registry.register(contact=handle)
    registry.now = START
    registry.apply(DeleteDomain(name="shop.example"))
    return registry


def delete_due(registry: Registry, limit: int = 500) -> int:
    """Run batches to the end of one pass, each made ready; give how many contacts went."""
    deleted, after = 0, None
    while True:
        ready = registry.door.ready(DeleteDueContacts(limit=limit, after=after))
        batch = batch_of(registry.apply(ready))
        deleted, after = deleted + batch.done, batch.after
        if after is None:
            return deleted


def batch_of(outcome: Outcome) -> Batch:
    """Give how far a change over many objects came."""
    assert outcome.batch is not None
    return outcome.batch


def a_change(registry: Registry, contact: Contact, **values: Any) -> RegistrantChange:
    """Save an open registrant change of *contact*, with a week to go."""
    defaults: dict[str, Any] = {
        "kind": ChangeKind.EDIT,
        "state": ChangeState.AWAITING_NEW,
        "registrar": contact.registrar,
        "contact": contact.handle,
        "contact_id": contact.id,
        "prior_email": contact.card.email,
        "new_email": "new@example.net",
        "created": registry.now,
        "created_by": "tester",
        "deadline": registry.now + timedelta(days=7),
    }
    record = RegistrantChange(**(defaults | values))
    return registry.database.write(lambda connection: insert_change(connection, record))


def messages(registry: Registry) -> list[dict[str, Any]]:
    """Give the outbox in its order, payloads read."""
    return [
        row | {"payload": json.loads(row["payload"])}
        for row in sorted(rows_of(registry, "outbox"), key=lambda row: int(row["id"]))
    ]


def rows_of(registry: Registry, table: str, **wanted: Any) -> list[dict[str, Any]]:
    """Give the rows of *table* whose columns are as *wanted*, by key; instants as micros."""
    columns = metadata.tables[table].c
    statement = select(metadata.tables[table]).order_by(*metadata.tables[table].primary_key)
    for name, value in wanted.items():
        statement = statement.where(columns[name] == value)
    return registry.database.read(
        lambda connection: [dict(row) for row in connection.execute(statement).mappings()]
    )
