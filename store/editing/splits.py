"""A contact split: a copy with the edit takes its place on some names (R-10, D-13)."""

from __future__ import annotations

from dataclasses import replace

from store.changes import UpdateContact
from store.editing.copies import held_by, place_copy, uses_on
from store.editing.registrant_changes.opening import (
    Opened,
    open_split,
    opened_outcome,
    settle_overlaps,
)
from store.editing.registrant_changes.profiles import has_new_registrant, tell_applied
from store.editing.session import Session, with_warnings
from store.errors import Code, RegistryError
from store.model import Contact, Domain
from store.outcomes import Outcome
from store.records_json import difference
from store.refusals import missing
from store.rules import contacts as rules
from store.rules.prohibitions import check_updatable
from store.rules.registrant_changes import consent_warnings, in_new_hands, rule_on
from store.rules.uses import check_uses
from store.sql.records import contacts, domains

__all__ = ["split_contact"]


def split_contact(session: Session, change: UpdateContact) -> Outcome:
    """Put a copy of the contact with the edit in its place on the names of the change.

    The registrant's place is held for approval where a zone asks for it, and the rest with
    it: the copy is made when the change is completed.

    Raises:
        RegistryError: with field ``only``: ``NOT_FOUND`` for a name that isn't there or
            doesn't link to the contact, ``STATUS_PROHIBITS`` for one that can't be
            updated; and what the edit is refused for.
    """
    asked = session.require_contact(change.handle)
    # Names before contacts: every editor locks in this order.
    names = sorted({session.named(text, field="only") for text in change.only})
    used = [_locked(session, name) for name in names]
    numbers = {link.contact_id for domain in used for link in domain.links} | {asked.id}
    locked = contacts.lock_contacts(session.connection, numbers)
    contact = locked.get(asked.id) or missing("contact", asked.handle, "id")
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
    # A refusal names the contact that was asked for: the copy isn't there yet.
    shown = replace(decision.record, handle=contact.handle)
    check_uses(contact, shown, uses_on(used, contact), session.policy)
    opened = _hold(session, used, contact, decision.record)
    warnings = decision.warnings
    if opened is not decision.record:
        warnings += consent_warnings(contact, decision.record)
    if isinstance(opened, Contact):
        outcome = place_copy(session, used, contact, opened, by=session.actor.name)
    else:
        changes = difference(contact, shown)
        outcome = opened_outcome(opened, "contact", contact.handle, changes)
    return with_warnings(outcome, warnings)


def _hold(
    session: Session, used: list[Domain], contact: Contact, copy: Contact
) -> Opened | Contact:
    """Hold a split that brings some name a new registrant (R-01, R-11), or give its copy."""
    held = held_by(used, contact)
    if not held:
        return copy
    zones = {domain.zone for domain in held}
    ruling = rule_on(contact, copy, zones=zones, policy=session.policy)
    if ruling.approved:
        return open_split(session, used, contact, copy)
    settle_overlaps(session, held, contact)
    if ruling.zones:
        names = tuple(domain.name for domain in held)
        tell_applied(session, prior=contact, new=copy, zones=ruling.zones, names=names)
    if has_new_registrant(session, ruling.zones):
        return in_new_hands(copy, generation=0)
    return copy


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
