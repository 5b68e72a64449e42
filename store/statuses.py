"""EPP statuses of domains, hosts and contacts, as neutral values.

The doors map them to their own spelling: EPP's on port 43, RFC 8056's in RDAP.
"""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache

__all__ = [
    "COMPUTED",
    "GRACE",
    "PENDING",
    "Status",
    "clashes",
    "domain_statuses",
    "linked_statuses",
    "settable",
]


class Status(StrEnum):
    """A status of RFC 5731, 5732, 5733 or 3915, in EPP's spelling."""

    OK = "ok"
    INACTIVE = "inactive"
    LINKED = "linked"
    CLIENT_DELETE_PROHIBITED = "clientDeleteProhibited"
    CLIENT_HOLD = "clientHold"
    CLIENT_RENEW_PROHIBITED = "clientRenewProhibited"
    CLIENT_TRANSFER_PROHIBITED = "clientTransferProhibited"
    CLIENT_UPDATE_PROHIBITED = "clientUpdateProhibited"
    SERVER_DELETE_PROHIBITED = "serverDeleteProhibited"
    SERVER_HOLD = "serverHold"
    SERVER_RENEW_PROHIBITED = "serverRenewProhibited"
    SERVER_TRANSFER_PROHIBITED = "serverTransferProhibited"
    SERVER_UPDATE_PROHIBITED = "serverUpdateProhibited"
    PENDING_CREATE = "pendingCreate"
    PENDING_DELETE = "pendingDelete"
    PENDING_RENEW = "pendingRenew"
    PENDING_TRANSFER = "pendingTransfer"
    PENDING_UPDATE = "pendingUpdate"
    # RFC 3915, imported facts that don't lapse by themselves (D-28).
    ADD_PERIOD = "addPeriod"
    AUTO_RENEW_PERIOD = "autoRenewPeriod"
    PENDING_RESTORE = "pendingRestore"
    REDEMPTION_PERIOD = "redemptionPeriod"
    RENEW_PERIOD = "renewPeriod"
    TRANSFER_PERIOD = "transferPeriod"


# D-28: computed from the rest of the record, never stored.
COMPUTED = frozenset({Status.OK, Status.INACTIVE, Status.LINKED})

PENDING = frozenset(
    {
        Status.PENDING_CREATE,
        Status.PENDING_DELETE,
        Status.PENDING_RENEW,
        Status.PENDING_TRANSFER,
        Status.PENDING_UPDATE,
    }
)

GRACE = frozenset(
    {Status.ADD_PERIOD, Status.AUTO_RENEW_PERIOD, Status.RENEW_PERIOD, Status.TRANSFER_PERIOD}
)

_ANY_OBJECT = frozenset(
    {
        Status.CLIENT_DELETE_PROHIBITED,
        Status.CLIENT_UPDATE_PROHIBITED,
        Status.SERVER_DELETE_PROHIBITED,
        Status.SERVER_UPDATE_PROHIBITED,
    }
)
_TRANSFER = frozenset({Status.CLIENT_TRANSFER_PROHIBITED, Status.SERVER_TRANSFER_PROHIBITED})
_DOMAIN = frozenset(
    {
        Status.CLIENT_HOLD,
        Status.CLIENT_RENEW_PROHIBITED,
        Status.SERVER_HOLD,
        Status.SERVER_RENEW_PROHIBITED,
    }
)
_SETTABLE = {
    "domain": _ANY_OBJECT | _TRANSFER | _DOMAIN,
    "contact": _ANY_OBJECT | _TRANSFER,
    "host": _ANY_OBJECT,
}


def settable(kind: str) -> frozenset[Status]:
    """Give the prohibitions and holds an editor may set on a *kind* of object.

    *kind* is ``domain``, ``contact`` or ``host``. Pending and grace statuses are
    the outcome of an operation and are set by none (RFC 5731 §2.3, 5732, 5733 §2.2).
    """
    return _SETTABLE[kind]


def clashes(statuses: frozenset[Status]) -> str | None:
    """Say which two of *statuses* exclude each other, or ``None``.

    RFC 5731 §2.3, RFC 5733 §2.2: one pending status at most, and a pending
    operation stands beside no prohibition of the same operation.
    """
    pending = sorted(statuses & PENDING)
    if len(pending) > 1:
        return f"{pending[0]} and {pending[1]} exclude each other"
    for status in pending:
        operation = status.removeprefix("pending")
        for side in ("client", "server"):
            prohibited = f"{side}{operation}Prohibited"
            if prohibited in statuses:
                return f"{status} and {prohibited} exclude each other"
    return None


@lru_cache(maxsize=4096)
def domain_statuses(
    stored: frozenset[Status], *, delegated: bool, timed: tuple[Status, ...] = ()
) -> tuple[Status, ...]:
    """Add what is computed to a domain's *stored* statuses, in ascending order.

    RFC 5731 §2.3: ``inactive`` without a delegation; ``ok`` where nothing but a
    grace period stands (conformance.md 9.4.8). A *timed* status, that a transfer lock or
    an open change brings, stays out where another status excludes it.
    """
    full = stored if delegated else stored | {Status.INACTIVE}
    for status in timed:
        with_it = full | {status}
        full = full if clashes(with_it) else with_it
    return tuple(sorted(full if full - GRACE else full | {Status.OK}))


@lru_cache(maxsize=1024)
def linked_statuses(
    stored: frozenset[Status], *, linked: bool, pending_delete: bool = False
) -> tuple[Status, ...]:
    """Add what is computed to a contact's or host's *stored* statuses, ``linked`` last (D-06)."""
    full = stored | {Status.PENDING_DELETE} if pending_delete else stored
    own = sorted(full) if full else [Status.OK]
    return (*own, Status.LINKED) if linked else tuple(own)
