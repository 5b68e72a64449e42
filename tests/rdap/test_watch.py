"""What the door tells and asks of the watch: limits, counts and the query log, on both paths."""

from __future__ import annotations

import asyncio
import socket
import struct
from ipaddress import ip_address, ip_network
from typing import Any

import pytest

from rdap.accounts import account_of
from rdap.search.offers import Offers
from store.published import PublicRole
from store.queries import Answer, FindDomain, Query
from store.watch import Kind, Outcome
from tests.published_values import a_domain, a_party, a_proxied_party, a_redacted_party, found
from tests.rdap.doors import (
    FakeFreshness,
    FakeReader,
    _default_answer,
    a_door,
    next_response,
    one_response,
)
from tests.rdap.watching import FakeWatch, until

SHOP = "/rdap/domain/shop.example"
# Sends a question down the ordinary path, and changes nothing else.
PATHS = pytest.mark.parametrize("fields", [(), ("If-Modified-Since: long ago",)])


@PATHS
@pytest.mark.parametrize("kept", [False, True])
async def test_who_asks_too_often_hears_when_to_come_back(
    fields: tuple[str, ...], kept: bool
) -> None:
    """conformance.md 1.2.8: 429 with `Retry-After` and an RDAP error, and the store isn't asked."""
    watch = FakeWatch()
    async with a_door(watch=watch, freshness=FakeFreshness()) as door:
        if kept:
            await door.ask(SHOP)
        watch.wait = 13
        response = await door.ask(SHOP, fields=fields)
        assert (response.status, response.headers["retry-after"]) == (429, "13")
        assert response.document["errorCode"] == 429
        assert watch.noted[-1] == (Kind.OTHER, Outcome.LIMITED, False)
        assert len(door.reader.asked) == int(kept)
        watch.wait = 0
        assert (await door.ask(SHOP, fields=fields)).status == 200


PARTIES = (
    a_party(PublicRole.REGISTRANT),
    a_redacted_party(PublicRole.ADMIN),
    a_proxied_party(PublicRole.TECH),
)


def _three(query: Query) -> Answer:
    if query == FindDomain(name="shop.example"):
        return found(a_domain(parties=PARTIES))
    return _default_answer(query)


@PATHS
async def test_persons_shown_are_taken_from_a_budget(fields: tuple[str, ...]) -> None:
    """Parties with data of their own count; stand-ins, hidden ones and heads alone don't."""
    watch = FakeWatch(budget=2)
    async with a_door(FakeReader(_three), watch=watch, freshness=FakeFreshness()) as door:
        assert (await door.ask("/rdap/help", fields=fields)).status == 200
        assert (await door.ask(SHOP, method="HEAD", fields=fields)).status == 200
        assert watch.budget == 2
        assert [(await door.ask(SHOP, fields=fields)).status for _ in range(3)] == [200, 200, 429]
        response = await door.ask(SHOP, fields=fields)
        assert response.headers["retry-after"] == "77"
        assert b"Aroha" not in response.body


@pytest.mark.parametrize(
    "shown",
    [{"org": "Ngata Orchards"}, {"city": "Nelson"}, {"pc": "7010"}, {"street": ("1 Hill",)}],
)
async def test_any_part_of_a_person_counts(shown: dict[str, Any]) -> None:
    """The doors count alike: an organisation or a town alone is somebody's, too."""
    parties = (a_redacted_party(), a_redacted_party(PublicRole.ADMIN, **shown))
    account = account_of(FindDomain(name="x.example"), found(a_domain(parties=parties)))
    assert account.persons == 1


@PATHS
async def test_an_exempt_client_is_not_limited(fields: tuple[str, ...]) -> None:
    """A monitor is neither counted nor refused."""
    watch = FakeWatch(wait=5, budget=0, exempt=("127.0.0.1",))
    async with a_door(watch=watch, freshness=FakeFreshness()) as door:
        for _ in range(2):
            assert (await door.ask(SHOP, fields=fields)).status == 200
    assert (watch.admitted, watch.budget) == ([], 0)


