"""A corrected phone while a registrant change is open: at once, and told (contacts.md R-23)."""

from __future__ import annotations

from store.editing.session import Session
from store.model import Contact
from store.rules.phone_corrections import correction_notices
from store.sql.records.registrant_changes import list_open_of_contacts, list_open_to_contacts

__all__ = ["tell_correction"]


def tell_correction(session: Session, before: Contact, after: Contact) -> None:
    """Queue N6 where an edit has corrected the number of a party of an open change."""
    if before.card.voice == after.card.voice:
        return
    held = list_open_of_contacts(session.connection, (before.id,))
    awaited = list_open_to_contacts(session.connection, (before.id,))
    for message in correction_notices(
        before,
        after,
        held=[change for change in held if change.is_open(session.now)],
        awaited=[change for change in awaited if change.is_open(session.now)],
    ):
        session.send(message)
