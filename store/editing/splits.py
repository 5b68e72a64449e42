"""A contact split: a copy with the edit takes its place on some names (R-10, D-13)."""

from __future__ import annotations

from dataclasses import replace

from store.changes import UpdateContact
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.model import Contact, Domain
from store.outcomes import Outcome
from store.records_json import difference
from store.rules import contacts as rules
from store.rules.links import new_link
from store.rules.prohibitions import check_updatable
from store.rules.uses import Use, check_uses
from store.sql.records import contacts, domains

__all__ = ["split_contact"]


def split_contact(session: Session, change: UpdateContact) -> Outcome:
    """Put a copy of the contact with the edit in its place on the names of the change.

    Raises:
        RegistryError: with field ``only``: ``NOT_FOUND`` for a name that isn't there or
            doesn't link to the contact, ``STATUS_PROHIBITS`` for one that can't be
            updated; and what the edit is refused for.
    """
    handle = session.require_contact(change.handle).handle
    # Names before contacts: every editor locks in this order.
    names = sorted({session.named(text, field="only") for text in change.only})
    used = [_locked(session, name) for name in names]
    contact = session.require_contact(handle, lock=True)
    for domain in used:
        _check_linked(domain, contact)
    decision = rules.split_contact(
        contact,
        change,
        handle=session.new_clone_handle(),
        policy=session.policy,
        actor=session.actor,
        now=session.now,
    )
    uses = [
        Use(zone=domain.zone, role=link.role, privacy=domain.privacy)
        for domain in used
        for link in domain.links
        if link.contact_id == contact.id
    ]
    # A refusal names the contact that was asked for: the copy isn't there yet.
    check_uses(contact, replace(decision.record, handle=contact.handle), uses, session.policy)
    copy = contacts.insert_contact(
        session.connection, decision.record, repository=session.policy.repository
    )
    for domain in used:
        _repoint(session, domain, contact, copy)
    contacts.settle_links(session.connection, (contact.id, copy.id), now=session.now)
    return _recorded(session, contact, copy, decision.warnings)


def _locked(session: Session, name: str) -> Domain:
    domain = domains.find_domain(session.connection, name, lock=True)
    if domain is None:
        raise RegistryError(Code.NOT_FOUND, f"There is no name {name}.", field="only")
    return domain


def _check_linked(domain: Domain, contact: Contact) -> None:
    if all(link.contact_id != contact.id for link in domain.links):
        raise RegistryError(
            Code.NOT_FOUND,
            f"{domain.name} has no link to the contact {contact.handle}.",
            field="only",
        )
    try:
        check_updatable(domain.statuses, removed=frozenset(), nothing_else=False)
    except RegistryError as error:
        raise RegistryError(error.code, f"{domain.name}: {error.message}", field="only") from error


def _repoint(session: Session, domain: Domain, contact: Contact, copy: Contact) -> None:
    links = tuple(
        new_link(copy, link.role, now=session.now) if link.contact_id == contact.id else link
        for link in domain.links
    )
    after = replace(domain, links=links, updated=session.now, updated_by=session.actor.name)
    saved = domains.update_domain(session.connection, domain, after)
    session.record("domain", domain.name, "updated", before=domain, after=saved)


def _recorded(
    session: Session, contact: Contact, copy: Contact, warnings: tuple[str, ...]
) -> Outcome:
    session.record("contact", copy.handle, "created", after=copy)
    session.write_history("contact", contact.handle, "split", {"copy": (None, copy.handle)})
    session.touch("contact", contact.handle)
    changes = difference(contact, copy)
    changes.pop("id", None)
    return Outcome(
        kind="contact",
        subject=contact.handle,
        action="split",
        changes=changes,
        warnings=warnings,
        copies={contact.handle: copy.handle},
    )
