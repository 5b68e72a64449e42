"""The end of contacts whose time is up, in batches (contacts.md 6)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from store.changes import DeleteDueContacts
from store.editing.session import Session
from store.languages import language_of
from store.messages import Message, MessageKind, Recipient
from store.model import Contact
from store.outcomes import Batch, Outcome, Place
from store.policy import RegistryPolicy
from store.readied import Readied
from store.records_json import difference
from store.rules.lifecycle import ContactState, contact_state
from store.sql.journal import Fingerprints, ready_histories, scrub_histories, write_ends
from store.sql.records import deletion_notices, due_contacts, registrars

__all__ = ["delete_due_contacts", "ready_due_contacts"]


def ready_due_contacts(
    connection: Connection, change: DeleteDueContacts, *, policy: RegistryPolicy, now: datetime
) -> Readied:
    """Work out what *change* will write, without a lock: most of what it takes."""
    window = _window(connection, change, policy=policy, now=now)
    found = due_contacts.load_contacts(connection, [number for _, number in window])
    prints = Fingerprints(connection)
    handles = [contact.handle for contact in found.values()]
    return Readied(
        contacts={mark: (each, _last_words(prints, each)) for mark, each in found.items()},
        histories=ready_histories(connection, prints, kind="contact", subjects=handles),
    )


def delete_due_contacts(session: Session, change: DeleteDueContacts) -> Outcome:
    """Delete up to a batch of contacts whose time is up; their histories keep fingerprints.

    Rows that another editor holds are left to the next run (L-06).
    """
    window = _window(session.connection, change, policy=session.policy, now=session.now)
    due = _lock_due(session, [number for _, number in window], change.readied)
    if due:
        _delete(session, due, change.readied)
    at_end = len(window) < change.limit
    told = _tell_registrars(session) if at_end else False
    return Outcome(
        kind="contact",
        subject=due[0][0].handle if due else "",
        action="deleted" if due else "queued" if told else "unchanged",
        batch=Batch(done=len(due), after=None if at_end else window[-1]),
    )


def _window(
    connection: Connection, change: DeleteDueContacts, *, policy: RegistryPolicy, now: datetime
) -> list[Place]:
    until = now - policy.lifecycle.pending_delete_expiry
    return due_contacts.list_unlinked(
        connection, until=until, after=change.after, limit=change.limit
    )


def _last_words(prints: Fingerprints, contact: Contact) -> str:
    return prints.spelled(difference(contact, None))


def _lock_due(session: Session, numbers: list[int], readied: Readied) -> list[tuple[Contact, str]]:
    """Lock and give what is due, each with what its history will say."""
    if not numbers:
        return []
    marks = due_contacts.lock_free(session.connection, numbers)
    known = dict(readied.contacts)
    late = [mark[0] for mark in marks if mark not in known]
    if late:
        prints = Fingerprints(session.connection)
        found = due_contacts.load_contacts(session.connection, late)
        known |= {mark: (each, _last_words(prints, each)) for mark, each in found.items()}
    lifecycle = session.policy.lifecycle
    due = [
        known[mark]
        for mark in marks
        # L-04: one that can't be deleted is not due.
        if contact_state(known[mark][0], now=session.now, lifecycle=lifecycle) is ContactState.DUE
    ]
    # L-05, L-06: links and open changes as they are now that nobody can add one.
    needed = due_contacts.list_needed(
        session.connection, [contact.id for contact, _ in due], now=session.now
    )
    return [each for each in due if each[0].id not in needed]


def _delete(session: Session, due: list[tuple[Contact, str]], readied: Readied) -> None:
    connection = session.connection
    ends = [(contact.handle, words) for contact, words in due]
    handles = [handle for handle, _ in ends]
    due_contacts.delete_contacts(connection, [contact.id for contact, _ in due])
    scrub_histories(
        connection,
        Fingerprints(connection),
        kind="contact",
        subjects=handles,
        readied=readied.histories,
    )
    write_ends(
        connection,
        ends,
        kind="contact",
        at=session.now,
        actor=session.actor.name,
        door=session.actor.door,
    )
    gone: dict[str, list[str]] = {}
    for contact, _ in due:
        session.touch("contact", contact.handle)
        gone.setdefault(contact.registrar, []).append(contact.handle)
    deletion_notices.add_deletions(connection, gone)


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
