"""Changes of registrations."""

from __future__ import annotations

from collections.abc import Iterable

from store.changes import UNSET, CreateDomain, DeleteDomain, LinkEdit, UpdateDomain
from store.editing.delegations import provide_hosts
from store.editing.registrant_changes.ending import void_changes
from store.editing.registrant_changes.opening import check_no_edit_waits, opened_outcome
from store.editing.registrant_changes.relinking import hold_relink
from store.editing.session import Session
from store.editing.tech_notices import tell_tech
from store.errors import Code, RegistryError
from store.model import Contact, Domain, Link, PrivacyMode, PrivacyService, Role
from store.outcomes import Outcome
from store.records_json import difference
from store.registrant_changes import EndReason
from store.rules import domains as rules
from store.rules.decision import name_some
from store.rules.delegations import host_names
from store.rules.links import check_one_of_each
from store.rules.prohibitions import check_allowed
from store.sql.records import contacts, hosts, names, privacy_services
from store.sql.records import domains as records
from store.sql.records.saving import serialise

__all__ = ["create_domain", "delete_domain", "require_domain", "update_domain"]


def require_domain(session: Session, text: str) -> Domain:
    """Load the registration that *text* names, locked.

    Raises:
        RegistryError: ``INVALID_NAME``, ``NOT_FOUND``.
    """
    name = session.named(text)
    domain = records.find_domain(session.connection, name, lock=True)
    if domain is None:
        raise RegistryError(Code.NOT_FOUND, f"There is no name {name}.", field="name")
    return domain


def create_domain(session: Session, change: CreateDomain) -> Outcome:
    """Register a name."""
    name = session.named(change.name)
    zone = rules.registrable_zone(name, session.zones)
    serialise(session.connection, f"name {name}")
    _check_free(session, name)
    check_one_of_each(change.links)
    registrar = session.require_registrar(change.registrar)
    domain = rules.create_domain(
        change,
        name=name,
        zone=zone,
        registrar=registrar,
        targets=_targets(session, change.links),
        hosts=host_names(change.hosts, field="ns"),
        policy=session.policy,
        actor=session.actor,
        now=session.now,
    )
    link = domain.link(Role.REGISTRANT)
    if link is not None:
        check_no_edit_waits(session, link.contact_id, field=link.role.value)
    provide_hosts(session, domain.hosts, registrar=registrar.handle, field="ns")
    saved = records.insert_domain(session.connection, domain, repository=session.policy.repository)
    _settle(session, None, saved)
    return session.record("domain", name, "created", after=saved)


def update_domain(session: Session, change: UpdateDomain) -> Outcome:
    """Edit a registration; hold a new registrant that needs approval (A-08, R-01)."""
    check_one_of_each(change.links)
    domain = require_domain(session, change.name)
    targets = _targets(session, change.links, standing=_shown_by(domain, change))
    add = host_names(change.add_hosts, field="add_ns")
    after = rules.update_domain(
        domain,
        change,
        targets=targets,
        add_hosts=add,
        remove_hosts=host_names(change.remove_hosts, field="remove_ns"),
        service=_service(session, domain, change),
        registrant=_registrant(session, domain, change),
        policy=session.policy,
        actor=session.actor,
        now=session.now,
    )
    if after == domain:
        return session.unchanged("domain", domain.name)
    if after.disputed and not domain.disputed:
        void_changes(session, domain, reason=EndReason.DISPUTED)
    if after.link(Role.REGISTRANT) != domain.link(Role.REGISTRANT):
        opened = hold_relink(session, domain, targets[Role.REGISTRANT])
        if opened is not None:
            changes = difference(domain, after)
            return opened_outcome(opened, "domain", domain.name, changes)
    provide_hosts(session, add, registrar=domain.registrar, field="add_ns")
    saved = records.update_domain(session.connection, domain, after)
    _settle(session, domain, saved)
    tell_tech(session, domain, saved)
    return session.record("domain", domain.name, "updated", before=domain, after=saved)


