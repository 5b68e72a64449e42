"""A contact as its handle shows it, from all the ways in which names show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from store.policy import RegistryPolicy
from store.publish import HeldContact, View, publish_entity
from store.published import PublishedEntity
from store.sql.sights import Sight

__all__ = ["publish_seen"]


def publish_seen(
    seen: Iterable[tuple[Sight, HeldContact]],
    *,
    asked: str,
    zones: frozenset[str],
    policy: RegistryPolicy,
) -> PublishedEntity | None:
    """Publish a contact from how it is *seen*; *asked* is the handle it was asked for by.

    Names of other than the served *zones*, and roles that a zone doesn't publish, show
    nothing; ``None`` where no name is left (contacts.md 7.3).
    """
    views = [
        (held, View(policy=rules, mode=sight.mode, repository=policy.repository))
        for sight, held in seen
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
