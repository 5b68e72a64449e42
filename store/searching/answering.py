"""A search in, a page of published objects out (RFC 9082 §3.2, RFC 8977, RFC 9536).

A search matches, counts and orders only by what the published view of the object found
shows (conformance.md 1.6.10; contacts.md P-04, 7.3).
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from datetime import datetime
from functools import lru_cache
from typing import Any

from store import instants
from store.cursors import CursorCipher
from store.errors import Code, RegistryError
from store.folding import search_key
from store.handles import AliasCipher, link_handle, parse_link_handle
from store.policy import RegistryPolicy
from store.published import (
    Absence,
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    PublishedRegistrar,
)
from store.queries import (
    Absent,
    Answer,
    By,
    Found,
    NamePattern,
    Page,
    ReverseSearch,
    Search,
    SortBy,
    Sought,
    TextPattern,
)
from store.searching.ordering import MOST_SORTED, check_sorting, sorted_after
from store.searching.people import (
    Listed,
    People,
    contacts_by_roid,
    read_sets,
    registrars_by_handle,
)
from store.searching.publishing import Item, Publisher
from store.searching.relations import ROLES, Contacts, Groups, RelatedDomains, Terms, shows
from store.searching.sponsored import SponsoredHosts
from store.searching.visibility import Visibility
from store.searching.walks import (
    Delegated,
    DomainsByName,
    Hit,
    HostsAt,
    HostsByName,
    Walk,
)
from store.seen import entity_of_link
from store.sql import reading
from store.sql.held_rows import Rows
from store.sql.reading import Fetch, Opening

__all__ = ["Searches"]

MOST_EXACTLY = 1000  # entities of one handle

INDEXED, SORTED = "i", "s"  # how a cursor's page was put in order

Query = Search | ReverseSearch
Matching = Generator[Fetch, Rows, Any]


@lru_cache(maxsize=4)
def _ciphers(secret: bytes) -> tuple[AliasCipher, CursorCipher]:
    return AliasCipher(secret), CursorCipher(secret)


class Searches:
    """Answers searches under *policy*."""

    def __init__(
        self, policy: RegistryPolicy, *, clock: Callable[[], datetime] = instants.now
    ) -> None:
        self._policy = policy
        self._clock = clock

    def answer(self, query: Query) -> Generator[Fetch, Rows, Answer]:
        """Answer *query* from one snapshot.

        Raises:
            RegistryError: ``INVALID_VALUE`` for a cursor or an order that can't be;
                ``UNBOUNDED``, field ``sort``, for an order that would cost too much.
        """
        check_sorting(query.sought, query.window.sorting)
        people = isinstance(query, ReverseSearch) or query.sought is Sought.ENTITIES
        opening = yield from reading.open_search(people=people)
        return (yield from _Asked(query, self._policy, opening, now=self._clock()).run())


class _Asked:
    """One search under way."""

    def __init__(
        self, query: Query, policy: RegistryPolicy, opening: Opening, *, now: datetime
    ) -> None:
        zones = opening.imported | frozenset(policy.zones)
        self._aliases, self._cursors = _ciphers(opening.secret)
        self._query = query
        self._policy = policy
        self._opening = opening
        self._notices = policy.notices(zones)
        self._visibility = Visibility(policy, zones)
        self._publisher = Publisher(
            policy, notices=self._notices, cipher=self._aliases, zones=zones, now=now
        )
        self._sets: dict[str, Any] = {}

    def run(self) -> Generator[Fetch, Rows, Answer]:
        window = self._query.window
        number, mode, after = 1, None, None
        if window.cursor is not None:
            number, mode, after = self._cursors.open(window.cursor, self._query)
        walk = yield from self._walk()
        matches = self._matching()
        items, rest = tuple[Item, ...](), True
        page: list[Hit] = []
        while rest and not items:
            mode, hits = yield from self._hits(walk, mode, after)
            page, rest = hits[: window.size], len(hits) > window.size
            published = yield from self._publisher.publish(page, self._sets)
            items = tuple(item for _, item in published if matches(item))
            after = page[-1].position if page else None
        total = (yield from walk.count(walk.most_counted)) if window.counted else None
        if not items:
            return Absent(
                absence=Absence.NOT_FOUND,
                asked=Page,
                name=None,
                by=None,
                notices=self._notices,
                as_of=self._opening.as_of,
            )
        following = [number + 1, mode, after] if rest else None
        counted = total is not None and total <= walk.most_counted
        result = Page(
            sought=self._query.sought,
            items=items,
            number=number,
            next=None if following is None else self._cursors.seal(following, self._query),
            total=total if counted else None,
            uncounted=window.counted and not counted,
        )
        return Found(result=result, notices=self._notices, as_of=self._opening.as_of)

    def _hits(
        self, walk: Walk, mode: str | None, after: list[Any] | None
    ) -> Generator[Fetch, Rows, tuple[str, list[Hit]]]:
        """Give the hits of this page and one more, and how they were put in order."""
        sorting, wanted = self._query.window.sorting, self._query.window.size + 1
        if not sorting:
            return INDEXED, (yield from walk.page(after, wanted))
        natural = len(sorting) == 1 and sorting[0].by is walk.natural
        # By name people mean U-labels (5.2.8), an index A-labels: it is for long results.
        looks = mode != INDEXED and not (natural and walk.natural is not SortBy.NAME)
        hits = (yield from self._few(walk, elsewise=natural)) if looks else None
        if hits is not None:
            place = after if mode == SORTED else None
            hits = yield from sorted_after(hits, sorting, place, self._policy, limit=wanted)
            return SORTED, hits
        if not natural or mode == SORTED:
            raise RegistryError(
                Code.UNBOUNDED,
                f"More than {_most_sorted(walk)} results can't be put in this order.",
                field="sort",
            )
        return INDEXED, (yield from walk.page(after, wanted, descending=sorting[0].descending))

    @staticmethod
    def _few(walk: Walk, *, elsewise: bool) -> Generator[Fetch, Rows, list[Hit] | None]:
        """Give all hits where they are few enough to be put in any order.

        *elsewise* tells whether there is another way for many. Where an index counts by
        itself, they needn't be read then to see that they are many.
        """
        most = _most_sorted(walk)
        counted = elsewise and walk.most_counted > most
        if counted and (yield from walk.count(most)) > most:
            return None
        hits = yield from walk.every(most)
        return hits if len(hits) <= most else None

    def _walk(self) -> Generator[Fetch, Rows, Walk]:
        query = self._query
        if isinstance(query, ReverseSearch):
            return (yield from self._related(query))
        match query.pattern:
            case NamePattern() as pattern:
                return self._named(query, pattern)
            case TextPattern() as pattern:
                return (yield from self._people(query, pattern))
            case address:
                return self._addressed(query, str(address))

    def _zones(self) -> list[str]:
        return self._visibility.zones(Sought.DOMAINS)

    def _named(self, query: Search, pattern: NamePattern) -> Walk:
        match query.sought, query.by:
            case Sought.DOMAINS, By.NAME:
                return DomainsByName(pattern, self._zones())
            case Sought.DOMAINS, By.NS_NAME:
                return Delegated(HostsByName(pattern), self._zones())
            case Sought.NAMESERVERS, By.NAME:
                return HostsByName(pattern, self._visibility.finds_host)
            case _:
                raise _impossible(query)

    def _addressed(self, query: Search, address: str) -> Walk:
        match query.sought, query.by:
            case Sought.DOMAINS, By.ADDRESS:
                return Delegated(HostsAt(address), self._zones())
            case Sought.NAMESERVERS, By.ADDRESS:
                return HostsAt(address, self._visibility.finds_host)
            case _:
                raise _impossible(query)

    def _people(self, query: Search, pattern: TextPattern) -> Generator[Fetch, Rows, Walk]:
        if query.sought is not Sought.ENTITIES:
            raise _impossible(query)
        self._sets = dict((yield from read_sets(self._opening.sets)))
        found = self._visibility.found_sets(self._sets)
        match query.by:
            case By.FULL_NAME:
                return People(pattern, by=SortBy.FULL_NAME, found=found)
            case By.HANDLE if pattern.partial:
                return People(pattern, by=SortBy.HANDLE, found=found)
            case By.HANDLE:
                return (yield from self._exactly(pattern.text, found))
            case _:
                raise _impossible(query)

    def _exactly(self, handle: str, found: list[tuple[str, int]]) -> Generator[Fetch, Rows, Walk]:
        """Find what is shown with *handle*: contacts, registrars, one link."""
        contacts = yield from contacts_by_roid(handle, found, MOST_EXACTLY)
        registrars = yield from registrars_by_handle(handle, MOST_EXACTLY)
        hits = [Listed.hit("contact", number) for number in contacts]
        hits += [Listed.hit("registrar", each) for each in registrars]
        link = yield from self._link(handle)
        if link is not None and link[0].zone in self._visibility.zones(Sought.ENTITIES):
            _, number, entity = link
            hits.append(Listed.hit("link", number, item=entity))
        return Listed(hits)

    def _link(
        self, handle: str
    ) -> Generator[Fetch, Rows, tuple[PublishedDomain, int, PublishedEntity] | None]:
        """Give the link that is shown with *handle*, its domain and that one's number (D-26)."""
        public_id = parse_link_handle(handle, self._policy.repository)
        rows = () if public_id is None else (yield "link", {"number": public_id})
        if public_id is None or not rows:
            return None
        number, role = rows[0]
        domain = (yield from self._publisher.domains([number])).get(number)
        spelled = link_handle(public_id, self._policy.repository)
        entity = None if domain is None else entity_of_link(domain, PublicRole(role), asked=spelled)
        if domain is None or entity is None or entity.party.handle != spelled:
            return None
        return domain, number, entity

    def _related(self, query: ReverseSearch) -> Generator[Fetch, Rows, Walk]:
        terms = Terms.read(query.terms)
        if terms is None:
            return Listed([])
        registrars = yield from self._registrars(terms)
        if query.sought is Sought.NAMESERVERS:
            return SponsoredHosts(registrars, self._visibility.finds_host)
        if query.sought is not Sought.DOMAINS:
            raise RegistryError(
                Code.INVALID_VALUE, "Entities are not searched by their entities.", field="sought"
            )
        self._sets = dict((yield from read_sets(self._opening.sets)))
        zones = self._zones()
        groups = Groups(
            singles=(yield from self._singles(terms, zones)),
            registrars=tuple(registrars),
            services=self._services(terms),
        )
        contacts = Contacts(terms, self._visibility, self._sets)
        return RelatedDomains(groups, contacts, zones, self._roles(terms, zones))

    def _roles(self, terms: Terms, zones: list[str]) -> list[str]:
        wanted = {role.value for role, word in ROLES.items() if terms.role in {None, word}}
        return [each for each in self._visibility.published(zones) if each.split(" ")[0] in wanted]

    def _registrars(self, terms: Terms) -> Generator[Fetch, Rows, list[str]]:
        """Give the registrars that *terms* mean, in ascending order."""
        if terms.email is not None or terms.role not in {None, "registrar"}:
            return []
        key = terms.handle if terms.name is None else terms.name
        statement = "registrar_handles" if terms.name is None else "registrar_names"
        value = {"low": key, "high": key, "handle": "", "limit": MOST_EXACTLY}
        handles = [row[1] for row in (yield statement, value)]
        found = yield from self._publisher.publish(
            [Hit(position=[], kind="registrar", key=handle) for handle in handles], {}
        )
        return sorted(
            item.handle
            for _, item in found
            if isinstance(item, PublishedRegistrar) and terms.meets_registrar(item)
        )

    def _services(self, terms: Terms) -> tuple[str, ...]:
        """Give the privacy services of that name; their other marks are each name's own."""
        if terms.name is None or terms.handle is not None or terms.email is not None:
            return ()
        if terms.role == "registrar":
            return ()
        services = self._opening.services
        return tuple(
            sorted(handle for handle, name in services if name and search_key(name) == terms.name)
        )

    def _singles(self, terms: Terms, zones: list[str]) -> Generator[Fetch, Rows, tuple[int, ...]]:
        """Give the domains that a link's handle or a privacy alias leads to, if they match."""
        numbers: set[int] = set()
        if terms.handle is not None:
            link = yield from self._link(terms.handle)
            numbers |= set() if link is None else {link[1]}
        if terms.email is not None:
            alias = self._aliases.read(terms.email.partition("@")[0])
            numbers |= set() if alias is None else {alias.domain_id}
        if not numbers:
            return ()
        domains = yield from self._publisher.domains(sorted(numbers))
        return tuple(
            number
            for number, domain in sorted(domains.items())
            if domain.zone in zones and shows(domain, terms)
        )

    def _matching(self) -> Callable[[Item], bool]:
        """Give what looks once more whether what is published is what was asked for."""
        query = self._query
        if isinstance(query, ReverseSearch):
            terms = Terms.read(query.terms)
            return lambda item: terms is not None and shows(item, terms)
        if not isinstance(query.pattern, TextPattern):
            return lambda _: True
        key, partial = search_key(query.pattern.text), query.pattern.partial

        def matches(item: Item) -> bool:
            if not isinstance(item, PublishedEntity):
                return True
            shown = item.party.name if query.by is By.FULL_NAME else item.party.handle
            found = search_key(shown) if isinstance(shown, str) else None
            return found is not None and (found.startswith(key) if partial else found == key)

        return matches


def _most_sorted(walk: Walk) -> int:
    """Give how many of a walk's results can be put in any order."""
    return min(MOST_SORTED, walk.most_counted)


def _impossible(query: Search) -> RegistryError:
    return RegistryError(
        Code.INVALID_VALUE,
        f"{query.sought.value} can't be searched by {query.by.value}.",
        field="by",
    )
