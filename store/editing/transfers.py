"""The move of a name to another registrar."""

from __future__ import annotations

from dataclasses import replace

from store.changes import TransferDomain
from store.editing.domains import require_domain
from store.editing.registrant_changes.ending import void_changes
from store.editing.session import Session
from store.model import Contact, Domain, Registrar
from store.outcomes import Outcome
from store.registrant_changes import EndReason
from store.rules.contacts import copied_contact
from store.rules.transfers import check_transferable, transferred_domain
from store.sql.records import contacts, domains, hosts
from store.sql.records.transfer_locks import lock_in_force

__all__ = ["transfer_domain"]


def transfer_domain(session: Session, change: TransferDomain) -> Outcome:
    """Move a name: its contacts are copied, the hosts below it move along (contacts.md 3).

    Raises:
        RegistryError: ``NOT_FOUND``, ``STATUS_PROHIBITS``, ``NOT_ELIGIBLE``, ``POLICY``.
    """
    domain = require_domain(session, change.name)
    to = session.require_registrar(change.to, field="to")
    locked_until = lock_in_force(session.connection, domain, now=session.now)
    check_transferable(
        domain, to, locked_until=locked_until, policy=session.policy, now=session.now
    )
    numbers = {link.contact_id for link in domain.links}
    standing = contacts.lock_contacts(session.connection, numbers)
    void_changes(session, domain, reason=EndReason.TRANSFERRED)  # E-22
    copies = {number: _copy(session, contact, to) for number, contact in standing.items()}
    after = transferred_domain(domain, to, copies, actor=session.actor, now=session.now)
    saved = domains.update_domain(session.connection, domain, after)
    domains.forget_transfer_data(session.connection, saved)
    contacts.settle_links(
        session.connection, numbers | {copy.id for copy in copies.values()}, now=session.now
    )
    for contact in standing.values():
        session.touch("contact", contact.handle)
    _move_hosts(session, domain, to)
    outcome = session.record("domain", domain.name, "transferred", before=domain, after=saved)
    handles = {standing[number].handle: copy.handle for number, copy in copies.items()}
    return replace(outcome, copies=handles)


def _copy(session: Session, contact: Contact, to: Registrar) -> Contact:
    copy = copied_contact(
        contact,
        handle=session.new_clone_handle(),
        registrar=to.handle,
        actor=session.actor,
        now=session.now,
    )
    saved = contacts.insert_contact(session.connection, copy, repository=session.policy.repository)
    session.record("contact", saved.handle, "created", after=saved)
    return saved


def _move_hosts(session: Session, domain: Domain, to: Registrar) -> None:
    """Give the hosts below a name its new sponsor (conformance.md 9.4.7)."""
    for host in hosts.list_subordinate(session.connection, domain.name):
        moved = hosts.update_host(session.connection, host, replace(host, registrar=to.handle))
        session.record("host", host.name, "transferred", before=host, after=moved)
