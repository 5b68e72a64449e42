"""Every search against a model: publish everything, then look which of it matches."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text

from store.folding import search_key
from store.handles import link_handle
from store.names import parse_address, split_name
from store.policy import RegistryPolicy
from store.published import (
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import (
    Absent,
    Answer,
    By,
    FindDomain,
    FindEntity,
    FindHost,
    Found,
    NamePattern,
    Page,
    RelatedBy,
    ReverseSearch,
    Search,
    SortBy,
    Sorting,
    Sought,
    TextPattern,
    Window,
)
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import Source, open_source
from tests.store.searching.random_stores import NAMES, a_policy, fill
from tests.stores import write_rows

Item = PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity


@dataclass
class Model:
    """Everything a store publishes, by look-up alone."""

    door: ReadDoor
    policy: RegistryPolicy
    domains: list[PublishedDomain]
    hosts: list[PublishedHost]
    contacts: list[PublishedEntity]
    registrars: list[PublishedRegistrar]
    links: list[tuple[str, PublishedEntity]]
    zones_of: dict[str, frozenset[str]]

    def searched(self, zone: str, sought: Sought) -> bool:
        return sought in self.policy.zone(zone).searches

    def finds_host(self, name: str) -> bool:
        try:
            zone = split_name(name, frozenset(self.policy.zones)).zone
        except Exception:  # noqa: BLE001 - outside the zones
            return True
        return self.searched(zone, Sought.NAMESERVERS)

    def findable_domains(self) -> Iterator[PublishedDomain]:
        return (d for d in self.domains if self.searched(d.zone, Sought.DOMAINS))

    def findable_hosts(self) -> Iterator[PublishedHost]:
        return (host for host in self.hosts if self.finds_host(host.name))

    def findable_contacts(self) -> Iterator[PublishedEntity]:
        """Give contacts seen in some searchable zone whose handle and name are shown."""
        for entity in self.contacts:
            zones = self.zones_of[str(entity.asked)]
            if any(self.searched(zone, Sought.ENTITIES) for zone in zones):
                yield entity


def _label(item: Item) -> tuple[str, str]:
    match item:
        case PublishedDomain() | PublishedHost():
            return type(item).__name__, item.name
        case PublishedRegistrar():
            return "registrar", item.handle
        case _:
            return "contact", str(item.asked)


async def _result(door: ReadDoor, query: FindDomain | FindHost | FindEntity) -> object:
    answer = await door.answer(query)
    return answer.result if isinstance(answer, Found) else None


async def _model(database: Database, door: ReadDoor, policy: RegistryPolicy) -> Model:
    def rows(sql: str) -> list[tuple[object, ...]]:
        return database.read(lambda c: [tuple(row) for row in c.execute(text(sql))])

    domains = [
        await _result(door, FindDomain(name=str(n))) for (n,) in rows("SELECT name FROM domain")
    ]
    hosts = [await _result(door, FindHost(name=str(n))) for (n,) in rows("SELECT name FROM host")]
    contacts = [
        await _result(door, FindEntity(handle=str(r))) for (r,) in rows("SELECT roid FROM contact")
    ]
    registrars = [
        await _result(door, FindEntity(handle=str(g) if g is not None else str(h)))
        for h, g in rows("SELECT handle, gurid FROM registrar")
    ]
    links = []
    for public_id, zone in rows(
        "SELECT l.public_id, d.zone FROM domain_contact l JOIN domain d ON d.id = l.domain_id"
    ):
        handle = link_handle(int(str(public_id)), policy.repository)
        entity = await _result(door, FindEntity(handle=handle))
        if isinstance(entity, PublishedEntity) and entity.party.handle == handle:
            links.append((str(zone), entity))
    zones_of: dict[str, set[str]] = {}
    for roid, zone, role, mode in rows(
        "SELECT c.roid, d.zone, l.role, d.privacy FROM domain_contact l JOIN contact c"
        " ON c.id = l.contact_id JOIN domain d ON d.id = l.domain_id"
    ):
        published = {each.value for each in policy.zone(str(zone)).published_roles}
        if mode != "proxy" and role in published and zone in policy.zones:
            zones_of.setdefault(str(roid), set()).add(str(zone))
    return Model(
        door=door,
        policy=policy,
        domains=[d for d in domains if isinstance(d, PublishedDomain)],
        hosts=[h for h in hosts if isinstance(h, PublishedHost)],
        contacts=[c for c in contacts if isinstance(c, PublishedEntity)],
        registrars=[r for r in registrars if isinstance(r, PublishedRegistrar)],
        links=links,
        zones_of={roid: frozenset(zones) for roid, zones in zones_of.items()},
    )


async def _pages(door: ReadDoor, query: Search | ReverseSearch) -> tuple[list[Item], int]:
    """Give all items, page by page, and the number that was counted."""
    found: list[Item] = []
    total, cursor, number = 0, None, 0
    while True:
        window = replace(query.window, cursor=cursor, counted=True)
        answer: Answer = await door.answer(replace(query, window=window))
        if isinstance(answer, Absent):
            assert answer.asked is Page
            assert number == 0
            return [], 0
        page = answer.result
        assert isinstance(page, Page)
        number += 1
        assert page.number == number
        assert 0 < len(page.items) <= query.window.size
        assert not page.uncounted
        assert page.total is not None
        found += page.items
        total, cursor = page.total, page.next
        if cursor is None:
            return found, total


async def _agrees(model: Model, query: Search | ReverseSearch, expected: list[Item]) -> list[Item]:
    """Check that the search finds exactly *expected*, each once, as look-ups show them."""
    found, total = await _pages(model.door, query)
    labels = [_label(item) for item in found]
    assert sorted(labels) == sorted(_label(item) for item in expected), query
    assert len(set(labels)) == len(labels)
    assert total == len(expected)
    wanted = {_label(item): item for item in expected}
    for item in found:
        assert item == wanted[_label(item)], query
    return found


# Look-ups of one another take longest on PostgreSQL; what chance tells shows on SQLite.
STORES = [*(("sqlite", seed) for seed in range(8)), *(("postgresql", seed) for seed in (8, 9))]


@pytest.fixture(params=STORES, ids=lambda store: f"{store[0]}-{store[1]}")
def place(request: pytest.FixtureRequest) -> tuple[str, int]:
    """Give the URL of an empty store, and what chance begins with."""
    engine, seed = request.param
    return request.getfixturevalue(f"{engine}_url"), seed


@pytest.fixture
async def model(place: tuple[str, int]) -> AsyncIterator[Model]:
    """Give a store of chance, with all that it publishes."""
    url, seed = place
    database = Database.open(url)
    chance = random.Random(seed)
    policy = a_policy(chance)
    write_rows(database, lambda rows: fill(rows, chance))
    source: Source = open_source(url)
    yield await _model(database, ReadDoor(source, policy), policy)
    await source.close()
    database.close()


NAME_PATTERNS = (
    *(
        NamePattern(text=text, partial=True)
        for text in ("a", "ab", "abc1", "xn--b", "z", "ns", "n")
    ),
    *(NamePattern(text=t, partial=True, parent="co.example") for t in ("a", "x", "b")),
    NamePattern(text="a", partial=True, parent="example"),
    NamePattern(text="ns", partial=True, parent="ab.example"),
    NamePattern(text="n", partial=True, parent="else.where"),
    NamePattern(text="ns1.else.where"),
    NamePattern(text="where"),
)


def _fits(pattern: NamePattern, name: str) -> bool:
    if not pattern.partial:
        return name == pattern.text
    return name.startswith(pattern.text) and pattern.parent in {None, name.partition(".")[2]}


@pytest.mark.parametrize("size", [2, 50])
async def test_names_are_found_as_the_model_says(model: Model, size: int) -> None:
    """Domains by name and by name server, hosts by name: complete, counted, each once."""
    names = [domain.name for domain in model.domains[:3]]
    names += [host.name for host in model.hosts[:3]]
    own = [NamePattern(text=name) for name in names]
    for pattern in (*NAME_PATTERNS, *own):
        window = Window(size=size)
        domains = [d for d in model.findable_domains() if _fits(pattern, d.name)]
        query = Search(sought=Sought.DOMAINS, by=By.NAME, pattern=pattern, window=window)
        found = await _agrees(model, query, list(domains))
        assert [item.name for item in found if isinstance(item, PublishedDomain)] == sorted(
            domain.name for domain in domains
        )
        served = [
            d
            for d in model.findable_domains()
            if any(_fits(pattern, host.name) for host in d.hosts)
        ]
        await _agrees(model, replace(query, by=By.NS_NAME), list(served))
        hosts = [host for host in model.findable_hosts() if _fits(pattern, host.name)]
        await _agrees(model, replace(query, sought=Sought.NAMESERVERS), list(hosts))


@pytest.mark.parametrize("spelling", ["192.0.2.1", "192.0.2.2", "2001:0DB8::0:1", "192.0.2.9"])
async def test_addresses_are_found_as_the_model_says(model: Model, spelling: str) -> None:
    """Domains and hosts by address, compared by value."""
    address = parse_address(spelling)
    for size in (1, 50):
        query = Search(
            sought=Sought.NAMESERVERS, by=By.ADDRESS, pattern=address, window=Window(size=size)
        )
        hosts = [host for host in model.findable_hosts() if address in host.addresses]
        await _agrees(model, query, list(hosts))
        domains = [
            d
            for d in model.findable_domains()
            if any(address in host.addresses for host in d.hosts)
        ]
        await _agrees(model, replace(query, sought=Sought.DOMAINS), list(domains))


def _shown(value: object) -> str | None:
    return search_key(value) if isinstance(value, str) else None


def _registrar_handle(registrar: PublishedRegistrar) -> str:
    return search_key(str(registrar.iana_id or registrar.handle))


TEXTS = (
    *("a", "A", "ar", "Aroha Ngata", "straß", "STRASSE", "z", "fi", "o'"),
    *("c", "C1", "d", "1", "12", "ahorn", "R", "REG-A"),
)


@pytest.mark.parametrize("partial", [True, False])
@pytest.mark.parametrize("size", [1, 50])
async def test_people_are_found_as_the_model_says(
    model: Model, size: int, *, partial: bool
) -> None:
    """Contacts and registrars by name and handle, as far as their look-ups show them."""
    texts = [*TEXTS, *(entity.asked for entity in model.contacts)]

    def fits(key: str | None, text: str) -> bool:
        wanted = search_key(text)
        return key is not None and (key.startswith(wanted) if partial else key == wanted)

    for text_ in texts:
        pattern = TextPattern(text=text_, partial=partial)
        by_name: list[Item] = [
            *(e for e in model.findable_contacts() if fits(_shown(e.party.name), text_)),
            *(r for r in model.registrars if fits(search_key(r.name), text_)),
        ]
        query = Search(
            sought=Sought.ENTITIES, by=By.FULL_NAME, pattern=pattern, window=Window(size=size)
        )
        await _agrees(model, query, by_name)
        by_handle: list[Item] = [
            *(e for e in model.findable_contacts() if fits(_shown(e.party.handle), text_)),
            *(
                r
                for r in model.registrars
                if fits(_registrar_handle(r), text_)
                or (not partial and search_key(r.handle) == search_key(text_))
            ),
        ]
        await _agrees(model, replace(query, by=By.HANDLE), by_handle)


async def test_links_are_found_by_the_handles_they_show(model: Model) -> None:
    """D-26: an admin's link handle finds that link alone, by its exact spelling or case aside."""
    for zone, entity in model.links:
        for text_ in (entity.asked, entity.asked.lower()):
            query = Search(sought=Sought.ENTITIES, by=By.HANDLE, pattern=TextPattern(text=text_))
            expected: list[Item] = [entity] if model.searched(zone, Sought.ENTITIES) else []
            await _agrees(model, query, expected)


