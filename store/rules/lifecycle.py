"""The state of a contact: computed from its links, its statuses and the clock (contacts.md 6)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from store.errors import Code, RegistryError
from store.model import Contact
from store.policy import Lifecycle
from store.statuses import Status

__all__ = [
    "ContactState",
    "check_not_ending",
    "contact_state",
    "next_states",
    "with_clock_kept",
]

_DELETE_BARS = frozenset({Status.CLIENT_DELETE_PROHIBITED, Status.SERVER_DELETE_PROHIBITED})


class ContactState(StrEnum):
    """Where a contact stands between its last link and its end."""

    LINKED = "linked"
    ORPHANED = "orphaned"
    PENDING_DELETE = "pendingDelete"
    DUE = "due"  # past its time, not yet deleted by the housekeeper


def contact_state(contact: Contact, *, now: datetime, lifecycle: Lifecycle) -> ContactState:
    """Give the state of *contact* at *now*. An exact boundary is the later state's (L-01)."""
    if contact.unlinked_at is None:
        return ContactState.LINKED
    # L-04: an orphan that can't be deleted doesn't age.
    if contact.statuses & _DELETE_BARS:
        return ContactState.ORPHANED
    age = now - contact.unlinked_at
    if age >= lifecycle.pending_delete_expiry:
        return ContactState.DUE
    if age >= lifecycle.pending_delete_effective:
        return ContactState.PENDING_DELETE
    return ContactState.ORPHANED


def next_states(
    contact: Contact, *, now: datetime, lifecycle: Lifecycle
) -> tuple[tuple[str, datetime], ...]:
    """Give what comes next and when, in order: ``pendingDelete``, then ``deleted``.

    Empty for a contact that is linked or can't be deleted. ``deleted`` lies in the past
    for one that is due.
    """
    if contact.unlinked_at is None or contact.statuses & _DELETE_BARS:
        return ()
    ends = (
        ("pendingDelete", contact.unlinked_at + lifecycle.pending_delete_effective),
        ("deleted", contact.unlinked_at + lifecycle.pending_delete_expiry),
    )
    return tuple((name, at) for name, at in ends if at > now or name == "deleted")


def check_not_ending(contact: Contact, *, now: datetime, lifecycle: Lifecycle) -> None:
    """Refuse to edit or delete a contact in pendingDelete: only linking restores it.

    Raises:
        RegistryError: ``STATUS_PROHIBITS`` (contacts.md 6, 13).
    """
    state = contact_state(contact, now=now, lifecycle=lifecycle)
    if state in {ContactState.PENDING_DELETE, ContactState.DUE}:
        raise RegistryError(
            Code.STATUS_PROHIBITS,
            f"The contact {contact.handle} is in pendingDelete; only a link to a name restores it.",
        )


def with_clock_kept(
    before: Contact, after: Contact, *, now: datetime, lifecycle: Lifecycle
) -> Contact:
    """Give *after* its full time in pendingDelete if the edit lifted what held its end (L-04)."""
    lifted = before.statuses & _DELETE_BARS and not after.statuses & _DELETE_BARS
    if not lifted or after.unlinked_at is None:
        return after
    latest = now - lifecycle.pending_delete_effective
    return replace(after, unlinked_at=max(after.unlinked_at, latest))
