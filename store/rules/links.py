"""Links: which contact a name has in which role (A-01, I-01 to I-03, D-17, D-18, D-23)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from store.changes import LinkEdit
from store.errors import Code, RegistryError
from store.model import Contact, Domain, Link, Role
from store.policy import RegistryPolicy
from store.rules.uses import Use, check_link

__all__ = ["check_one_of_each", "edited_links", "new_link"]


def check_one_of_each(edits: Iterable[LinkEdit]) -> None:
    """Refuse two contacts for one role (I-03).

    Raises:
        RegistryError: ``POLICY``.
    """
    seen: set[Role] = set()
    for edit in edits:
        if edit.role in seen:
            raise RegistryError(
                Code.POLICY,
                f"A name has one {edit.role} contact; two were given.",
                field=edit.role.value,
            )
        seen.add(edit.role)


def edited_links(
    domain: Domain,
    targets: Mapping[Role, Contact | None],
    *,
    policy: RegistryPolicy,
    now: datetime,
) -> tuple[Link, ...]:
    """Give the links of *domain* after an edit of the roles in *targets*; ``None`` unlinks.

    A contact that stands in the role already keeps its link, with its public handle.

    Raises:
        RegistryError: with the role as the field: ``NOT_SPONSOR`` for another
            registrar's contact, ``ROLE_REQUIRED`` for a removal that leaves a required
            role empty, ``NOT_FOUND`` for removing what isn't linked or linking what is
            due for deletion, and what the zone asks of the contact.
    """
    links = {link.role: link for link in domain.links}
    for role in Role:
        if role not in targets:
            continue
        contact, standing = targets[role], links.get(role)
        if contact is None:
            _check_removable(domain, role, standing, policy)
            del links[role]
        elif standing is None or standing.contact_id != contact.id:
            _check_linkable(contact, domain, role, policy=policy)
            links[role] = new_link(contact, role, now=now)
    return tuple(links[role] for role in Role if role in links)


def new_link(contact: Contact, role: Role, *, now: datetime) -> Link:
    """Give a fresh link; saving it draws its public handle (D-26)."""
    return Link(role=role, contact=contact.handle, contact_id=contact.id, since=now, public_id=0)


def _check_removable(
    domain: Domain, role: Role, standing: Link | None, policy: RegistryPolicy
) -> None:
    if standing is None:
        raise RegistryError(
            Code.NOT_FOUND, f"{domain.name} has no {role} contact.", field=role.value
        )
    if role in policy.zone(domain.zone).required_roles:
        raise RegistryError(
            Code.ROLE_REQUIRED,
            f"A name in {domain.zone} keeps its {role} contact; name another one instead.",
            field=role.value,
        )


def _check_linkable(
    contact: Contact, domain: Domain, role: Role, *, policy: RegistryPolicy
) -> None:
    if contact.registrar != domain.registrar:
        raise RegistryError(
            Code.NOT_SPONSOR,
            f"The contact {contact.handle} is of registrar {contact.registrar},"
            f" {domain.name} of {domain.registrar}.",
            field=role.value,
        )
    check_link(contact, Use(zone=domain.zone, role=role, privacy=domain.privacy), policy)
