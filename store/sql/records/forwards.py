"""Where privacy aliases forward: to the e-mail that a role's contact has now (P-12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select

from store.details import ForwardedAlias
from store.handles import Alias, AliasCipher
from store.model import Domain, Role
from store.policy import RegistryPolicy
from store.sql.schema import contact, store_secret

__all__ = ["forwards_of"]


def forwards_of(
    connection: Connection,
    domains: Sequence[Domain],
    *,
    alias_domain: str,
    policy: RegistryPolicy,
) -> list[ForwardedAlias]:
    """Give the aliases of *domains*, which are under a service, one for each published role."""
    numbers = {link.contact_id for domain in domains for link in domain.links}
    statement = select(contact.c.id, contact.c.email, contact.c.generation)
    found = connection.execute(statement.where(contact.c.id.in_(numbers)))
    reach = {number: (email, generation) for number, email, generation in found}
    secret = select(store_secret.c.secret).where(store_secret.c.name == "alias")
    cipher = AliasCipher(bytes(connection.execute(secret).scalar_one()))

    def forwards() -> Iterator[ForwardedAlias]:
        for domain in domains:
            published = {role.value for role in policy.zone(domain.zone).published_roles}
            for link in domain.links:
                if link.role.value not in published:
                    continue
                # The aliases of a name turn with its holder, whatever their role (D-12).
                holder = domain.link(Role.REGISTRANT) or link
                _, generation = reach[holder.contact_id]
                alias = Alias(domain_id=domain.id, role=link.role.value, generation=generation)
                yield ForwardedAlias(
                    name=domain.name,
                    role=link.role,
                    alias=f"{cipher.token(alias)}@{alias_domain}",
                    forwards_to=reach[link.contact_id][0],
                )

    return list(forwards())
