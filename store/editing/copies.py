"""A contact's copy takes its place on some names, in every role it has there (R-10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from store.editing.session import Session
from store.model import Contact, Domain, Role
from store.outcomes import Outcome
from store.records_json import difference
from store.rules.links import new_link
from store.rules.uses import Use
from store.sql.records import contacts, domains

__all__ = ["held_by", "place_copy", "uses_on"]


def held_by(domains: Sequence[Domain], contact: Contact) -> tuple[Domain, ...]:
    """Give those of *domains* whose registrant is *contact*."""
    links = ((domain, domain.link(Role.REGISTRANT)) for domain in domains)
    return tuple(domain for domain, link in links if link and link.contact_id == contact.id)


def uses_on(domains: Sequence[Domain], contact: Contact) -> tuple[Use, ...]:
    """Give the ways in which *domains* use *contact*."""
    return tuple(
        Use(zone=domain.zone, role=link.role, privacy=domain.privacy)
        for domain in domains
        for link in domain.links
        if link.contact_id == contact.id
    )


def place_copy(
    session: Session, names: Sequence[Domain], contact: Contact, copy: Contact, *, by: str
) -> Outcome:
    """Save *copy* and link it wherever *names* link to *contact*; all of them are locked.

    A name whose registrant it becomes keeps the transfer lock it had (D-36). ``copies`` of
    the outcome has the copy's id. *by* is whoever asked for it.
    """
    saved = contacts.insert_contact(session.connection, copy, repository=session.policy.repository)
    for domain in names:
        _relink(session, domain, contact, saved, by=by)
    contacts.settle_links(session.connection, (contact.id, saved.id), now=session.now)
    session.record("contact", saved.handle, "created", after=saved)
    session.write_history("contact", contact.handle, "split", {"copy": (None, saved.handle)})
    session.touch("contact", contact.handle)
    changes = difference(contact, saved)
    changes.pop("id", None)
    return Outcome(
        kind="contact",
        subject=contact.handle,
        action="split",
        changes=changes,
        copies={contact.handle: saved.handle},
    )


def _relink(session: Session, domain: Domain, contact: Contact, copy: Contact, *, by: str) -> None:
    links = tuple(
        new_link(copy, link.role, now=session.now) if link.contact_id == contact.id else link
        for link in domain.links
    )
    after = replace(domain, links=links, updated=session.now, updated_by=by)
    saved = domains.update_domain(session.connection, domain, after)
    session.record("domain", domain.name, "updated", before=domain, after=saved)