ROLES = {
    PublicRole.REGISTRANT: "registrant",
    PublicRole.ADMIN: "administrative",
    PublicRole.TECH: "technical",
}


def _related(domain: PublishedDomain, terms: tuple[tuple[RelatedBy, str], ...]) -> bool:
    entities: list[dict[RelatedBy, str | None]] = [
        {
            RelatedBy.ROLE: "registrar",
            RelatedBy.FULL_NAME: search_key(domain.registrar.name),
            RelatedBy.HANDLE: _registrar_handle(domain.registrar),
            RelatedBy.EMAIL: None,
        }
    ]
    entities += [
        {
            RelatedBy.ROLE: ROLES[party.role],
            RelatedBy.FULL_NAME: _shown(party.name),
            RelatedBy.HANDLE: _shown(party.handle),
            RelatedBy.EMAIL: _shown(party.email),
        }
        for party in domain.parties
    ]
    return any(
        all(
            entity[by] == (text if by is RelatedBy.ROLE else search_key(text)) for by, text in terms
        )
        for entity in entities
    )


def _questions(model: Model) -> Iterator[tuple[tuple[RelatedBy, str], ...]]:
    roles = (None, "registrar", *ROLES.values())
    names = [(RelatedBy.FULL_NAME, name) for name in NAMES if name]
    emails = {
        (RelatedBy.EMAIL, str(party.email))
        for domain in model.domains
        for party in domain.parties
        if isinstance(party.email, str)
    } | {(RelatedBy.EMAIL, "a@MAIL.example"), (RelatedBy.EMAIL, "b@mail.example")}
    handles = {
        (RelatedBy.HANDLE, str(party.handle))
        for domain in model.domains
        for party in domain.parties
        if isinstance(party.handle, str)
    } | {(RelatedBy.HANDLE, f"C{number}-EXAMPLE") for number in range(1, 13)}
    handles |= {(RelatedBy.HANDLE, each) for each in ("12", "1", "Ahorn", "23", "34")}
    for role in roles:
        also = () if role is None else ((RelatedBy.ROLE, role),)
        for one in (*names, *sorted(emails, key=repr)[:12], *sorted(handles, key=repr)[:30]):
            yield (one, *also)
    for one in names[:4]:
        for other in (*sorted(emails, key=repr)[:6], *sorted(handles, key=repr)[:8]):
            yield one, other


