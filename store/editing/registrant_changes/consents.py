"""Consents to a designated agent, stored and dated for each registrant (contacts.md R-18)."""

from __future__ import annotations

from store.changes import RecordConsent
from store.editing.session import Session
from store.model import Contact
from store.outcomes import Outcome
from store.records_json import rfc3339
from store.sql.records.registrant_changes import consents_of, give_consent, revoke_consent

__all__ = ["end_consents", "record_consent"]


def record_consent(session: Session, change: RecordConsent) -> Outcome:
    """Record that an agent approves for a contact as one of the parties, or no longer does.

    A consent given anew has a new date. Changes that are open already stay with the party
    that was asked.

    Raises:
        RegistryError: ``NOT_FOUND``, ``AMBIGUOUS``.
    """
    contact = session.require_contact(change.contact, lock=True)
    before = consents_of(session.connection, contact.id).get(change.party)
    after = None if change.revoke else session.now
    if before == after:
        return session.unchanged("contact", contact.handle)
    if change.revoke:
        revoke_consent(session.connection, contact.id, change.party)
    else:
        give_consent(
            session.connection, contact.id, change.party, at=session.now, by=session.actor.name
        )
    changes: dict[str, tuple[object, object]] = {
        f"{change.party}_agent": (rfc3339(before), rfc3339(after))
    }
    session.write_history("contact", contact.handle, "consent", changes)
    return Outcome(kind="contact", subject=contact.handle, action="updated", changes=changes)


def end_consents(session: Session, contact: Contact) -> None:
    """Let no agent of the prior registrant approve for the new one (R-18)."""
    given = consents_of(session.connection, contact.id)
    for party in sorted(given):
        revoke_consent(session.connection, contact.id, party)
    ended: dict[str, tuple[object, object]] = {
        f"{party}_agent": (rfc3339(at), None) for party, at in sorted(given.items())
    }
    if ended:
        session.write_history("contact", contact.handle, "consent", ended)
