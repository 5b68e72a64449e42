"""Plain requests, answered at the front: the same bytes as the ordinary path, once and again."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.published import PublicRole
from store.queries import Answer, FindDomain, Query
from tests.published_values import AS_OF, a_domain, a_party, found
from tests.rdap.doors import (
    Door,
    FakeFreshness,
    FakeReader,
    _default_answer,
    a_door,
    next_response,
)

SHOP = "/rdap/domain/shop.example"
TARGETS = (
    *(SHOP, "/rdap/domain/SHOP.Example", f"{SHOP}?_=1", f"{SHOP}?jscontact=1"),
    *("/rdap/domain/sh%6Fp.example", f"{SHOP}.", "/rdap/nameserver/ns1.shop.example"),
    *("/rdap/entity/9995", "/rdap/entity/C1-EXAMPLE", "/rdap/entity/nobody%40x.example"),
    *("/rdap/domain/none.example", "/rdap/domain/a..b", "/rdap/domains?name=a*"),
    *("/rdap/help", "/rdap/ip/192.0.2.1", "/elsewhere", "/rdap/", "/rdap/domain/"),
    *("/rdap/domain/%zz", "/rdap/help?<", "//rdap/help"),
)  # fmt: skip
FIELDS = (
    (),
    ("Accept: application/rdap+json", "User-Agent: x/1"),
    ('Accept: application/rdap+json;exts_list="jscontact"',),
    ("Accept-Encoding: gzip, deflate, br",),
    ('Accept: application/rdap+json;exts_list="jscontact"', "Accept-Encoding: gzip"),
    ("Accept-Encoding: identity;q=0, gzip",),
    ("X-Forwarded-For: 192.0.2.7", "X-Forwarded-For: 192.0.2.8"),
    ("Connection: keep-alive",),
    ("Connection: close",),
)
# No condition of ours, and so unusual that the ordinary path has it.
UNUSUAL = "If-Modified-Since: long ago"
_DATE = re.compile(rb"\r\nDate: [^\r]+")


async def _ask(door: Door, target: str, *fields: str, method: str = "GET") -> bytes:
    lines = (f"{method} {target} HTTP/1.1", "Host: x", *fields, "", "")
    reader, writer = await door.connect()
    writer.write("\r\n".join(lines).encode("ascii"))
    raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    if method == "GET":
        length = re.search(rb"\r\nContent-Length: ([0-9]+)", raw)
        assert length is not None
        raw += await reader.readexactly(int(length[1]))
    if b"\r\nConnection: close\r\n" in raw:
        assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()
    return _DATE.sub(b"", raw)


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_the_front_gives_the_bytes_of_the_ordinary_path(method: str, target: str) -> None:
    """Made anew and given again, head and body, whatever the client says about itself."""
    async with a_door(freshness=FakeFreshness()) as door:
        for fields in FIELDS:
            ordinary = await _ask(door, target, *fields, UNUSUAL, method=method)
            for _ in range(3):
                assert await _ask(door, target, *fields, method=method) == ordinary


@pytest.mark.parametrize("target", TARGETS)
async def test_a_connection_that_stays_gives_the_same_bytes(target: str) -> None:
    """The same without `Connection: close`, several questions on one connection."""
    async with a_door(freshness=FakeFreshness()) as door:
        for fields in FIELDS[:-1]:
            head = "\r\n".join((f"GET {target} HTTP/1.1", "Host: x", *fields))
            plain = f"{head}\r\n\r\n".encode()
            reader, writer = await door.connect()
            for request in (plain, plain, plain, f"{head}\r\n{UNUSUAL}\r\n\r\n".encode()):
                writer.write(request)
            answers = [await next_response(reader) for _ in range(4)]
            writer.close()
            for answer in answers:
                answer.headers.pop("date")
            assert answers[1:] == answers[:-1]


NAMES = st.sampled_from(
    ["Accept", "Accept-Encoding", "Cookie", "Via", "TE", "X-Forwarded-For", "Host", "Range", "A b"]
)
VALUES = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=30)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(NAMES, VALUES | st.just("gzip")), max_size=4))
def test_any_fields_get_the_bytes_of_the_ordinary_path(fields: list[tuple[str, str]]) -> None:
    """What the front reads strictly it reads as the parser does, refusals included."""

    async def both() -> tuple[bytes, bytes]:
        lines = [f"{name}: {value}" for name, value in fields]
        async with a_door(freshness=FakeFreshness()) as door:
            return await _ask(door, SHOP, *lines), await _ask(door, SHOP, *lines, UNUSUAL)

    plain, ordinary = asyncio.run(both())
    assert plain == ordinary


async def test_an_answer_is_made_once_for_all_spellings() -> None:
    """conformance.md 1.5.1: neither letter case nor a cache buster crowds the cache."""
    async with a_door(freshness=FakeFreshness()) as door:
        for target in (SHOP, "/rdap/domain/SHOP.example", f"{SHOP}?_=1", f"{SHOP}.", SHOP):
            assert (await door.ask(target)).document["ldhName"] == "shop.example"
        assert door.reader.asked == [FindDomain(name="shop.example")]
        assert door.reader.cache is not None
        assert len(door.reader.cache) == 1


async def test_nothing_kept_goes_out_unasked() -> None:
    """A kept answer is given after a look at the store, one for all who ask in one turn."""
    freshness = FakeFreshness()
    async with a_door(freshness=freshness) as door:
        await door.ask(SHOP)
        assert freshness.looks == 0
        await door.ask(SHOP)
        assert freshness.looks == 1
        writers = [await door.connect() for _ in range(3)]
        request = f"GET {SHOP} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
        for _, writer in writers:
            writer.write(request * 4)  # four in one segment share a look as well
        for reader, writer in writers:
            for _ in range(4):
                assert (await next_response(reader)).status == 200
            writer.close()
        assert freshness.asked <= 1 + 3
        assert len(door.reader.asked) == 1


async def test_what_was_changed_is_made_anew() -> None:
    """An answer whose object was touched is not given again, nor one that can't be vouched for."""
    name = "one"

    def give(query: Query) -> Answer:
        return found(a_domain(handle=name)) if query == SHOP_QUESTION else _default_answer(query)

    freshness = FakeFreshness()
    async with a_door(FakeReader(give), freshness=freshness) as door:
        assert (await door.ask(SHOP)).document["handle"] == "one"
        name = "two"
        assert (await door.ask(SHOP)).document["handle"] == "one"  # nobody has told of a change
        assert door.reader.cache is not None
        door.reader.cache.touch([hash(SHOP_QUESTION)])
        assert (await door.ask(SHOP)).document["handle"] == "two"
        name, freshness.good = "three", False
        assert (await door.ask(SHOP)).document["handle"] == "three"


