"""The registrant link of one name, about to lead elsewhere (contacts.md R-01, D-31)."""

from __future__ import annotations

from dataclasses import replace

from store.editing.registrant_changes.opening import (
    Opened,
    check_no_edit_waits,
    open_repoint,
    settle_overlaps,
)
from store.editing.registrant_changes.profiles import tell_applied
from store.editing.session import Session
from store.errors import Code, RegistryError
from store.model import Contact, Domain, Role
from store.rules.registrant_changes import Ruling, rule_on
from store.sql.records import contacts

__all__ = ["hold_relink"]


def hold_relink(session: Session, domain: Domain, new: Contact | None) -> Opened | None:
    """Hold a new registrant for approval; ``None`` lets the link move at once.

    It moves at once to a name's first registrant (D-31), to a contact with the same
    material values (R-05), and where the zone asks for no approval. What was asked for the
    name before is superseded.

    Raises:
        RegistryError: ``STATUS_PROHIBITS`` while an edit of either contact waits (R-09),
            ``POLICY`` for taking the registrant away where it takes approvals to change it.
    """
    link = domain.link(Role.REGISTRANT)
    if new is not None:
        check_no_edit_waits(session, new.id, field=Role.REGISTRANT.value)
    if link is None:
        return None
    prior = contacts.lock_contacts(session.connection, {link.contact_id})[link.contact_id]
    ruling = _rule(session, domain, prior, new)
    if new is not None and ruling.approved:
        return open_repoint(session, domain, prior, new)
    settle_overlaps(session, (domain,), prior)
    if new is not None and ruling.zones:
        tell_applied(session, prior=prior, new=new, zones=ruling.zones, names=(domain.name,))
        if prior.generation == new.generation:  # a copy, edited since (P-12)
            generation = contacts.new_generation(session.connection)
            turned = replace(new, generation=generation)
            contacts.update_contact(session.connection, new, turned)
    return None


def _rule(session: Session, domain: Domain, prior: Contact, new: Contact | None) -> Ruling:
    if new is not None:
        return rule_on(prior, new, zones=(domain.zone,), policy=session.policy)
    if session.policy.zone(domain.zone).change_profile.approved:
        # The next one would be a first registrant, and need nobody's approval.
        raise RegistryError(
            Code.POLICY,
            "A registrant is replaced with approval, not removed; name the new one.",
            field=Role.REGISTRANT.value,
        )
    return Ruling()
