"""The new registrant put in place: of a contact, of one name, of the names of a split.

Each looks again at what the change is based on before it writes anything (R-26, R-27).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from store.editing.copies import held_by, place_copy, uses_on
from store.editing.registrant_changes.consents import end_consents
from store.editing.registrant_changes.telling import Parties
from store.editing.session import Session
from store.errors import RegistryError
from store.model import Contact, Domain, Role
from store.outcomes import Outcome
from store.registrant_changes import ChangeKind, EndReason, RegistrantChange
from store.rules.contacts import copied_contact
from store.rules.links import edited_links
from store.rules.patches import patched
from store.rules.registrant_changes import (
    BARRING,
    Obstacle,
    check_standing,
    completed_contact,
    is_barred,
    material_patch,
    next_generation,
)
from store.rules.uses import check_uses, uses_matter
from store.sql.records import contacts, domains
from store.sql.records import registrant_changes as records

__all__ = ["Applied", "apply_patch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What a completion wrote, and what is left to lock: a contact's names, or some names.

    ``parties`` are those from before, ``zones`` those of the names that have a new
    registrant. ``change`` knows the copy of a split.
    """

    change: RegistrantChange
    parties: Parties
    zones: frozenset[str]
    outcome: Outcome
    contact: Contact | None = None
    names: tuple[Domain, ...] = ()


def apply_patch(session: Session, change: RegistrantChange) -> Applied:
    """Do what *change* asks for; everything it touches is locked.

    Raises:
        Obstacle: it can't be done any more; nothing is written then.
    """
    match change.kind:
        case ChangeKind.EDIT:
            return _edit(session, change)
        case ChangeKind.REPOINT:
            return _repoint(session, change)
        case ChangeKind.SPLIT:
            return _split(session, change)


def _edit(session: Session, change: RegistrantChange) -> Applied:
    contact = _contact(session, change)
    _, barred = records.names_barred(
        session.connection, contact.id, statuses=sorted(BARRING), limit=1
    )
    if barred:
        raise Obstacle(EndReason.BARRED)
    after = completed_contact(contact, change, now=session.now)
    if uses_matter(contact, after):
        uses = contacts.list_uses(session.connection, contact.id)
        with _zone_rules():
            check_uses(contact, after, uses, session.policy)
    saved = contacts.update_contact(session.connection, contact, after)
    end_consents(session, contact)
    outcome = session.record("contact", contact.handle, "updated", before=contact, after=saved)
    return Applied(
        change=change,
        parties=Parties(prior=contact, new=saved),
        zones=records.zones_held(session.connection, contact.id),
        outcome=outcome,
        contact=saved,
    )


def _repoint(session: Session, change: RegistrantChange) -> Applied:
    (domain,) = _domains(session, change)
    numbers = (change.contact_id, change.to_contact_id or 0)
    found = contacts.lock_contacts(session.connection, numbers)
    prior, new = found.get(numbers[0]), found.get(numbers[1])
    if prior is None or new is None or _moved(session, domain, prior, new, change):
        raise Obstacle(EndReason.MOVED)
    with _zone_rules():
        links = edited_links(domain, {Role.REGISTRANT: new}, policy=session.policy, now=session.now)
    after = replace(domain, links=links, updated=session.now, updated_by=change.created_by)
    saved = domains.update_domain(session.connection, domain, after)
    _turn_aliases(session, prior, new, change)
    contacts.settle_links(session.connection, (prior.id, new.id), now=session.now)
    for party in (prior, new):
        session.touch("contact", party.handle)
    outcome = session.record("domain", domain.name, "updated", before=domain, after=saved)
    return Applied(
        change=change,
        parties=Parties(prior=prior, new=new),
        zones=frozenset({domain.zone}),
        outcome=outcome,
        names=(saved,),
    )


def _split(session: Session, change: RegistrantChange) -> Applied:
    names = _domains(session, change)
    contact = _contact(session, change)
    held = held_by(names, contact)
    linked = all(any(link.contact_id == contact.id for link in each.links) for each in names)
    if not linked or not held:
        raise Obstacle(EndReason.MOVED)
    copy = copied_contact(
        completed_contact(contact, change, now=session.now),
        handle=session.new_clone_handle(),
        registrar=contact.registrar,
        actor=session.actor,
        now=session.now,
    )
    copy = replace(
        copy,
        statuses=patched(contact, change.patch).statuses,
        created_by=change.created_by,
    )
    shown = replace(copy, handle=contact.handle)
    with _zone_rules():
        check_uses(contact, shown, uses_on(names, contact), session.policy)
    outcome = place_copy(session, names, contact, copy, by=change.created_by)
    handle = outcome.copies[contact.handle]
    saved = session.require_contact(handle)
    return Applied(
        change=replace(change, to_contact=handle, to_contact_id=saved.id),
        parties=Parties(prior=contact, new=saved),
        zones=frozenset(domain.zone for domain in held),
        outcome=outcome,
        names=held,
    )


def _contact(session: Session, change: RegistrantChange) -> Contact:
    found = contacts.lock_contacts(session.connection, (change.contact_id,))
    contact = found.get(change.contact_id)
    if contact is None:
        raise Obstacle(EndReason.MOVED)
    check_standing(contact, change)
    return contact


def _domains(session: Session, change: RegistrantChange) -> tuple[Domain, ...]:
    found = [domains.find_domain(session.connection, name, lock=True) for name in change.names]
    standing = tuple(
        domain for domain in found if domain is not None and domain.registrar == change.registrar
    )
    if len(standing) != len(found) or not found:
        raise Obstacle(EndReason.MOVED)
    if any(is_barred(domain) for domain in standing):
        raise Obstacle(EndReason.BARRED)
    return standing


def _moved(
    session: Session, domain: Domain, prior: Contact, new: Contact, change: RegistrantChange
) -> bool:
    """Tell whether a re-point is no longer what both parties saw."""
    link, address = domain.link(Role.REGISTRANT), session.policy.zone(domain.zone).material_address
    if link is None or link.contact_id != prior.id:
        return True
    if material_patch(prior, new, address=address) != change.patch:
        return True
    # an edit of the new registrant that waits must not reach another name.
    waiting = records.list_open_of_contacts(session.connection, (new.id,))
    return any(each.kind is ChangeKind.EDIT and each.is_open(session.now) for each in waiting)


@contextmanager
def _zone_rules() -> Iterator[None]:
    try:
        yield
    except RegistryError as error:
        raise Obstacle(EndReason.REFUSED) from error


def _turn_aliases(session: Session, prior: Contact, new: Contact, change: RegistrantChange) -> None:
    """Keep a name's alias from outliving its holder where one is a copy of the other (P-12)."""
    if prior.generation == new.generation:
        turned = replace(new, generation=next_generation(change))
        contacts.update_contact(session.connection, new, turned)
