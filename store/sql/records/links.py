"""The names that link to a contact."""

from __future__ import annotations

from sqlalchemy import Connection, select

from store.details import ContactLink
from store.instants import from_micros
from store.model import Role
from store.sql.schema import domain, domain_contact

__all__ = ["links_of_contact"]

_ROLES = tuple(Role)


def links_of_contact(connection: Connection, number: int) -> tuple[ContactLink, ...]:
    """Give all links of the contact with this row *number*, by name and role."""
    statement = (
        select(domain.c.name, domain_contact.c.role, domain_contact.c.since)
        .join(domain, domain.c.id == domain_contact.c.domain_id)
        .where(domain_contact.c.contact_id == number)
    )
    links = (
        ContactLink(name=name, role=Role(role), since=from_micros(since))
        for name, role, since in connection.execute(statement)
    )
    return tuple(sorted(links, key=lambda link: (link.name, _ROLES.index(link.role))))