async def test_relations_are_found_as_the_model_says(model: Model) -> None:
    """RFC 9536: domains by an entity they show, all terms met by one and the same."""
    for number, terms in enumerate(_questions(model)):
        expected = [d for d in model.findable_domains() if _related(d, terms)]
        window = Window(size=(1, 3, 50)[number % 3])
        query = ReverseSearch(sought=Sought.DOMAINS, terms=terms, window=window)
        await _agrees(model, query, list(expected))


async def test_hosts_are_found_by_their_registrar(model: Model) -> None:
    """RFC 9536: name servers by the registrar that they show."""
    for terms in _questions(model):
        expected = [
            host
            for host in model.findable_hosts()
            if host.registrar is not None
            and all(
                {
                    RelatedBy.ROLE: "registrar",
                    RelatedBy.FULL_NAME: search_key(host.registrar.name),
                    RelatedBy.HANDLE: _registrar_handle(host.registrar),
                    RelatedBy.EMAIL: None,
                }[by]
                == (text if by is RelatedBy.ROLE else search_key(text))
                for by, text in terms
            )
        ]
        query = ReverseSearch(sought=Sought.NAMESERVERS, terms=terms, window=Window(size=2))
        await _agrees(model, query, list(expected))


Key = Callable[[Item], object]


def _sort_key(by: SortBy) -> Key:
    """Give the function that reads what *by* means out of a published object."""

    def named(item: Item) -> object:
        assert isinstance(item, PublishedDomain | PublishedHost)
        return item.unicode_name or item.name

    def full_name(item: Item) -> object:
        if isinstance(item, PublishedEntity):
            return _shown(item.party.name)
        return search_key(item.name)

    def handle(item: Item) -> object:
        if isinstance(item, PublishedEntity):
            return _shown(item.party.handle)
        assert isinstance(item, PublishedRegistrar)
        return _registrar_handle(item)

    def dated(item: Item) -> object:
        holder = item.party if isinstance(item, PublishedEntity) else item
        return getattr(holder, DATES[by])

    return {SortBy.NAME: named, SortBy.FULL_NAME: full_name, SortBy.HANDLE: handle}.get(by, dated)