def delete_domain(session: Session, change: DeleteDomain) -> Outcome:
    """Delete a registration at once (D-28); its contacts and hosts stay.

    Raises:
        RegistryError: ``NOT_FOUND``, ``STATUS_PROHIBITS``, or ``IN_USE`` while hosts
            stand below the name (conformance.md 9.4.6).
    """
    domain = require_domain(session, change.name)
    check_allowed(domain.statuses, "delete")
    contacts.lock_contacts(session.connection, {link.contact_id for link in domain.links})
    below = hosts.list_subordinate(session.connection, domain.name)
    if below:
        listed = name_some(tuple(host.name for host in below))
        raise RegistryError(Code.IN_USE, f"Hosts stand below the name: {listed}.", field="name")
    void_changes(session, domain, reason=EndReason.DELETED)
    records.delete_domain(session.connection, domain)
    _settle(session, domain, None)
    return session.record("domain", domain.name, "deleted", before=domain)


def _check_free(session: Session, name: str) -> None:
    if records.find_domain(session.connection, name) is not None:
        raise RegistryError(Code.EXISTS, f"{name} is registered already.", field="name")
    reserved = names.find_reserved_name(session.connection, name)
    if reserved is not None:
        state = "blocked" if reserved.blocked else "reserved"
        raise RegistryError(Code.NAME_RESERVED, f"{name} is {state}.", field="name")


def _targets(
    session: Session, edits: Iterable[LinkEdit], *, standing: Iterable[Link] = ()
) -> dict[Role, Contact | None]:
    """Load the contacts that links are to name; lock them and those of *standing* (L-06).

    All at once: every editor locks contacts in one order.
    """
    found = {
        edit.role: session.require_contact(edit.contact, field=edit.role.value)
        if edit.contact.strip()
        else None
        for edit in edits
    }
    numbers = {contact.id for contact in found.values() if contact is not None}
    numbers |= {link.contact_id for link in standing}
    locked = contacts.lock_contacts(session.connection, numbers)
    for role, contact in found.items():
        if contact is not None and contact.id not in locked:  # deleted before the lock (L-06)
            raise RegistryError(
                Code.NOT_FOUND, f"There is no contact {contact.handle}.", field=role.value
            )
    return {
        role: None if contact is None else locked[contact.id] for role, contact in found.items()
    }


def _shown_by(domain: Domain, change: UpdateDomain) -> tuple[Link, ...]:
    """Give the links whose contacts an edit shows otherwise or holds changes of: all or none."""
    touches = change.links or change.privacy is not UNSET or change.disputed is not UNSET
    return domain.links if touches else ()


def _service(session: Session, domain: Domain, change: UpdateDomain) -> PrivacyService | None:
    """Give the service a proxy is to stand behind: the named, the standing, or the only one."""
    edit = change.privacy
    if edit is UNSET or edit.mode is not PrivacyMode.PROXY:
        return None
    handle = edit.service or domain.privacy_service
    if handle is None:
        return privacy_services.find_only_privacy_service(session.connection)
    return session.require_privacy_service(handle, field="privacy")


def _registrant(session: Session, domain: Domain, change: UpdateDomain) -> Contact | None:
    link = domain.link(Role.REGISTRANT)
    if link is None or change.privacy is UNSET:
        return None
    return contacts.lock_contacts(session.connection, {link.contact_id}).get(link.contact_id)


def _settle(session: Session, before: Domain | None, after: Domain | None) -> None:
    """Run the clocks of contacts whose links changed, and tell readers who else is touched."""
    old = () if before is None else before.links
    new = () if after is None else after.links
    moved = {link for link in (*old, *new) if (link in old) != (link in new)}
    contacts.settle_links(session.connection, {link.contact_id for link in moved}, now=session.now)
    privacy = (before and before.privacy) != (after and after.privacy)
    for link in (*old, *new):
        # What a contact's own page shows depends on its names' modes as well (7.3).
        if link in moved or privacy:
            session.touch("contact", link.contact)
    hosts_before = set() if before is None else set(before.hosts)
    hosts_after = set() if after is None else set(after.hosts)
    for name in sorted(hosts_before ^ hosts_after):
        session.touch("host", name)
