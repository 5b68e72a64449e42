"""Transfer locks in the store: of a contact's names linked by then, or of one name (D-36).

Locks add up and the latest end counts: one that ends no later than a newer lock of the
same thing is dropped when that is set, so there is one row, rarely two.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from store.details import TransferLock
from store.instants import from_micros
from store.model import Domain, Role
from store.sql.rows import micros
from store.sql.schema import domain as domain_table
from store.sql.schema import transfer_lock

__all__ = ["copy_lock", "find_lock", "lift_locks", "lock_in_force", "set_lock"]

_table = transfer_lock


def set_lock(
    connection: Connection,
    *,
    contact_id: int | None = None,
    domain_id: int | None = None,
    since: datetime,
    until: datetime,
    change_id: int | None,
) -> datetime:
    """Lock a contact's names or one name; give the end in force, never an earlier one (R-32).

    Raises:
        ValueError: neither a contact nor a domain is named, or both are.
    """
    if (contact_id is None) == (domain_id is None):
        raise ValueError("a lock is a contact's or a domain's")
    if contact_id is None:
        mine = _table.c.domain_id == domain_id
    else:
        mine = _table.c.contact_id == contact_id
    _drop_covered(connection, mine, since=since, until=until)
    connection.execute(
        insert(_table).values(
            contact_id=contact_id,
            domain_id=domain_id,
            since=micros(since),
            until=micros(until),
            change_id=change_id,
        )
    )
    ends: Sequence[int] = connection.execute(select(_table.c.until).where(mine)).scalars().all()
    return from_micros(max(ends))


def lock_in_force(connection: Connection, domain: Domain, *, now: datetime) -> datetime | None:
    """Give until when *domain* is locked at *now*, ``None`` for a name that is free."""
    lock = find_lock(connection, domain, now=now)
    return None if lock is None else lock.until


def find_lock(connection: Connection, domain: Domain, *, now: datetime) -> TransferLock | None:
    """Give the lock of *domain* that ends last, of those in force at *now*."""
    locks = _in_force(connection, domain, now=now)
    return max(locks, key=lambda lock: lock.until, default=None)


def copy_lock(connection: Connection, domain: Domain, *, now: datetime) -> None:
    """Keep the lock of *domain* when its registrant link is about to lead elsewhere (D-36).

    Saving a domain calls it before the link changes: the holder's lock stays with the
    holder's other names.
    """
    lock = find_lock(connection, domain, now=now)
    if lock is not None:
        set_lock(
            connection,
            domain_id=domain.id,
            since=lock.since,
            until=lock.until,
            change_id=lock.change_id,
        )


def lift_locks(connection: Connection, domain: Domain, *, now: datetime) -> None:
    """Let no lock that *domain* has at *now* count any more.

    A lock set later counts, even within the same second: what is noted is the beginning
    of the newest lock there was.
    """
    locks = _in_force(connection, domain, now=now)
    if locks:
        newest = micros(max(lock.since for lock in locks))
        mine = domain_table.c.id == domain.id
        connection.execute(update(domain_table).where(mine).values(lock_lifted=newest))


def _in_force(connection: Connection, domain: Domain, *, now: datetime) -> Sequence[TransferLock]:
    lifted = connection.execute(
        select(domain_table.c.lock_lifted).where(domain_table.c.id == domain.id)
    ).scalar_one_or_none()
    covers: ColumnElement[bool] = _table.c.domain_id == domain.id
    holder = domain.link(Role.REGISTRANT)
    if holder is not None:
        covers |= (_table.c.contact_id == holder.contact_id) & (
            _table.c.since >= micros(holder.since)
        )
    rows = connection.execute(
        select(_table.c.since, _table.c.until, _table.c.change_id).where(
            covers,
            _table.c.until > micros(now),
            _table.c.since > (-1 if lifted is None else lifted),
        )
    )
    return [
        TransferLock(since=from_micros(since), until=from_micros(until), change_id=change_id)
        for since, until, change_id in rows
    ]


def _drop_covered(
    connection: Connection, mine: ColumnElement[Any], *, since: datetime, until: datetime
) -> None:
    """Drop what a lock from *since* to *until* covers for every name and at every instant."""
    connection.execute(
        delete(_table).where(mine, _table.c.since <= micros(since), _table.c.until <= micros(until))
    )