DATES = {
    SortBy.REGISTRATION: "created",
    SortBy.LAST_CHANGED: "updated",
    SortBy.EXPIRATION: "expires",
    SortBy.TRANSFER: "transferred",
}
SORTED: tuple[tuple[Sought, By, NamePattern | TextPattern, tuple[SortBy, ...]], ...] = (
    (Sought.DOMAINS, By.NAME, NamePattern(text="a", partial=True),
     (SortBy.NAME, SortBy.REGISTRATION, SortBy.EXPIRATION, SortBy.LAST_CHANGED)),
    (Sought.DOMAINS, By.NS_NAME, NamePattern(text="n", partial=True),
     (SortBy.NAME, SortBy.REGISTRATION)),
    (Sought.NAMESERVERS, By.NAME, NamePattern(text="n", partial=True),
     (SortBy.NAME, SortBy.REGISTRATION)),
    (Sought.ENTITIES, By.FULL_NAME, TextPattern(text="a", partial=True),
     (SortBy.FULL_NAME, SortBy.HANDLE, SortBy.REGISTRATION)),
    (Sought.ENTITIES, By.HANDLE, TextPattern(text="c", partial=True),
     (SortBy.FULL_NAME, SortBy.HANDLE)),
)  # fmt: skip


@pytest.mark.parametrize("bounded", [True, False])
async def test_orders_are_as_asked(
    model: Model, monkeypatch: pytest.MonkeyPatch, *, bounded: bool
) -> None:
    """RFC 8977: ascending or descending, missing values last, over all pages."""
    for sought, by, pattern, keys in SORTED:
        for sort_by in keys:
            natural = sort_by in {SortBy.NAME, SortBy.FULL_NAME, SortBy.HANDLE}
            if not bounded:
                if (
                    not natural
                    or by is By.NS_NAME
                    or (by is By.HANDLE) != (sort_by is SortBy.HANDLE)
                ):
                    continue
                monkeypatch.setattr("store.searching.answering.MOST_SORTED", -1)
            for descending in (False, True):
                window = Window(size=2, sorting=(Sorting(by=sort_by, descending=descending),))
                query = Search(sought=sought, by=by, pattern=pattern, window=window)
                found, _ = await _pages(model.door, query)
                values = [_sort_key(sort_by)(item) for item in found]
                if not bounded and sort_by is SortBy.NAME:
                    values = [_label(item)[1] for item in found]
                there = [value for value in values if value is not None]
                assert there == sorted(there, reverse=descending)  # type: ignore[type-var]
                assert values == there + [None] * (len(values) - len(there))
                plain, _ = await _pages(model.door, replace(query, window=Window(size=50)))
                assert sorted(map(_label, plain)) == sorted(map(_label, found))
