"""The ends of a registrant change without a new registrant: both doors are as before (R-28)."""

from __future__ import annotations

from collections.abc import Iterable

from store.changes import EndOverdueChanges, WithdrawRegistrantChange
from store.editing.registrant_changes.telling import tell_ended
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.model import Domain, Role
from store.outcomes import Batch, Outcome
from store.registrant_changes import ChangeKind, EndReason, RegistrantChange
from store.rules.registrant_changes import ChangeEvent, moved
from store.sql.records import registrant_changes as records

__all__ = [
    "end_change",
    "end_overdue",
    "end_with",
    "noted",
    "open_ones",
    "require_change",
    "void_changes",
    "withdraw_change",
]

_NO_NUMBER = 2**63  # beyond what a row can have


def withdraw_change(session: Session, change: WithdrawRegistrantChange) -> Outcome:
    """End a change that whoever asked for it no longer wants (R-08).

    Raises:
        RegistryError: ``NOT_FOUND``, or ``CLOSED`` for one that has ended.
    """
    standing = require_change(session, change.change)
    after = end_change(session, standing, ChangeEvent.WITHDRAWN)
    return ended_outcome(standing, after)


def end_overdue(session: Session, change: EndOverdueChanges) -> Outcome:
    """End changes that ran out (R-19, R-29); those that another editor holds come next time."""
    overdue = records.list_overdue(session.connection, now=session.now, limit=change.limit)
    for standing in overdue:
        end_change(session, standing, ChangeEvent.EXPIRED)
    return Outcome(
        kind="registrant-change",
        subject=str(overdue[0].id) if overdue else "",
        action="ended" if overdue else "unchanged",
        batch=Batch(done=len(overdue)),
    )


def void_changes(session: Session, domain: Domain, *, reason: EndReason) -> None:
    """End every open change that covers *domain*: it goes where no approval was for (5.2)."""
    covering = records.list_open_of_domains(session.connection, (domain.id,), lock=True)
    holder = domain.link(Role.REGISTRANT)
    if holder is not None:
        theirs = records.list_open_of_contacts(session.connection, (holder.contact_id,), lock=True)
        covering += [change for change in theirs if change.kind is ChangeKind.EDIT]
    for change in open_ones(session, covering):
        end_change(session, change, ChangeEvent.VOIDED, reason=reason)


def open_ones(session: Session, changes: Iterable[RegistrantChange]) -> list[RegistrantChange]:
    """Give those of *changes* that are open now; end those that ran out on the way (R-19)."""
    standing = []
    for change in changes:
        if change.is_open(session.now):
            standing.append(change)
        else:
            end_change(session, change, ChangeEvent.EXPIRED)
    return standing


def end_change(
    session: Session,
    change: RegistrantChange,
    event: ChangeEvent,
    *,
    reason: EndReason | None = None,
) -> RegistrantChange:
    """End *change* without its registrant: write it down and tell who is to hear of it."""
    after = moved(change, event, now=session.now, reason=reason)
    return end_with(session, change, after)


def end_with(
    session: Session, before: RegistrantChange, after: RegistrantChange
) -> RegistrantChange:
    """Save the end *after* of *before*."""
    saved = records.update_change(session.connection, before, after)
    noted(session, before, saved)
    tell_ended(session, before, saved)
    return saved


def noted(session: Session, before: RegistrantChange | None, after: RegistrantChange) -> None:
    """Write a step of a change into the history of what it is about, and tell readers.

    A zone may show that a change is open (D-03).
    """
    old = None if before is None else before.state.value
    changes: dict[str, tuple[object, object]] = {
        "registrant_change": (None, after.id),
        "state": (old, after.state.value),
    }
    if after.lock_waived is not None:
        changes["lock_waived"] = (None, after.lock_waived)
    if after.reason is not None:
        changes["reason"] = (None, after.reason.value)
    kind, subjects = "domain", after.names
    if after.kind is ChangeKind.EDIT:
        kind, subjects = "contact", (after.contact,)
    for subject in subjects:
        session.touch(kind, subject)
    about = after.contact if after.kind is ChangeKind.SPLIT else subjects[0]
    kind = "domain" if after.kind is ChangeKind.REPOINT else "contact"
    session.write_history(kind, about, "registrant change", changes)


def require_change(session: Session, number: int, *, lock: bool = True) -> RegistrantChange:
    """Load a change.

    Raises:
        RegistryError: ``NOT_FOUND``.
    """
    known = 0 < number < _NO_NUMBER
    found = records.find_change(session.connection, number, lock=lock) if known else None
    if found is None:
        raise RegistryError(
            Code.NOT_FOUND, f"There is no registrant change {number}.", field="change"
        )
    return found


def ended_outcome(before: RegistrantChange, after: RegistrantChange) -> Outcome:
    """Give the outcome of an end."""
    return Outcome(
        kind="registrant-change",
        subject=str(after.id),
        action="ended",
        changes={"state": (before.state.value, after.state.value)},
    )
