"""Builders for tests that edit: changes with sensible defaults, and a registry to edit in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select

from store import changes
from store.changes import Actor, CardEdit, Change, LinkEdit
from store.errors import Code, RegistryError
from store.folding import contact_key
from store.inquiries import Inquiries
from store.model import Contact, Domain, Host, Role
from store.outcomes import Outcome
from store.policy import PROFILES, RegistryPolicy
from store.sql.database import Database
from store.sql.schema import metadata
from store.write_door import WriteDoor

__all__ = [
    "ACTOR",
    "AUTH",
    "POLICY",
    "START",
    "Registry",
    "a_card",
    "a_contact",
    "a_registry",
    "links",
    "refused",
    "with_zone",
]

START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
ACTOR = Actor(name="tester", door="test")
AUTH = "fuBAR-2026"
POLICY = RegistryPolicy(zones={"example": PROFILES["gtld"], "co.example": PROFILES["irs"]})


def a_card(**values: Any) -> CardEdit:
    """Give a complete card."""
    defaults: dict[str, Any] = {
        "name": "Aroha Ngata",
        "city": "Wellington",
        "cc": "NZ",
        "email": "aroha@example.net",
        "voice": "+64.211234567",
    }
    return CardEdit(**(defaults | values))


def a_contact(handle: str = "CA1", **values: Any) -> changes.CreateContact:
    """Give the creation of a contact; a card's fields may stand beside the change's."""
    card = {name: values.pop(name) for name in tuple(values) if name in CardEdit.__slots__}
    defaults: dict[str, Any] = {
        "handle": handle,
        "registrar": "REG-A",
        "card": a_card(**card),
        "auth_info": AUTH,
    }
    return changes.CreateContact(**(defaults | values))


def links(
    registrant: str | None = None,
    admin: str | None = None,
    tech: str | None = None,
    billing: str | None = None,
) -> tuple[LinkEdit, ...]:
    """Give link edits for the roles named."""
    given = {"registrant": registrant, "admin": admin, "tech": tech, "billing": billing}
    return tuple(
        LinkEdit(role=Role(role), contact=contact)
        for role, contact in given.items()
        if contact is not None
    )


@dataclass
class Registry:
    """A store under the write door, with a clock that tests turn."""

    database: Database
    policy: RegistryPolicy = POLICY
    now: datetime = START
    door: WriteDoor = field(init=False)
    inquiries: Inquiries = field(init=False)

    def __post_init__(self) -> None:
        self.use(self.policy)

    def use(self, policy: RegistryPolicy) -> None:
        """Edit under another policy from now on."""
        self.policy = policy
        self.door = WriteDoor(self.database, policy, clock=lambda: self.now)
        self.inquiries = Inquiries(self.database, policy, clock=lambda: self.now)

    def apply(self, *steps: Change) -> Outcome:
        """Apply changes; give the last one's outcome."""
        return [self.door.apply(step, ACTOR) for step in steps][-1]

    def try_out(self, change: Change) -> Outcome:
        """Apply a change without its commit."""
        return self.door.apply(change, ACTOR, dry_run=True)

    def wait(self, **duration: float) -> None:
        """Let time pass."""
        self.now += timedelta(**duration)

    def contact(self, handle: str) -> Contact:
        """Read a contact back."""
        return self.inquiries.find_contact(handle).contact

    def domain(self, name: str) -> Domain:
        """Read a registration back."""
        return self.inquiries.find_domain(name).domain

    def host(self, name: str) -> Host:
        """Read a host back."""
        return self.inquiries.find_host(name).host

    def register(self, name: str = "shop.example", contact: str = "CA1", **values: Any) -> Outcome:
        """Register a name with one contact in the three required roles."""
        defaults: dict[str, Any] = {
            "name": name,
            "registrar": "REG-A",
            "links": links(contact, contact, contact),
        }
        return self.apply(changes.CreateDomain(**(defaults | values)))

    def refuses(self, cases: Iterable[tuple[Change, Code, str | None]]) -> None:
        """Expect each change to be refused with its code and field, and without a trace."""
        before = self.rows()
        for change, code, blamed in cases:
            with refused(code, blamed):
                self.apply(change)
            assert self.rows() == before

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Give every row of every table."""

        def work(connection: Connection) -> dict[str, list[tuple[Any, ...]]]:
            return {
                table.name: sorted(
                    (tuple(row) for row in connection.execute(select(table))), key=repr
                )
                for table in metadata.sorted_tables
            }

        return self.database.read(work)

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        counting = select(func.count()).select_from(metadata.tables[table])
        return self.database.read(lambda connection: connection.execute(counting).scalar_one())

    def touched(self, work: Callable[[], object]) -> list[tuple[str, str]]:
        """Do *work*; give the change log's rows that it wrote."""
        log = metadata.tables["change_log"]
        newest = select(func.max(log.c.seq))
        before = self.database.read(lambda c: c.execute(newest).scalar_one())
        work()
        new = select(log.c.kind, log.c.subject).where(log.c.seq > before).order_by(log.c.seq)
        named = select(metadata.tables["history"].c.subject).distinct()
        handles = self.database.read(lambda c: c.execute(named).scalars().all())
        called = {contact_key(handle): handle for handle in handles}
        rows = self.database.read(lambda c: c.execute(new).all())
        return [(kind, called[what] if kind == "contact" else what) for kind, what in rows]


def a_registry(database: Database, *contacts: str) -> Registry:
    """Give a registry with the registrars REG-A and REG-B and contacts of REG-A."""
    registry = Registry(database)
    for handle in ("REG-A", "REG-B"):
        card = CardEdit(name=f"Registrar {handle}")
        registry.apply(changes.CreateRegistrar(handle=handle, card=card))
    for handle in contacts:
        registry.apply(a_contact(handle))
    return registry


@contextmanager
def refused(code: Code, field: str | None = None) -> Iterator[list[RegistryError]]:
    """Expect a refusal with this code and field; its sentence is one clean line."""
    seen: list[RegistryError] = []
    with pytest.raises(RegistryError) as refusal:
        yield seen
    seen.append(refusal.value)
    assert (refusal.value.code, refusal.value.field) == (code, field), refusal.value.message
    assert refusal.value.message.isprintable()


def with_zone(name: str, **values: Any) -> RegistryPolicy:
    """Give the policy with some values of one zone changed."""
    changed = replace(POLICY.zone(name), **values)
    return replace(POLICY, zones={**POLICY.zones, name: changed})
