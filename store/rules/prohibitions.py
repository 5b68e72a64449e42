"""Statuses: which an editor may set, and what those in force stand in the way of."""

from __future__ import annotations

from typing import Literal

from store.errors import Code, RegistryError
from store.statuses import PENDING, Status, clashes, settable

__all__ = ["check_allowed", "check_updatable", "edited_statuses"]

_UPDATE_BARS = frozenset({Status.CLIENT_UPDATE_PROHIBITED, Status.SERVER_UPDATE_PROHIBITED})
_BARS = {
    "delete": frozenset({Status.CLIENT_DELETE_PROHIBITED, Status.SERVER_DELETE_PROHIBITED}),
    "renew": frozenset({Status.CLIENT_RENEW_PROHIBITED, Status.SERVER_RENEW_PROHIBITED}),
    # A pending operation must end before the name changes hands (RFC 5731 §2.3).
    "transfer": PENDING | {Status.CLIENT_TRANSFER_PROHIBITED, Status.SERVER_TRANSFER_PROHIBITED},
}


def edited_statuses(
    kind: Literal["domain", "contact", "host"],
    stored: frozenset[Status],
    *,
    add: frozenset[Status],
    remove: frozenset[Status],
) -> frozenset[Status]:
    """Give the statuses of an object after an edit (conformance.md 9.2.3, 9.2.4).

    Raises:
        RegistryError: ``POLICY`` for a status that no editor sets or two that exclude
            each other, ``EXISTS`` for adding what is set, ``NOT_FOUND`` for removing
            what is not set.
    """
    for statuses, field in ((add, "add_status"), (remove, "remove_status")):
        for status in sorted(statuses - settable(kind)):
            raise RegistryError(
                Code.POLICY, f"The status {status} of a {kind} is not an editor's.", field=field
            )
    for status in sorted(add & remove):
        raise RegistryError(
            Code.POLICY, f"{status} is both added and removed.", field="remove_status"
        )
    for status in sorted(add & stored):
        raise RegistryError(Code.EXISTS, f"{status} is set already.", field="add_status")
    for status in sorted(remove - stored):
        raise RegistryError(Code.NOT_FOUND, f"{status} is not set.", field="remove_status")
    after = (stored - remove) | add
    clash = clashes(after) if add else None
    if clash is not None:
        raise RegistryError(Code.POLICY, f"{clash}.", field="add_status")
    return after


def check_updatable(
    stored: frozenset[Status], *, removed: frozenset[Status], nothing_else: bool
) -> None:
    """Let an update of what is barred pass only if it lifts that (conformance.md 9.2.5).

    *nothing_else* says that the update does nothing but remove *removed*: bars, and where
    none is left other statuses too. One of two bars may be lifted while the other stands.

    Raises:
        RegistryError: ``STATUS_PROHIBITS``.
    """
    bars = stored & _UPDATE_BARS
    if not bars or (nothing_else and removed & bars and (bars <= removed or removed <= bars)):
        return
    raise RegistryError(
        Code.STATUS_PROHIBITS, f"The status {min(bars - removed or bars)} prohibits this."
    )


def check_allowed(
    stored: frozenset[Status], operation: Literal["delete", "renew", "transfer"]
) -> None:
    """Refuse an operation that a status prohibits.

    Raises:
        RegistryError: ``STATUS_PROHIBITS``.
    """
    bars = stored & _BARS[operation]
    if bars:
        raise RegistryError(Code.STATUS_PROHIBITS, f"The status {min(bars)} prohibits this.")
