"""Builders for tests about transfer locks: a locked holder, a locked name."""

from __future__ import annotations

from datetime import datetime, timedelta

from store.sql.records.transfer_locks import set_lock
from tests.store.editing_values import Registry

__all__ = ["DAYS", "lock_contact", "lock_name", "locked_until"]

DAYS = timedelta(days=60)


def lock_contact(registry: Registry, handle: str, *, lasting: timedelta = DAYS) -> datetime:
    """Lock what a contact holds now, as the completion of its edit does; give the end."""
    number, since = registry.contact(handle).id, registry.now
    return registry.database.write(
        lambda connection: set_lock(
            connection, contact_id=number, since=since, until=since + lasting, change_id=7
        ),
        commit=True,
    )


def lock_name(registry: Registry, name: str, *, lasting: timedelta = DAYS) -> datetime:
    """Lock one name, as the completion of a re-point does; give the end."""
    number, since = registry.domain(name).id, registry.now
    return registry.database.write(
        lambda connection: set_lock(
            connection, domain_id=number, since=since, until=since + lasting, change_id=7
        ),
        commit=True,
    )


def locked_until(registry: Registry, name: str) -> datetime | None:
    """Give the end of the lock in force."""
    lock = registry.inquiries.find_lock(name).lock
    return None if lock is None else lock.until
