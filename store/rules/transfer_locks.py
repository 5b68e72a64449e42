"""The lock after a change of registrant: it stops a transfer, and nothing else (R-31 to R-34)."""

from __future__ import annotations

from datetime import datetime

from store.changes import LiftTransferLock
from store.errors import Code, RegistryError
from store.model import Domain
from store.policy import RegistryPolicy
from store.records_json import rfc3339
from store.rules.shown_statuses import is_locked, lock_status
from store.validation.text import limited

__all__ = ["check_unlocked", "lift_reason"]

MOST_REASON = 1000  # characters


def check_unlocked(
    domain: Domain, locked_until: datetime | None, policy: RegistryPolicy, *, now: datetime
) -> None:
    """Refuse the transfer of a name that is locked (R-34).

    Raises:
        RegistryError: ``STATUS_PROHIBITS`` where a status shows the lock, ``NOT_ELIGIBLE``
            where none does.
    """
    zone = policy.zone(domain.zone)
    if locked_until is None or not is_locked(locked_until, zone, now=now):
        return
    shown = lock_status(zone)
    code = Code.NOT_ELIGIBLE if shown is None else Code.STATUS_PROHIBITS
    raise RegistryError(
        code,
        f"{domain.name} has a new registrant: it can't be transferred before"
        f" {rfc3339(locked_until)}.",
    )


def lift_reason(change: LiftTransferLock) -> str:
    """Give the reason of an order to lift a lock.

    Raises:
        RegistryError: ``MISSING_VALUE`` where there is none, ``INVALID_VALUE``.
    """
    return limited(change.reason, field="reason", least=1, most=MOST_REASON)
