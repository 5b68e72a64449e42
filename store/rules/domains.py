"""Registrations: created and edited (contacts.md 5, 9; conformance.md 9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from store.changes import UNSET, Actor, CreateDomain, UpdateDomain
from store.errors import Code, RegistryError
from store.model import Contact, Domain, PrivacyService, Registrar, Role
from store.names import split_name
from store.policy import RegistryPolicy
from store.rules.decision import check_version
from store.rules.delegations import edited_ds, edited_hosts
from store.rules.links import check_one_of_each, edited_links
from store.rules.privacy import edited_privacy
from store.rules.prohibitions import check_allowed, check_updatable, edited_statuses
from store.rules.registrars import check_active

__all__ = ["create_domain", "one_year_after", "registrable_zone", "update_domain"]

Targets = Mapping[Role, Contact | None]


def registrable_zone(name: str, zones: frozenset[str]) -> str:
    """Give the served zone that *name* (inner form) stands directly below.

    Raises:
        RegistryError: ``UNSERVED_ZONE``, also for a zone itself, or ``INVALID_NAME`` for
            a name that is deeper.
    """
    if name in zones:
        raise RegistryError(
            Code.UNSERVED_ZONE,
            f"{name} is a zone served here, not a name below one.",
            field="name",
        )
    split = split_name(name, zones)
    if split.below:
        raise RegistryError(
            Code.INVALID_NAME,
            f"Names are registered directly below {split.zone}; {name} is below"
            f" {split.registered}.",
            field="name",
        )
    return split.zone


def create_domain(
    change: CreateDomain,
    *,
    name: str,
    zone: str,
    registrar: Registrar,
    targets: Targets,
    hosts: tuple[str, ...],
    policy: RegistryPolicy,
    actor: Actor,
    now: datetime,
) -> Domain:
    """Give the new registration, not yet numbered. *hosts* are in inner form.

    Raises:
        RegistryError: ``ROLE_REQUIRED`` for a missing role, ``INVALID_VALUE`` for an
            expiry that is past, and what links, name servers and DS data are refused for.
    """
    check_active(registrar, field="registrar")
    check_one_of_each(change.links)
    empty = Domain(name=name, zone=zone, roid=None, registrar=registrar.handle)
    given = {role: contact for role, contact in targets.items() if contact is not None}
    for role in Role:
        if role in policy.zone(zone).required_roles - given.keys():
            raise RegistryError(
                Code.ROLE_REQUIRED,
                f"A name in {zone} needs a contact for the role {role}.",
                field=role.value,
            )
    return replace(
        empty,
        links=edited_links(empty, given, policy=policy, now=now),
        hosts=edited_hosts((), add=hosts, remove=(), field="ns"),
        dnssec=edited_ds(empty.dnssec, add=change.ds, remove=(), field="ds"),
        expires=_first_expiry(change.expires, now=now),
        created=now,
        created_by=actor.name,
    )


def update_domain(
    domain: Domain,
    change: UpdateDomain,
    *,
    targets: Targets,
    add_hosts: tuple[str, ...],
    remove_hosts: tuple[str, ...],
    service: PrivacyService | None,
    registrant: Contact | None,
    policy: RegistryPolicy,
    actor: Actor,
    now: datetime,
) -> Domain:
    """Give *domain* after the edit, or as it was where the edit changes nothing.

    *service* is the one that the edit means where it asks for a proxy, *registrant* the
    contact that has the role now.

    Raises:
        RegistryError: ``CONFLICT`` for a stale version, ``STATUS_PROHIBITS``, ``POLICY``
            for a registrant beside other options, and what each part is refused for.
    """
    check_version(domain.version, change.version)
    check_one_of_each(change.links)
    _check_registrant_alone(change)
    _check_prohibitions(domain, change)
    after = replace(
        domain,
        links=edited_links(domain, targets, policy=policy, now=now),
        hosts=edited_hosts(domain.hosts, add=add_hosts, remove=remove_hosts, field="add_ns"),
        dnssec=edited_ds(domain.dnssec, add=change.add_ds, remove=change.remove_ds, field="add_ds"),
        statuses=edited_statuses(
            "domain", domain.statuses, add=change.add_statuses, remove=change.remove_statuses
        ),
        expires=_edited_expiry(domain, change),
        disputed=domain.disputed if change.disputed is UNSET else change.disputed,
    )
    if change.privacy is not UNSET:
        after = edited_privacy(
            after, change.privacy, service=service, registrant=registrant, policy=policy
        )
    if after != domain:
        after = replace(after, updated=now, updated_by=actor.name)
    return after


def one_year_after(now: datetime) -> datetime:
    """Give the same date of the next year; of 29 February, the 28th."""
    try:
        return now.replace(year=now.year + 1)
    except ValueError:
        return now.replace(year=now.year + 1, day=28)


def _check_registrant_alone(change: UpdateDomain) -> None:
    """Keep a change of holder apart from everything else (D-31)."""
    links = tuple(edit for edit in change.links if edit.role is Role.REGISTRANT)
    alone = UpdateDomain(name=change.name, links=links, version=change.version)
    if links and change != alone:
        raise RegistryError(
            Code.POLICY,
            "A new registrant is a change of its own: give no other options beside it.",
            field=Role.REGISTRANT.value,
        )


def _check_prohibitions(domain: Domain, change: UpdateDomain) -> None:
    """Let statuses bar what they speak of (RFC 5731 §2.3).

    A later expiry is a renewal. Privacy and disputes are no part of EPP's object: a lock
    against hijacking must not keep a holder from privacy (P-10) nor a registry from
    noting the dispute it was set for.
    """
    renewal = (
        change.expires is not UNSET
        and domain.expires is not None
        and change.expires > domain.expires
    )
    if renewal:
        check_allowed(domain.statuses, "renew")
    update = replace(
        change, privacy=UNSET, disputed=UNSET, expires=UNSET if renewal else change.expires
    )
    empty = UpdateDomain(name=change.name, version=change.version)
    if update == empty and change != empty:
        return
    lifting = replace(empty, remove_statuses=change.remove_statuses)
    check_updatable(domain.statuses, removed=change.remove_statuses, nothing_else=update == lifting)


def _first_expiry(expires: datetime | None, *, now: datetime) -> datetime:
    if expires is None:
        return one_year_after(now)
    if expires <= now:
        raise RegistryError(Code.INVALID_VALUE, "The expiry is past.", field="expires")
    return expires


def _edited_expiry(domain: Domain, change: UpdateDomain) -> datetime | None:
    if change.expires is UNSET:
        return domain.expires
    if domain.created is not None and change.expires <= domain.created:
        raise RegistryError(
            Code.INVALID_VALUE, "A name expires after its creation.", field="expires"
        )
    return change.expires
