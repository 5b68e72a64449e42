"""A page's objects, read in a fixed number of statements and published as look-ups do."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from typing import Any

from store.handles import AliasCipher
from store.instants import from_micros
from store.model import PrivacyMode
from store.policy import RegistryPolicy
from store.publish import (
    HeldContact,
    HeldDomain,
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
from store.searching.walks import Hit
from store.seen import publish_seen
from store.sql.held_rows import (
    Rows,
    contact_of,
    dnssec_of,
    hosts_of,
    nested_hosts_of,
    registrar_of,
    service_of,
    statuses_of,
)
from store.sql.reading import Fetch
from store.sql.statements import REGISTRAR

__all__ = ["Item", "Publisher"]

Item = PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity

_SPONSOR = 11  # where a domain's registrar begins: after `statements.DOMAIN`


class Publisher:
    """Publishes hits under *policy*, as of one snapshot.

    *notices* go with what no zone holds; *sets* tells what each set of sights is, and
    *zones* which are served.
    """

    def __init__(
        self,
        policy: RegistryPolicy,
        *,
        notices: Notices,
        cipher: AliasCipher,
        zones: frozenset[str],
    ) -> None:
        self._policy = policy
        self._notices = notices
        self._cipher = cipher
        self._zones = zones

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
        contacts = _by_first((yield "contacts_of_domains", value), _contacts_of)
        hosts = _by_first((yield "hosts_of_domains", value), nested_hosts_of)
        keys = _by_first((yield "keys_of_domains", value), list)
        return {
            row[0]: publish_domain(
                _domain_of(
                    row, contacts.get(row[0], ()), hosts.get(row[0], ()), keys.get(row[0], [])
                ),
                self._policy.zone(row[2]),
                repository=self._policy.repository,
                cipher=self._cipher,
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
            sights = sorted(sets[spelled], key=lambda s: (s.zone, s.mode.value, s.role.value))
            seen = [(sight, replace(held, role=sight.role)) for sight in sights]
            entity = publish_seen(seen, asked=held.roid, zones=self._zones, policy=self._policy)
            if entity is not None:
                found.append((number, entity))
        return found


def _contacts_of(rows: Rows) -> tuple[HeldContact, ...]:
    return tuple(map(contact_of, rows))


def _by_first(rows: Rows, read: Callable[[Rows], Any]) -> dict[int, Any]:
    """Gather *rows* by their first column, and read what follows it."""
    found: dict[int, list[Sequence[Any]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row[1:])
    return {key: read(mine) for key, mine in found.items()}


def _domain_of(row: Sequence[Any], contacts: Any, hosts: Any, keys: Rows) -> HeldDomain:
    service = row[_SPONSOR + len(REGISTRAR) :]
    return HeldDomain(
        id=row[0],
        name=row[1],
        zone=row[2],
        roid=row[3],
        statuses=statuses_of(row[4]),
        privacy=PrivacyMode(row[5]),
        created=from_micros(row[7]),
        updated=from_micros(row[8]),
        expires=from_micros(row[9]),
        transferred=from_micros(row[10]),
        registrar=registrar_of(row[_SPONSOR : _SPONSOR + len(REGISTRAR)]),
        service=service_of(service) if service[0] is not None else None,
        contacts=contacts,
        hosts=hosts,
        dnssec=dnssec_of(row[6], keys),
    )
