"""The end of a transfer lock by order: the one way to end it early (R-31)."""

from __future__ import annotations

from store.changes import LiftTransferLock
from store.editing.domains import require_domain
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.outcomes import Outcome
from store.records_json import rfc3339
from store.rules.shown_statuses import is_locked
from store.rules.transfer_locks import lift_reason
from store.sql.records import transfer_locks

__all__ = ["lift_transfer_lock"]


def lift_transfer_lock(session: Session, change: LiftTransferLock) -> Outcome:
    """Lift the lock of one name; other names of its registrant stay locked.

    Raises:
        RegistryError: ``NOT_FOUND`` with field ``name`` for a name that isn't there or isn't
            locked, ``MISSING_VALUE`` and ``INVALID_VALUE`` with field ``reason``.
    """
    reason = lift_reason(change)
    domain = require_domain(session, change.name)
    until = transfer_locks.lock_in_force(session.connection, domain, now=session.now)
    if not is_locked(until, session.policy.zone(domain.zone), now=session.now):
        raise RegistryError(Code.NOT_FOUND, f"{domain.name} has no transfer lock.", field="name")
    transfer_locks.lift_locks(session.connection, domain, now=session.now)
    changes = {"transfer_lock": (rfc3339(until), None), "reason": (None, reason)}
    session.write_history("domain", domain.name, "unlocked", changes)
    session.touch("domain", domain.name)
    return Outcome(kind="domain", subject=domain.name, action="unlocked", changes=changes)
