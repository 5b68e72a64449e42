"""A domain's statuses as everyone is shown them: what is stored, and what time brings and takes.

A transfer lock and an open registrant change are no stored statuses: they begin and end by
the clock, whether a job runs or not (R-19, R-31, D-28).
"""

from __future__ import annotations

from datetime import datetime

from store.policy import LockStatus, ZonePolicy, ZoneRole
from store.statuses import Status, domain_statuses

__all__ = ["is_locked", "lock_status", "shown_statuses"]


def lock_status(policy: ZonePolicy) -> Status | None:
    """Give the status that shows a transfer lock in a zone, ``None`` where none does (R-31)."""
    match policy.lock_status:
        case LockStatus.NONE:
            return None
        case LockStatus.CLIENT:
            return Status.CLIENT_TRANSFER_PROHIBITED
        case LockStatus.SERVER:
            return Status.SERVER_TRANSFER_PROHIBITED
        case LockStatus.AUTO:
            if policy.role is ZoneRole.REGISTRAR:
                return Status.CLIENT_TRANSFER_PROHIBITED
            return Status.SERVER_TRANSFER_PROHIBITED


def is_locked(until: datetime | None, policy: ZonePolicy, *, now: datetime) -> bool:
    """Tell whether a lock that ends at *until* holds a name of a zone at *now*.

    A contact's lock covers names of several zones; one whose profile has no lock is free
    (A-20, R-11).
    """
    return until is not None and now < until and policy.change_profile.locks


def shown_statuses(
    stored: frozenset[Status],
    *,
    delegated: bool,
    locked_until: datetime | None,
    change_until: datetime | None,
    policy: ZonePolicy,
    now: datetime,
) -> tuple[Status, ...]:
    """Give a domain's full statuses at *now*, in ascending order.

    *locked_until* and *change_until* are the ends of a lock and of an open change, past or
    not. At exactly its end either is over.
    """
    timed: tuple[Status, ...] = ()
    shows_lock = lock_status(policy)
    if shows_lock is not None and is_locked(locked_until, policy, now=now):
        timed = (shows_lock,)
    if policy.pending_update and change_until is not None and now < change_until:  # D-03
        timed = (*timed, Status.PENDING_UPDATE)
    return domain_statuses(stored, delegated=delegated, timed=timed)
