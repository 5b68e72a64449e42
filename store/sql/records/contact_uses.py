"""How names use each of many contacts, in one statement."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from store.model import PrivacyMode, Role
from store.rules.uses import Use
from store.sql.schema import domain, domain_contact

__all__ = ["uses_of_contacts"]


def uses_of_contacts(
    connection: Connection, numbers: Collection[int]
) -> dict[int, tuple[Use, ...]]:
    """Give each way in which names use these contacts, once for each; unused ones are left out."""
    link = domain_contact.c
    statement = (
        select(link.contact_id, domain.c.zone, link.role, domain.c.privacy)
        .join(domain, domain.c.id == link.domain_id)
        .where(link.contact_id.in_(numbers))
        .distinct()
    )
    found: dict[int, list[Use]] = {}
    for number, zone, role, privacy in connection.execute(statement):
        use = Use(zone=zone, role=Role(role), privacy=PrivacyMode(privacy))
        found.setdefault(number, []).append(use)
    return {number: tuple(uses) for number, uses in found.items()}
