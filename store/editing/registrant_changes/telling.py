"""Who is told what of a registrant change (contacts.md 5.3): one message for each party.

Addresses are the record's own at this moment, never a privacy alias (R-25). A party
without one is noted in the outbox, and nothing else comes of it (R-29).
"""

from __future__ import annotations

from dataclasses import dataclass

from store.editing.session import Session
from store.languages import language_of
from store.messages import Message, MessageKind, Recipient
from store.model import Card, Contact
from store.registrant_changes import (
    ChangeKind,
    ChangeParty,
    ChangeState,
    Channel,
    RegistrantChange,
)
from store.rules.patches import patched
from store.sql.records import contacts, registrars
from store.sql.records import registrant_changes as records

__all__ = ["NAMES_TOLD", "Parties", "ask", "parties_of", "tell_completed", "tell_ended"]

NAMES_TOLD = 50  # contacts.md 5.3: the first 50, a count, and a page with the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Parties:
    """The two registrants of a change as the store has them; ``None`` for one that is gone.

    Of an edit and a split, ``new`` is the contact with the patch over it.
    """

    prior: Contact | None
    new: Contact | None


def parties_of(session: Session, change: RegistrantChange) -> Parties:
    """Load both registrants of *change*, without a lock."""
    numbers = {change.contact_id, change.to_contact_id or change.contact_id}
    found = contacts.find_contacts(session.connection, numbers)
    prior = found.get(change.contact_id)
    if change.kind is ChangeKind.REPOINT:
        return Parties(prior=prior, new=found.get(change.to_contact_id or 0))
    return Parties(prior=prior, new=prior and patched(prior, change.patch))


def ask(
    session: Session,
    change: RegistrantChange,
    party: ChangeParty,
    *,
    channel: Channel = Channel.EMAIL,
    address: str | None = None,
    resent: bool = False,
) -> None:
    """Queue the question to *party*: N1 or N2, and N7 where it is *resent* (R-12, R-15).

    Without an *address* it goes to the proposed e-mail of the new registrant, or to the
    current one's e-mail.
    """
    parties = parties_of(session, change)
    new = party is ChangeParty.NEW
    contact = parties.new if new else parties.prior
    standing = change.new_email if new else _email(parties.prior)
    message = Message(
        kind=MessageKind.ASK_NEW if new else MessageKind.ASK_PRIOR,
        recipient=Recipient.of(party),
        address=address or standing,
        channel=channel,
        change_id=change.id,
        language=_language(contact),
        resent=resent,
        values=_names(session, change),
    )
    session.send(message)


def tell_completed(session: Session, change: RegistrantChange, parties: Parties) -> None:
    """Queue N3 to the prior registrant's old address, the new one's new, the registrar (R-30).

    *parties* are those from before the completion.
    """
    about = _Told(kind=MessageKind.COMPLETED, change=change, names=_names(session, change))
    _tell_party(session, about, Recipient.PRIOR, parties.prior, _email(parties.prior))
    _tell_party(session, about, Recipient.NEW, parties.new, _email(parties.new))
    _tell_registrar(session, about)


def tell_ended(session: Session, before: RegistrantChange, after: RegistrantChange) -> None:
    """Queue N4, or N5 for one that ran out, after the end of *before*.

    The registrar hears of every end, the new registrant too; the current one of one that
    ran out (R-29), and of any other if it was asked before (D-14).
    """
    parties = parties_of(session, before)
    expired = after.state is ChangeState.EXPIRED
    kind = MessageKind.EXPIRED if expired else MessageKind.ENDED
    about = _Told(kind=kind, change=before, names=_names(session, before))
    _tell_party(session, about, Recipient.NEW, parties.new, before.new_email)
    if expired or before.state is ChangeState.AWAITING_PRIOR:
        address = _email(parties.prior) or before.prior_email
        _tell_party(session, about, Recipient.PRIOR, parties.prior, address)
    _tell_registrar(session, about)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    kind: MessageKind
    change: RegistrantChange
    names: dict[str, object]


def _tell_party(
    session: Session,
    about: _Told,
    recipient: Recipient,
    contact: Contact | None,
    address: str | None,
) -> None:
    message = Message(
        kind=about.kind,
        recipient=recipient,
        address=address,
        change_id=about.change.id,
        language=_language(contact),
        values=about.names,
    )
    session.send(message)


def _tell_registrar(session: Session, about: _Told) -> None:
    registrar = registrars.find_registrar(session.connection, about.change.registrar)
    card = Card() if registrar is None else registrar.card
    message = Message(
        kind=about.kind,
        recipient=Recipient.REGISTRAR,
        address=card.email,
        change_id=about.change.id,
        language=language_of(card.cc),
        values=about.names,
    )
    session.send(message)


def _names(session: Session, change: RegistrantChange) -> dict[str, object]:
    if change.kind is ChangeKind.EDIT:
        names, count = records.names_held(session.connection, change.contact_id, limit=NAMES_TOLD)
    else:
        names, count = change.names[:NAMES_TOLD], len(change.names)
    return {"names": list(names), "count": count}


def _email(contact: Contact | None) -> str | None:
    return None if contact is None else contact.card.email


def _language(contact: Contact | None) -> str | None:
    return language_of(None if contact is None else contact.card.cc)
