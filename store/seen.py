"""A contact as its handle shows it, from all the ways in which names show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from store.policy import RegistryPolicy
from store.publish import HeldContact, View, publish_entity
from store.published import PublicRole, PublishedDomain, PublishedEntity
from store.sql.sights import Sight

__all__ = ["entity_of_link", "publish_seen"]


def entity_of_link(
    domain: PublishedDomain, role: PublicRole, *, asked: str
) -> PublishedEntity | None:
    """Give the contact in *role* as *domain* shows it; *asked* is the link's handle (D-26)."""
    for party in domain.parties:
        if party.role is role:
            return PublishedEntity(asked=asked, roles=(role,), party=party, notices=domain.notices)
    return None


def publish_seen(
    contact: HeldContact,
    sights: Iterable[Sight],
    *,
    asked: str,
    zones: frozenset[str],
    policy: RegistryPolicy,
) -> PublishedEntity | None:
    """Publish *contact* from its *sights*; *asked* is the handle it was asked for by.

    Names of other than the served *zones*, and roles that a zone doesn't publish, show
    nothing; ``None`` where no name is left (contacts.md 7.3).
    """
    views = [
        (
            replace(contact, role=sight.role),
            View(policy=rules, mode=sight.mode, repository=policy.repository),
        )
        for sight in sorted(sights, key=_place)
        if sight.zone in zones and sight.role in (rules := policy.zone(sight.zone)).published_roles
    ]
    if not views:
        return None
    texts = [view.policy.notices() for _, view in views]
    # conformance.md 4.2.1: what a name under the profile shows follows it everywhere.
    profiled = any(each.icann_profile for each in texts)
    entity = publish_entity(views, asked=asked, notices=replace(texts[0], icann_profile=profiled))
    if entity is not None and isinstance(entity.party.handle, str):
        return replace(entity, asked=entity.party.handle)  # shown anyway: the one address of it
    return entity


def _place(sight: Sight) -> tuple[str, str, str]:
    return sight.zone, sight.mode.value, sight.role.value