SHOP_QUESTION = FindDomain(name="shop.example")


@pytest.mark.parametrize("fields", [(), ("Accept-Encoding: gzip",)])
@pytest.mark.parametrize("target", [SHOP, "/rdap/domain/SHOP.example"])
async def test_the_last_update_is_that_of_the_last_look(
    target: str, fields: tuple[str, ...]
) -> None:
    """conformance.md 4.4.8: kept bytes get the present stamp, longer or shorter; the tag stays."""
    freshness, moment = FakeFreshness(), AS_OF

    def give(query: Query) -> Answer:
        # Its values look like the stamp and like its URL.
        name = '"eventAction":"last update of RDAP database","eventDate":"2026-05-29T20:15:00Z"'
        street = ("https://rdap.nic.example/rdap/domain/shop.example",)
        party = replace(a_party(PublicRole.REGISTRANT), name=name, street=street)
        return found(a_domain(parties=(party,), updated=AS_OF), as_of=moment)

    async with a_door(FakeReader(give), freshness=freshness) as door:
        first = await door.ask(target, fields=fields)
        for change in (timedelta(milliseconds=120), timedelta(days=400), timedelta(seconds=-1)):
            freshness.stamp = moment = AS_OF + change
            kept = await door.ask(target, fields=fields)
            made = await door.ask(target, fields=(*fields, UNUSUAL))
            assert kept.headers["etag"] == made.headers["etag"] == first.headers["etag"]
            body, expected = kept.body, made.body
            if fields:
                body, expected = gzip.decompress(body), gzip.decompress(expected)
            assert (body, kept.headers["content-length"]) == (expected, str(len(kept.body)))


