"""Searches from a socket down to a real store and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from rdap.search.offers import Offers
from store.model import Role
from store.policy import PROFILES, RegistryPolicy
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import open_source
from tests.rdap.doors import PUBLIC_URL, Door, Response, a_door
from tests.rdap.search_questions import ALL
from tests.stores import RowWriter, write_rows

POLICY = RegistryPolicy(zones={"example": PROFILES["gtld"], "co.example": PROFILES["irs"]})
SHOPS = [f"shop{number:03}.co.example" for number in range(120)]


def _fill(rows: RowWriter) -> None:
    rows.registrar("REG-A", gurid=9995, name="Example Registrar LLC")
    rows.contact(1, name="Aroha Ngata", email="aroha@orchard.example")
    rows.contact(2, name="Hidden Person", email="hidden@person.example")
    rows.contact(3, name="Billed Person", email="billed@person.example")
    rows.host(1, "ns1.hosting.test", "192.0.2.53", "2001:db8::53")
    rows.host(2, "ns2.hosting.test")
    for number, name in enumerate(SHOPS):
        links = {Role.REGISTRANT: 1, Role.ADMIN: 1, Role.TECH: 1, Role.BILLING: 3}
        created = 1_600_000_000_000_000 - number * 1_000_000
        rows.domain(number + 1, name, links, zone="co.example", created=created)
        rows.delegation(number + 1, 1 + number % 2)
    hidden = {Role.REGISTRANT: 2, Role.ADMIN: 2, Role.TECH: 2}
    rows.domain(500, "shopping.example", hidden, zone="example")
    rows.row("change_log", at=1_700_000_000_000_000, kind="x", subject="x")


@pytest.fixture
def store(sqlite_url: str) -> str:
    """A store of 120 open names, one redacted one, and a contact of billing alone."""
    database = Database.open(sqlite_url, create=True)
    try:
        write_rows(database, _fill)
    finally:
        database.close()
    return sqlite_url


@pytest.fixture
async def searched(store: str) -> AsyncIterator[Door]:
    """A door over that store, with every search on."""
    async for door in _serving(store, ALL):
        yield door


async def _serving(store: str, offers: Offers) -> AsyncIterator[Door]:
    source = open_source(store)
    try:
        reader: Any = ReadDoor(source, POLICY)
        async with a_door(reader, searches=offers) as door:
            yield door
    finally:
        await source.close()


def _shown(response: Response) -> list[str]:
    assert response.status == 200, response.body
    document = response.document
    (results,) = (value for key, value in document.items() if key.endswith("SearchResults"))
    return [each.get("ldhName") or each["handle"] for each in results]


async def _walk(door: Door, target: str) -> list[str]:
    """Follow the links from page to page, and give all that they show."""
    names: list[str] = []
    for number in range(1, 20):
        response = await door.ask(target)
        names += _shown(response)
        paging = response.document["paging_metadata"]
        assert paging["pageNumber"] == number
        links = paging.get("links", [])
        if not links:
            return names
        target = links[0]["href"].removeprefix("https://rdap.nic.example")
        assert links[0]["href"].startswith(PUBLIC_URL)
    raise AssertionError("no end of pages")


@pytest.mark.parametrize(
    "order",
    ["", "&sort=name", "&sort=name:d", "&sort=registrationDate", "&sort=expirationDate,name:d"],
)
async def test_the_links_lead_through_all_results(searched: Door, order: str) -> None:
    """conformance.md 5.2: every page, each result once, in the order asked for."""
    names = await _walk(searched, f"/rdap/domains?name=shop*.co.example&fieldSet=brief{order}")
    assert sorted(names) == SHOPS
    if order in {"&sort=name:d", "&sort=registrationDate", "&sort=expirationDate,name:d"}:
        assert names == SHOPS[::-1]
    if order == "&sort=name":
        assert names == SHOPS


async def test_a_count_is_of_all_pages(searched: Door) -> None:
    """conformance.md 5.2.1."""
    response = await searched.ask("/rdap/domains?name=shop*.co.example&count=true")
    assert response.document["paging_metadata"]["totalCount"] == 120
    assert len(_shown(response)) == 20


async def test_a_cursor_of_another_search_is_refused(searched: Door) -> None:
    """conformance.md 5.2.3: a cursor belongs to its query; a forged one is 400."""
    first = await searched.ask("/rdap/domains?name=shop*.co.example")
    (link,) = first.document["paging_metadata"]["links"]
    cursor = link["href"].partition("cursor=")[2]
    forged = ("A" if cursor[5] != "A" else "B").join((cursor[:5], cursor[6:]))
    for target in (
        f"domains?name=sho*.co.example&cursor={cursor}",
        f"domains?name=shop*.co.example&sort=name:d&cursor={cursor}",
        f"nameservers?name=shop*.co.example&cursor={cursor}",
        f"domains?name=shop*.co.example&cursor={forged}",
        f"domains?name=shop*.co.example&cursor={cursor[:-1]}",
        "domains?name=shop*.co.example&cursor=b2Zmc2V0PTEwMCxsaW1pdD01MA%3D%3D",
    ):
        assert (await searched.ask(f"/rdap/{target}")).status == 400, target


@pytest.mark.parametrize(
    ("target", "count"),
    [
        ("domains?name=shop003.co.example", 1),
        ("domains?name=SHOP003.CO.EXAMPLE.", 1),
        ("domains?name=shop00*", 10),
        ("domains?name=shopp*", 1),
        ("domains?nsLdhName=ns1.hosting.test", 60),
        ("domains?nsLdhName=ns*.hosting.test", 120),
        ("domains?nsIp=192.0.2.53", 60),
        ("domains?nsIp=2001:db8:0::53", 60),
        ("nameservers?name=ns*", 2),
        ("nameservers?ip=192.0.2.53", 1),
        ("entities?handle=9995", 1),
        ("entities?fn=example%20reg*", 1),
        ("entities?fn=Aroha%20Ngata", 1),
        ("entities?fn=aroha*", 1),
        ("domains/reverse_search/entity?fn=Aroha%20Ngata&role=technical", 120),
        ("domains/reverse_search/entity?email=aroha%40orchard.example", 120),
        ("domains/reverse_search/entity?handle=9995&role=registrar", 121),
    ],
)
async def test_a_search_finds_what_look_ups_show(searched: Door, target: str, count: int) -> None:
    """RFC 9082 §3.2, RFC 9536: each property, counted and shown."""
    response = await searched.ask(f"/rdap/{target}&count=1")
    assert response.document["paging_metadata"]["totalCount"] == count
    assert len(_shown(response)) == min(count, 20)


@pytest.mark.parametrize(
    "target",
    [
        "domains?name=nothing*",
        "nameservers?ip=192.0.2.99",
        "entities?fn=Hidden%20Person",
        "entities?fn=Hidden*",
        "entities?fn=Billed*",
        "entities?handle=C2-EXAMPLE",
        "entities?handle=C3*",
        "domains/reverse_search/entity?fn=Hidden%20Person",
        "domains/reverse_search/entity?email=hidden%40person.example",
        "domains/reverse_search/entity?handle=C2-EXAMPLE",
        "domains/reverse_search/entity?fn=Billed%20Person",
        "domains/reverse_search/entity?fn=Aroha%20Ngata&role=registrar",
    ],
)
async def test_what_is_not_shown_is_not_found(searched: Door, target: str) -> None:
    """conformance.md 1.6.10, 1.2.3: 404, and nothing tells whether it is withheld or not there."""
    response = await searched.ask(f"/rdap/{target}&count=1")
    nothing = await searched.ask("/rdap/domains?name=nothing*&count=1")
    assert (response.status, response.body) == (404, nothing.body)
