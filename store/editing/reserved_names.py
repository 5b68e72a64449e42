"""Changes of names that can't be registered."""

from __future__ import annotations

from store.changes import AddReservedName, RemoveReservedName
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.outcomes import Outcome
from store.rules.domains import registrable_zone
from store.rules.reserved_names import add_reserved_name as decide
from store.sql.records import domains
from store.sql.records import names as records
from store.sql.records.saving import serialise

__all__ = ["add_reserved_name", "remove_reserved_name"]

KIND = "reserved-name"


def add_reserved_name(session: Session, change: AddReservedName) -> Outcome:
    """Keep a name from being registered.

    Raises:
        RegistryError: ``INVALID_NAME``, ``UNSERVED_ZONE``, or ``EXISTS`` where the name
            is registered or kept back already.
    """
    name = session.named(change.name)
    registrable_zone(name, session.zones)
    serialise(session.connection, f"name {name}")
    if domains.find_domain(session.connection, name) is not None:
        raise RegistryError(Code.EXISTS, f"{name} is registered.", field="name")
    if records.find_reserved_name(session.connection, name) is not None:
        raise RegistryError(Code.EXISTS, f"{name} is reserved or blocked already.", field="name")
    reserved = decide(change, name=name, now=session.now)
    records.insert_reserved_name(session.connection, reserved)
    outcome = session.record(KIND, name, "added", after=reserved)
    session.touch("domain", name)
    return outcome


def remove_reserved_name(session: Session, change: RemoveReservedName) -> Outcome:
    """Let a name be registered again.

    Raises:
        RegistryError: ``INVALID_NAME``, ``NOT_FOUND``.
    """
    name = session.named(change.name)
    reserved = records.find_reserved_name(session.connection, name)
    if reserved is None:
        raise RegistryError(
            Code.NOT_FOUND, f"{name} is neither reserved nor blocked.", field="name"
        )
    records.delete_reserved_name(session.connection, reserved)
    outcome = session.record(KIND, name, "removed", before=reserved)
    session.touch("domain", name)
    return outcome
