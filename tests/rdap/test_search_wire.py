"""Searches over a real socket: statuses, HEAD, and what the store refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rdap.search.offers import Offers
from store.errors import Code, RegistryError
from store.queries import Answer, By, NamePattern, Page, Query, Search, Sought
from tests.published_values import a_domain, absent, found
from tests.rdap.doors import FakeReader, a_door
from tests.rdap.search_questions import ALL, a_page


def _gives(page: Page) -> FakeReader:
    return FakeReader(give=lambda query: found(page))


def _refuses(error: Exception) -> Callable[[Query], Answer]:
    def refuse(query: Query) -> Answer:
        raise error

    return refuse


async def test_a_search_is_answered_with_its_page() -> None:
    """RFC 9083 §8: 200, RDAP's media type, the results in their member."""
    reader = _gives(a_page(a_domain(), a_domain("shop2.example"), next="abc"))
    async with a_door(reader, searches=ALL) as door:
        response = await door.ask("/rdap/domains?name=Shop*&_=1")
    assert response.status == 200
    assert response.headers["content-type"] == "application/rdap+json"
    names = [result["ldhName"] for result in response.document["domainSearchResults"]]
    assert names == ["shop.example", "shop2.example"]
    pattern = NamePattern(text="shop", partial=True)
    assert reader.asked == [Search(sought=Sought.DOMAINS, by=By.NAME, pattern=pattern)]


async def test_the_next_link_asks_for_the_next_page() -> None:
    """conformance.md 5.2.4: a client follows the link as it stands."""
    reader = _gives(a_page(next="a_B-9"))
    async with a_door(reader, searches=ALL) as door:
        first = await door.ask("/rdap/domains?name=b%C3%BCcher.exa*&count=no&fieldSet=id")
        (link,) = first.document["paging_metadata"]["links"]
        second = await door.ask(link["href"].removeprefix("https://rdap.nic.example"))
    assert second.status == 200
    before, after = reader.asked
    assert isinstance(before, Search)
    assert isinstance(after, Search)
    assert (before.pattern, before.window.cursor) == (after.pattern, None)
    assert after.window.cursor == "a_B-9"


async def test_head_of_a_search_is_get_without_its_body() -> None:
    """conformance.md 1.1.3."""
    async with a_door(_gives(a_page()), searches=ALL) as door:
        target = "/rdap/domains?name=shop*"
        get, head = await door.ask(target), await door.ask(target, method="HEAD")
    assert head.status == get.status == 200
    assert head.headers == get.headers
    assert (head.body, get.body) == (b"", get.body)


async def test_a_search_that_finds_nothing_is_404() -> None:
    """conformance.md 1.2.3, 1.3.1."""
    reader = FakeReader(give=lambda query: absent(asked=Page, name=None))
    async with a_door(reader, searches=ALL) as door:
        response = await door.ask("/rdap/domains?name=nothing*")
    assert response.status == 404
    assert response.document["errorCode"] == 404


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (RegistryError(Code.INVALID_VALUE, "That is no cursor.", field="cursor"), 400),
        (RegistryError(Code.UNBOUNDED, "Too many to be sorted.", field="sort"), 422),
        (RegistryError(Code.TIMED_OUT, "Out of time: SELECT secret."), 503),
        (ValueError("secret"), 500),
    ],
)
async def test_a_refusal_of_the_store_has_its_status(error: Exception, status: int) -> None:
    """conformance.md 1.2.6, 1.2.7, 1.2.10: a forged cursor, an order too dear, no time left."""
    async with a_door(FakeReader(give=_refuses(error)), searches=ALL) as door:
        response = await door.ask("/rdap/domains?name=shop*&sort=expirationDate&cursor=abc")
    assert response.status == status
    assert response.document["errorCode"] == status
    assert "secret" not in response.body.decode()


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("domains?name=a*b*", 422),
        ("domains?name=a..b", 400),
        ("domains", 400),
        ("entities/reverse_search/entity?fn=a", 501),
        ("domains?name=shop*&_=" + "a" * 4096, 414),
    ],
)
async def test_a_refused_search_is_an_rdap_error(target: str, status: int) -> None:
    """conformance.md 1.3.1: an error body, and the store isn't asked."""
    reader = FakeReader()
    async with a_door(reader, searches=ALL) as door:
        response = await door.ask(f"/rdap/{target}")
    assert response.status == status
    document: dict[str, Any] = response.document
    assert document["errorCode"] == status
    assert document["rdapConformance"]
    assert all(isinstance(line, str) for line in document["description"])
    assert response.headers["access-control-allow-origin"] == "*"
    assert reader.asked == []


async def test_raw_utf_8_in_a_query_is_read() -> None:
    """Many clients send letters as they are."""
    reader = _gives(a_page())
    async with a_door(reader, searches=ALL) as door:
        raw = "/rdap/entities?fn=Kōwhai*".encode().decode("latin-1")
        await door.ask(raw)
    (query,) = reader.asked
    assert isinstance(query, Search)
    assert getattr(query.pattern, "text", None) == "Kōwhai"


async def test_searches_that_are_off_are_501() -> None:
    """conformance.md 1.6.11: off is off for GET and HEAD alike, and help says so."""
    async with a_door(searches=Offers.named([])) as door:
        for method in ("GET", "HEAD"):
            response = await door.ask("/rdap/domains?name=shop.example", method=method)
            assert response.status == 501
        help_page = (await door.ask("/rdap/help")).document
    notices = {notice["title"]: notice["description"] for notice in help_page["notices"]}
    assert notices["Searches"] == ["Searches are not offered."]