async def test_pipelined_questions_of_both_paths_are_answered_in_order() -> None:
    """RFC 9112 §9.3.2, across the change from the front to the ordinary path."""
    async with a_door(freshness=FakeFreshness()) as door:
        await door.ask(SHOP)
        plain = f"GET {SHOP} HTTP/1.1\r\nHost: x\r\n\r\n"
        other = "GET /rdap/help HTTP/1.1\r\nHost: x\r\n\r\n"
        unusual = f"HEAD {SHOP} HTTP/1.1\r\nHost: x\r\n{UNUSUAL}\r\n\r\n"
        missing = "GET /rdap/domain/none.example HTTP/1.1\r\nHost: x\r\n\r\n"
        stream = (plain + other + plain + missing + unusual + plain + missing).encode()
        for cut in (1, 7, 100, len(stream)):
            reader, writer = await door.connect()
            for at in range(0, len(stream), cut):
                writer.write(stream[at : at + cut])
                await writer.drain()
            writer.write_eof()
            raw = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            statuses = [int(each[1:4]) for each in raw.split(b"HTTP/1.1")[1:]]
            assert statuses == [200, 200, 200, 404, 200, 200, 404]
            assert raw.count(b'"objectClassName":"domain"') == 3


async def _whole_answers(client: socket.socket, count: int) -> list[bytes]:
    """Take *count* answers of one length off *client*."""
    raw, loop = b"", asyncio.get_running_loop()
    async with asyncio.timeout(5):
        while raw.count(b"HTTP/1.1 ") < count or not raw.endswith(b"}"):
            raw += await loop.sock_recv(client, 65_536)
    return raw.split(b"HTTP/1.1 ")[1:]


async def test_who_asks_the_same_before_the_store_was_asked_shares_its_answer() -> None:
    """A stampede for one name is one question to the store."""
    reader, loop = FakeReader(), asyncio.get_running_loop()
    async with a_door(reader, freshness=FakeFreshness()) as door:
        clients = [socket.create_connection(("127.0.0.1", door.port)) for _ in range(5)]
        for client in clients:
            client.setblocking(False)
            await loop.sock_sendall(client, b"GET /rdap/help HTTP/1.1\r\nHost: x\r\n\r\n")
            await _whole_answers(client, 1)
        reader.asked.clear()
        reader.gate = asyncio.Event()
        for client in clients:  # within one turn of the loop
            client.send(f"GET {SHOP} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await asyncio.wait_for(reader.reached.wait(), 5)
        reader.gate.set()
        answers = [_DATE.sub(b"", *await _whole_answers(client, 1)) for client in clients]
        for client in clients:
            client.close()
    assert answers == answers[:1] * 5
    assert reader.asked == [SHOP_QUESTION]


async def test_who_asks_the_same_after_the_store_was_asked_asks_for_itself() -> None:
    """What the store read before a question came is no answer to it."""
    reader = FakeReader(gate=asyncio.Event())
    async with a_door(reader, freshness=FakeFreshness()) as door:
        first = asyncio.create_task(door.ask(SHOP))
        await asyncio.wait_for(reader.reached.wait(), 5)
        second = asyncio.create_task(door.ask(SHOP))
        reader.reached.clear()
        await asyncio.wait_for(reader.reached.wait(), 5)
        assert reader.gate is not None
        reader.gate.set()
        assert (await first).body == (await second).body
        assert len(reader.asked) == 2
