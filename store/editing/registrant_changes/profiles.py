"""A new registrant where nobody's approval is asked for: what it means, who hears of it (4).

Under ``cord`` both parties and the registrar, under ``irs_nz`` the registrar alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from store.editing.registrant_changes.telling import NAMES_TOLD
from store.editing.session import Session
from store.languages import language_of
from store.messages import Message, MessageKind, Recipient
from store.model import Card, Contact
from store.rules.registrant_changes import material_patch
from store.sql.records import registrars
from store.sql.records.registrant_changes import names_held

__all__ = ["has_new_registrant", "tell_applied"]


def has_new_registrant(session: Session, zones: Iterable[str]) -> bool:
    """Tell whether new values that hold at once are a change of registrant all the same.

    Under ``cord`` they are one; under ``irs_nz`` a change of holder is the registrar's business.
    """
    return any(session.policy.zone(zone).change_profile.tells_parties for zone in zones)


def tell_applied(
    session: Session,
    *,
    prior: Contact,
    new: Contact,
    zones: Collection[str],
    names: tuple[str, ...] | None = None,
) -> None:
    """Queue C1 for a change of registrant that holds at once.

    It is about *names*, or about all that *prior* is registrant of; *zones* are those
    for which it is a new registrant. The old address hears of it as well as the new one;
    where they are one, it does once. The messages say which fields are others now, and
    none of their values; the registrar reads which contact it was.
    """
    if names is None:
        listed, count = names_held(session.connection, prior.id, limit=NAMES_TOLD)
    else:
        listed, count = names[:NAMES_TOLD], len(names)
    address = any(session.policy.zone(zone).material_address for zone in zones)
    values: dict[str, object] = {
        "names": list(listed),
        "count": count,
        "fields": list(material_patch(prior, new, address=address)),
        "registrar": prior.registrar,
        "contact": prior.handle,
    }
    if has_new_registrant(session, zones):
        if prior.card.email != new.card.email:
            session.send(_message(Recipient.PRIOR, prior.card, values))
        session.send(_message(Recipient.NEW, new.card, values))
    registrar = registrars.find_registrar(session.connection, prior.registrar)
    card = Card() if registrar is None else registrar.card
    session.send(_message(Recipient.REGISTRAR, card, values))


def _message(recipient: Recipient, card: Card, values: dict[str, object]) -> Message:
    return Message(
        kind=MessageKind.REGISTRANT_CHANGED,
        recipient=recipient,
        address=card.email,
        language=language_of(card.cc),
        values=values,
    )
