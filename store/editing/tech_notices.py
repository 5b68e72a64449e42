"""What a technical contact is told: its name's servers or DS data have changed (T-06)."""

from __future__ import annotations

from store.editing.session import Session
from store.languages import language_of
from store.messages import Message, MessageKind, Recipient
from store.model import Domain, Role
from store.records_json import snapshot
from store.sql.records import contacts

__all__ = ["tell_tech"]


def tell_tech(session: Session, before: Domain, after: Domain) -> None:
    """Queue the notice N8 of an edit of delegation or DNSSEC data, one for each edit (D-33).

    It goes to the real address of whoever is the technical contact after the edit.
    """
    link = after.link(Role.TECH)
    if link is None or (before.hosts, before.dnssec) == (after.hosts, after.dnssec):
        return
    tech = contacts.find_contact(session.connection, link.contact)
    if tech is None:
        return
    shown = snapshot(after)
    session.send(
        Message(
            kind=MessageKind.DELEGATION_CHANGED,
            recipient=Recipient.TECH,
            address=tech.card.email,
            language=language_of(tech.card.cc),
            values={field: shown[field] for field in ("name", "registrar", "ns", "ds")},
        )
    )