@PATHS
async def test_behind_a_trusted_proxy_each_question_has_its_own_client(
    fields: tuple[str, ...],
) -> None:
    """One connection carries the questions of many clients."""
    watch = FakeWatch()
    trusted = (ip_network("127.0.0.0/8"),)
    async with a_door(watch=watch, trusted_proxies=trusted, freshness=FakeFreshness()) as door:
        reader, writer = await door.connect()
        for client in ("192.0.2.7", "192.0.2.8", "192.0.2.7"):
            lines = (f"GET {SHOP} HTTP/1.1", "Host: x", f"X-Forwarded-For: {client}", *fields)
            writer.write("\r\n".join((*lines, "", "")).encode())
            assert (await next_response(reader)).status == 200
        writer.close()
    seven, eight = (int(ip_address(f"192.0.2.{each}")) for each in (7, 8))
    assert watch.admitted == [seven, eight, seven]


async def test_one_connection_too_many_of_a_client_is_turned_away() -> None:
    """It hears why; its place is free again when another of its connections has ended."""
    watch = FakeWatch(most_open=1)
    async with a_door(watch=watch) as door:
        reader, writer = await door.connect()
        writer.write(f"GET {SHOP} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await next_response(reader)
        refused = one_response(await door.send(b""))
        assert (refused.status, refused.document["errorCode"]) == (429, 429)
        assert "retry-after" in refused.headers
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(5):
            while (await door.ask(SHOP)).status == 429:
                continue  # the server learns of the end of a connection in its own time


@PATHS
async def test_every_connection_that_came_in_goes_out(fields: tuple[str, ...]) -> None:
    """Counted once, on whichever path it ends."""
    watch = FakeWatch()
    async with a_door(watch=watch) as door:
        for _ in range(3):
            await door.ask(SHOP, fields=fields)
    assert watch.open == 0


@PATHS
async def test_answers_are_counted_by_kind_and_outcome(fields: tuple[str, ...]) -> None:
    """One of each; what can't be read is of no kind."""
    watch = FakeWatch()
    targets = (
        *("domain/shop.example", "domain/none.example", "nameserver/ns1.shop.example"),
        *("entity/9995", "entity/C1-EXAMPLE", "help", "domain/a..b", "ip/192.0.2.1"),
    )
    async with a_door(watch=watch) as door:
        for target in targets:
            await door.ask(f"/rdap/{target}", fields=fields)
    assert [(kind, outcome) for kind, outcome, _ in watch.noted] == [
        (Kind.DOMAIN, Outcome.FOUND),
        (Kind.DOMAIN, Outcome.NOT_FOUND),
        (Kind.NAMESERVER, Outcome.FOUND),
        (Kind.REGISTRAR, Outcome.FOUND),
        (Kind.ENTITY, Outcome.FOUND),
        (Kind.HELP, Outcome.FOUND),
        (Kind.OTHER, Outcome.REFUSED),
        (Kind.OTHER, Outcome.REFUSED),
    ]


async def test_kept_answers_are_counted_as_such() -> None:
    """The share of the cache can be told."""
    watch = FakeWatch()
    async with a_door(watch=watch, freshness=FakeFreshness()) as door:
        for _ in range(2):
            await door.ask(SHOP)
    assert [cached for _, _, cached in watch.noted] == [False, True]


async def test_what_is_no_http_is_counted() -> None:
    """Refusals of the parser are answers, too."""
    watch = FakeWatch()
    async with a_door(watch=watch) as door:
        await door.send(b"HELLO\r\n\r\n")
    assert watch.noted == [(Kind.OTHER, Outcome.REFUSED, False)]


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"HELLO\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/2.0\r\nHost: x\r\n\r\n",
        b"FROB / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 9_000 + b"\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_taken_from_the_allowance(request_bytes: bytes) -> None:
    """Refusals cost as much as answers: over it, 429 with `Retry-After`, and the end."""
    watch = FakeWatch()
    async with a_door(watch=watch) as door:
        assert one_response(await door.send(request_bytes)).status in {400, 405, 414, 431, 505}
        assert len(watch.admitted) == 1
        watch.wait = 13
        response = one_response(await door.send(request_bytes))
    assert (response.status, response.headers["retry-after"]) == (429, "13")
    assert response.headers["connection"] == "close"
    assert watch.noted == [
        (Kind.OTHER, Outcome.REFUSED, False),
        (Kind.OTHER, Outcome.LIMITED, False),
    ]


@PATHS
async def test_questions_of_clients_that_left_do_not_pile_up(fields: tuple[str, ...]) -> None:
    """On a slow store as many wait as there may be connections; what is kept is given still."""
    watch, reader = FakeWatch(), FakeReader()
    async with a_door(reader, watch=watch, freshness=FakeFreshness(), most_connections=3) as door:
        await door.ask(SHOP)
        reader.gate = asyncio.Event()
        for number in range(3):
            reader.reached.clear()
            _, writer = await door.connect()
            lines = (f"GET /rdap/domain/a{number}.example HTTP/1.1", "Host: x", *fields)
            writer.write("\r\n".join((*lines, "", "")).encode())
            await asyncio.wait_for(reader.reached.wait(), 5)
            raw = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()  # a reset: who only stops sending still waits
            await until(lambda: not watch.open)
        asked = len(reader.asked)
        for path in ((), ("If-Modified-Since: long ago",)):
            refused = await door.ask("/rdap/domain/b.example", fields=path)
            assert (refused.status, refused.document["errorCode"]) == (503, 503)
            assert refused.headers["retry-after"]
        assert (await door.ask(SHOP)).status == 200
        assert len(reader.asked) == asked
        reader.gate.set()
        async with asyncio.timeout(5):
            while (await door.ask("/rdap/domain/b.example", fields=fields)).status == 503:
                continue  # the store's answers come in their own time


@PATHS
async def test_the_query_log_never_names_a_person(fields: tuple[str, ...]) -> None:
    """A name that was asked for is written down, what may be a person's value isn't."""
    watch = FakeWatch()
    watch.log = watch.write
    async with a_door(watch=watch, freshness=FakeFreshness()) as door:
        for target in ("domain/SHOP.example", "domain/shop.example", "entity/Aroha%20Ngata"):
            await door.ask(f"/rdap/{target}", fields=fields)
    questions = [line["question"] for line in watch.lines]
    assert questions == ["domain/shop.example", "domain/shop.example", None]
    assert {str(line["client"]) for line in watch.lines} == {"127.0.0.1"}


@PATHS
@pytest.mark.parametrize(
    ("target", "question"),
    [
        ("domains?name=shop.example&email=j@x.example", "domains?name=shop.example"),
        ("domains?_=Aroha&name=SHOP*.example&count=1", "domains?name=shop*.example"),
        ("domains?nsLdhName=ns1.shop.example", "domains?nsLdhName=ns1.shop.example"),
        ("domains?nsIp=2001:DB8::1&fn=Aroha", "domains?nsIp=2001:db8::1"),
        ("nameservers?ip=192.0.2.1", "nameservers?ip=192.0.2.1"),
        ("nameservers?name=ns1.sh*", "nameservers?name=ns1.sh*"),
        ("entities?fn=Aroha*", None),
        ("entities?handle=aroha.ngata", None),
        ("domains/reverse_search/entity?email=j@x.example", None),
    ],
)
async def test_the_query_log_has_a_search_without_its_other_parameters(
    fields: tuple[str, ...], target: str, question: str | None
) -> None:
    """A parameter that nobody asked for may hold a person's value: only the pattern is kept."""
    watch = FakeWatch()
    watch.log = watch.write
    async with a_door(watch=watch, searches=Offers.named(["all"])) as door:
        await door.ask(f"/rdap/{target}", fields=fields)
    (line,) = watch.lines
    assert (line["kind"], line["question"]) == (Kind.SEARCH, question)


async def test_help_tells_of_limits_where_there_are_some() -> None:
    """conformance.md 1.11.1."""
    async with a_door(limits=("A client may ask 100 questions a minute.",)) as door:
        notices = (await door.ask("/rdap/help")).document["notices"]
    limits = [each["description"] for each in notices if each["title"] == "Limits"]
    assert limits == [["A client may ask 100 questions a minute."]]
