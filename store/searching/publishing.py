"""A page's objects, read in a fixed number of statements and published as look-ups do."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from store.handles import AliasCipher
from store.policy import RegistryPolicy
from store.publish import (
    HeldContact,
    publish_domain,
    publish_host,
)
from store.published import (
    Notices,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.searching.people import SightSets
from store.searching.walks import Hit, entries
from store.seen import publish_seen
from store.sql.held_rows import (
    Rows,
    contact_of,
    domain_of,
    hosts_of,
    nested_hosts_of,
    registrar_of,
)
from store.sql.reading import Fetch

__all__ = ["Item", "Publisher"]

Item = PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity


class Publisher:
    """Publishes hits under *policy*, as of one snapshot.

    *notices* go with what no zone holds; *sets* tells what each set of sights is,
    *zones* which are served, and *now* which locks and changes are still in force.
    """

    def __init__(
        self,
        policy: RegistryPolicy,
        *,
        notices: Notices,
        cipher: AliasCipher,
        zones: frozenset[str],
        now: datetime,
    ) -> None:
        self._policy = policy
        self._notices = notices
        self._cipher = cipher
        self._zones = zones
        self._now = now

    def publish(
        self, hits: Sequence[Hit], sets: SightSets
    ) -> Generator[Fetch, Rows, list[tuple[Hit, Item]]]:
        """Give the hits that are there with their published objects, in order."""
        keys: dict[str, list[Any]] = {}
        for hit in hits:
            if hit.item is None:
                keys.setdefault(hit.kind, []).append(hit.key)
        items: dict[tuple[str, int | str], Item] = {}
        for kind, wanted in keys.items():
            found = yield from self._read(kind, wanted, sets)
            items |= {(kind, key): item for key, item in found}
        pairs = ((hit, hit.item or items.get((hit.kind, hit.key))) for hit in hits)
        return [(hit, item) for hit, item in pairs if item is not None]

    def _read(
        self, kind: str, keys: list[Any], sets: SightSets
    ) -> Generator[Fetch, Rows, Iterable[tuple[int | str, Item]]]:
        match kind:
            case "domain":
                return (yield from self.domains(keys)).items()
            case "host":
                rows = yield "hosts_by_id", {"ids": keys}
                numbers = {row[1]: row[0] for row in rows}
                published = (publish_host(host, self._notices) for host in hosts_of(rows))
                return [(numbers[host.name], host) for host in published]
            case "registrar":
                rows = yield "registrars_by_handle", {"handles": keys}
                return [(row[0], registrar_of(row)) for row in rows]
            case _:
                return (yield from self._contacts(keys, sets))

    def domains(self, ids: list[int]) -> Generator[Fetch, Rows, dict[int, PublishedDomain]]:
        """Publish the domains with these row numbers."""
        value = {"ids": ids}
        rows = yield "domains_by_id", value
        contacts: dict[int, list[HeldContact]] = {number: [] for number in ids}
        for row in (yield "contacts_of_domains", value):
            contacts[row[0]].append(contact_of(row[1:]))
        return {
            row[0]: publish_domain(
                domain_of(
                    row,
                    tuple(contacts[row[0]]),
                    nested_hosts_of(sorted(entries((row[-2:],)), key=itemgetter(1))),
                    entries((row[-1:],)),
                ),
                self._policy.zone(row[2]),
                repository=self._policy.repository,
                cipher=self._cipher,
                now=self._now,
            )
            for row in rows
        }

    def _contacts(
        self, ids: list[int], sets: SightSets
    ) -> Generator[Fetch, Rows, list[tuple[int | str, Item]]]:
        values = {row[0]: contact_of(row[1:]) for row in (yield "contacts_by_id", {"ids": ids})}
        rows = yield "sights_by_id", {"ids": ids}
        found: list[tuple[int | str, Item]] = []
        for number, spelled in rows:
            held = values[number]
            entity = publish_seen(
                held, sets[spelled], asked=held.roid, zones=self._zones, policy=self._policy
            )
            if entity is not None:
                found.append((number, entity))
        return found
