"""The move of a name to another registrar: its contacts are copied there (contacts.md 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from store.changes import Actor
from store.errors import Code, RegistryError
from store.model import Contact, Domain, Registrar
from store.policy import RegistryPolicy
from store.rules.links import new_link
from store.rules.prohibitions import check_allowed
from store.rules.registrars import check_active
from store.rules.transfer_locks import check_unlocked

__all__ = ["check_transferable", "transferred_domain"]


def check_transferable(
    domain: Domain,
    to: Registrar,
    *,
    locked_until: datetime | None,
    policy: RegistryPolicy,
    now: datetime,
) -> None:
    """Refuse a transfer that a status or a lock prohibits, or that goes nowhere.

    Raises:
        RegistryError: ``STATUS_PROHIBITS``, ``NOT_ELIGIBLE``, ``POLICY``.
    """
    check_allowed(domain.statuses, "transfer")
    check_active(to, field="to")
    if to.handle == domain.registrar:
        raise RegistryError(Code.POLICY, f"{domain.name} is with {to.handle} already.", field="to")
    check_unlocked(domain, locked_until, policy, now=now)


def transferred_domain(
    domain: Domain, to: Registrar, copies: Mapping[int, Contact], *, actor: Actor, now: datetime
) -> Domain:
    """Give *domain* under its new registrar, linked to the copies of its contacts.

    *copies* has one copy for each contact's number: who shares roles before, shares
    them afterwards. Privacy and everything else stays (P-17).
    """
    links = tuple(new_link(copies[link.contact_id], link.role, now=now) for link in domain.links)
    return replace(
        domain,
        registrar=to.handle,
        links=links,
        transferred=now,
        updated=now,
        updated_by=actor.name,
    )
