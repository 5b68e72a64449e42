"""The end of contacts whose time is up, in batches (contacts.md 6)."""

from __future__ import annotations

from store.changes import DeleteDueContacts
from store.editing.session import Session
from store.messages import Message, MessageKind, Recipient
from store.model import Contact
from store.outcomes import Batch, Outcome
from store.records_json import difference
from store.rules.languages import language_of
from store.rules.lifecycle import ContactState, contact_state
from store.sql.journal import Fingerprints, HistoryRow, scrub_histories, write_histories
from store.sql.records import deletion_notices, due_contacts, registrars

__all__ = ["delete_due_contacts"]


def delete_due_contacts(session: Session, change: DeleteDueContacts) -> Outcome:
    """Delete up to a batch of contacts whose time is up; their histories keep fingerprints.

    Rows that another editor holds are left to the next run (L-06).
    """
    window = due_contacts.list_unlinked(
        session.connection,
        until=session.now - session.policy.lifecycle.pending_delete_expiry,
        after=change.after,
        limit=change.limit,
    )
    due = _lock_due(session, [number for _, number in window])
    if due:
        _delete(session, due)
    at_end = len(window) < change.limit
    told = _tell_registrars(session) if at_end else False
    return Outcome(
        kind="contact",
        subject=due[0].handle if due else "",
        action="deleted" if due else "queued" if told else "unchanged",
        batch=Batch(done=len(due), after=None if at_end else window[-1]),
    )


def _lock_due(session: Session, numbers: list[int]) -> list[Contact]:
    if not numbers:
        return []
    locked = due_contacts.lock_free(session.connection, numbers)
    lifecycle = session.policy.lifecycle
    due = [
        contact
        for contact in locked
        # L-04: one that can't be deleted is not due.
        if contact_state(contact, now=session.now, lifecycle=lifecycle) is ContactState.DUE
    ]
    # L-05, L-06: links and open changes as they are now that nobody can add one.
    needed = due_contacts.list_needed(
        session.connection, [contact.id for contact in due], now=session.now
    )
    return [contact for contact in due if contact.id not in needed]


def _delete(session: Session, due: list[Contact]) -> None:
    prints = Fingerprints(session.connection)
    handles = [contact.handle for contact in due]
    due_contacts.delete_contacts(session.connection, [contact.id for contact in due])
    scrub_histories(session.connection, prints, kind="contact", subjects=handles)
    write_histories(
        session.connection,
        [
            HistoryRow(
                kind="contact",
                subject=contact.handle,
                action="deleted",
                changes=prints.of_changes(difference(contact, None)),
                printed=True,
            )
            for contact in due
        ],
        at=session.now,
        actor=session.actor.name,
        door=session.actor.door,
    )
    for handle in handles:
        session.touch("contact", handle)
    gone: dict[str, list[str]] = {}
    for contact in due:
        gone.setdefault(contact.registrar, []).append(contact.handle)
    deletion_notices.add_deletions(session.connection, gone)


def _tell_registrars(session: Session) -> bool:
    """Queue one message for each registrar that lost contacts; tell whether there was any."""
    notices = deletion_notices.take_notices(session.connection)
    for notice in notices:
        registrar = registrars.find_registrar(session.connection, notice.registrar)
        if registrar is None:  # it is gone itself
            continue
        session.send(
            Message(
                kind=MessageKind.CONTACTS_DELETED,
                recipient=Recipient.REGISTRAR,
                address=registrar.card.email,
                language=language_of(registrar.card.cc),
                values={
                    "registrar": registrar.handle,
                    "contacts": list(notice.contacts),
                    "count": notice.count,
                },
            )
        )
    return bool(notices)
