"""The door over real sockets: methods, headers, spellings, answers."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import aiohttp
import pytest

from rdap.members import PROFILE
from store.errors import Code, RegistryError, StoreUnavailableError
from store.published import Absence
from store.queries import Answer, FindDomain, FindEntity, FindHelp, FindHost, Query
from tests.published_values import a_domain, absent, found
from tests.rdap.doors import PUBLIC_URL, Door, FakeReader, Response, a_door, one_response

ONE_OF_EACH = {
    "/rdap/domain/shop.example": 200,
    "/rdap/nameserver/ns1.shop.example": 200,
    "/rdap/entity/9995": 200,
    "/rdap/entity/C1-EXAMPLE": 200,
    "/rdap/help": 200,
    "/rdap/domain/none.example": 404,
    "/rdap/entity/NOBODY": 404,
    "/rdap/domain/a..b": 400,
    "/rdap/domains?name=a*": 501,
    "/rdap/ip/192.0.2.1": 501,
    "/elsewhere": 404,
    "/rdap/domain/" + "a" * 5000: 414,
}


def _check(response: Response, status: int) -> None:
    """Check what every response owes its client."""
    assert response.status == status
    assert response.headers["content-type"] == "application/rdap+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in response.headers
    assert response.headers["cache-control"] == "no-cache"
    document = response.document
    assert "rdap_level_0" in document["rdapConformance"]
    if status != 200:
        assert document["errorCode"] == status
        assert isinstance(document["description"], list)
        assert isinstance(document["title"], str)


@pytest.mark.parametrize(("target", "status"), ONE_OF_EACH.items())
async def test_every_answer_is_rdap(door: Door, target: str, status: int) -> None:
    """conformance.md 1.1.1, 1.1.9, 1.3: media type, CORS and a body on every response."""
    _check(await door.ask(target), status)


@pytest.mark.parametrize(("target", "status"), ONE_OF_EACH.items())
async def test_head_is_get_without_its_body(door: Door, target: str, status: int) -> None:
    """conformance.md 1.1.3: the same status and headers, the length included."""
    get, head = await door.ask(target), await door.ask(target, method="HEAD")
    assert head.status == get.status == status
    assert head.body == b""
    assert get.headers["content-length"] == str(len(get.body))
    assert {**head.headers, "date": ""} == {**get.headers, "date": ""}


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "BREW", "get"]
)
async def test_other_methods_are_refused(door: Door, method: str) -> None:
    """conformance.md 1.1.5: 405 with `Allow` and an RDAP error, known method or not."""
    target = "nic.example:443" if method == "CONNECT" else "/rdap/domain/shop.example"
    response = await door.ask(target, method=method)
    _check(response, 405)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    assert door.reader.asked == []


async def test_a_body_is_refused_unread(door: Door) -> None:
    """A POST is answered though its body never comes whole, and the connection ends."""
    raw = await door.send(
        b"POST /rdap/help HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n" + b"x" * 1000,
        half_close=True,
    )
    response = one_response(raw)
    _check(response, 405)
    assert response.headers["connection"] == "close"


async def test_a_body_of_get_is_passed_over(door: Door) -> None:
    """A body that a GET carries changes nothing, for this question or the next."""
    raw = await door.send(
        b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
        b"GET /rdap/domain/shop.example HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    assert raw.count(b"HTTP/1.1 200 OK\r\n") == 2
    assert door.reader.asked == [FindHelp(), FindDomain(name="shop.example")]


@pytest.mark.parametrize("target", ["/rdap/domain/shop.example", "*", "/elsewhere"])
async def test_options_serves_a_preflight(door: Door, target: str) -> None:
    """conformance.md 1.1.6: 204 with what a browser asks for."""
    response = await door.ask(
        target,
        method="OPTIONS",
        fields=("Origin: https://page.example", "Access-Control-Request-Method: GET"),
    )
    assert response.status == 204
    assert response.body == b""
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    allowed = response.headers["access-control-allow-headers"].split(", ")
    assert {"Accept", "Authorization", "If-None-Match"} <= set(allowed)


@pytest.mark.parametrize(
    "accept",
    ["application/rdap+json", "application/json", "*/*", "text/html", "image/png", "\xff;;q=x"],
)
async def test_accept_is_passed_over(door: Door, accept: str) -> None:
    """conformance.md 1.1.7: never 406."""
    _check(await door.ask("/rdap/help", fields=(f"Accept: {accept}",)), 200)


@pytest.mark.parametrize(
    ("target", "question"),
    [
        ("/rdap/domain/ShOp.eXample", FindDomain(name="shop.example")),
        ("/rdap/domain/shop.example.", FindDomain(name="shop.example")),
        ("/rdap/domain/shop.example?_=17", FindDomain(name="shop.example")),
        ("/rdap/domain/b%C3%BCcher.example", FindDomain(name="xn--bcher-kva.example")),
        ("/rdap/nameserver/NS1.shop.example", FindHost(name="ns1.shop.example")),
        ("/rdap/entity/Abc%2F1", FindEntity(handle="Abc/1")),
        ("http://anywhere.test/rdap/help", FindHelp()),
    ],
)
async def test_a_target_becomes_a_question(door: Door, target: str, question: Query) -> None:
    """conformance.md 1.5: what the store is asked, from the bytes of a request line."""
    await door.ask(target)
    assert door.reader.asked == [question]


BUCHER = FindDomain(name="xn--bcher-kva.example")


@pytest.mark.parametrize("cut", [1, 2, 10**6])
@pytest.mark.parametrize("empty_lines", [b"", b"\r\n\r\n"])
async def test_raw_utf_8_in_a_target_is_read_as_percent_encoded(
    door: Door, cut: int, empty_lines: bytes
) -> None:
    """conformance.md 1.4: clients that send a U-label as its bytes ask the same question."""
    requests = (
        "GET /rdap/domain/bücher.example HTTP/1.1\r\nHost: x\r\nA: ü\r\n\r\n"
        "GET /rdap/domain/bücher.example?ü HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    ).encode()
    requests = empty_lines + requests
    reader, writer = await door.connect()
    for at in range(0, len(requests), cut):
        writer.write(requests[at : at + cut])
        await writer.drain()
    raw = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    assert raw.count(b"HTTP/1.1 404 Not Found\r\n") == 2
    assert door.reader.asked == [BUCHER, BUCHER]


async def test_raw_utf_8_in_a_target_stands_encoded_in_links() -> None:
    """conformance.md 1.3.5, 4.3.4: the URL as asked, in ASCII."""
    async with a_door(FakeReader(lambda _: found(a_domain()))) as door:
        raw = "GET /rdap/domain/bücher.example HTTP/1.0\r\n\r\n".encode()
        response = one_response(await door.send(raw))
    assert response.status == 200
    value = response.document["links"][0]["value"]
    assert value == f"{PUBLIC_URL}domain/b%C3%BCcher.example"


async def test_raw_bytes_of_a_body_stay_as_they_are(door: Door) -> None:
    """A body's length is in bytes: nothing of it is rewritten, whatever it looks like."""
    body = "\r\n\r\nGET /ü HTTP/1.1\r\n\r\n".encode()
    head = f"GET /rdap/help HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    last = b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    raw = await door.send(head + body + last)
    assert raw.count(b"HTTP/1.1 200 OK\r\n") == 2


async def test_a_long_handle_never_reaches_the_store(door: Door) -> None:
    """conformance.md 1.12.3."""
    _check(await door.ask("/rdap/entity/" + "A" * 10_000), 404)
    assert door.reader.asked == []


async def test_links_repeat_the_url_as_asked(door: Door) -> None:
    """conformance.md 11.1.5, 11.1.11: `value` as asked, `href` canonical, never from `Host`."""
    response = await door.ask("/rdap/domain/Shop.EXAMPLE?_=<b>&x=%41")
    own = response.document["links"][0]
    assert own["value"] == f"{PUBLIC_URL}domain/Shop.EXAMPLE?_=%3Cb%3E&x=%41"
    assert own["href"] == f"{PUBLIC_URL}domain/shop.example"
    assert b"elsewhere.test" not in response.body


async def test_spellings_give_one_document_but_for_their_links(door: Door) -> None:
    """conformance.md 1.5.1: letter case shows in `links[].value` alone."""
    lower = await door.ask("/rdap/domain/shop.example")
    upper = await door.ask("/rdap/domain/SHOP.EXAMPLE")
    assert upper.body.replace(b"SHOP.EXAMPLE", b"shop.example") == lower.body


@pytest.mark.parametrize(
    "target",
    [
        "/rdap/domain/<script>alert(1)</script>",
        "/rdap/entity/%3Cscript%3E",
        "/rdap/domain/none.example?<script>",
        "/<script>",
    ],
)
async def test_no_markup_is_echoed(door: Door, target: str) -> None:
    """conformance.md 1.3.5."""
    assert b"<" not in (await door.ask(target)).body


@pytest.mark.parametrize("absence", Absence)
async def test_an_absent_name_is_404(absence: Absence) -> None:
    """conformance.md 1.2.3, 1.2.4, 1.2.11: for every reason."""
    async with a_door(FakeReader(lambda query: absent(absence))) as door:
        _check(await door.ask("/rdap/domain/shop.example"), 404)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreUnavailableError("postgresql://login:word@host is down"), 503),
        (StoreUnavailableError("behind", code=Code.STORE_OUTDATED), 503),
        (RegistryError(Code.AMBIGUOUS, "Two handles differ in case only."), 404),
        (RuntimeError("Aroha Ngata"), 500),
        (TimeoutError("Aroha Ngata"), 500),
        (OSError("Aroha Ngata"), 500),
    ],
)
async def test_a_failure_is_an_rdap_error(
    error: Exception, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    """conformance.md 1.2.10: 500 or 503 with a body, and no private word in answer or log."""

    def fail(query: Query) -> Answer:
        raise error

    with caplog.at_level(logging.DEBUG):
        async with a_door(FakeReader(fail)) as door:
            response = await door.ask("/rdap/domain/shop.example?secret")
            _check(response, status)
            head = await door.ask("/rdap/domain/shop.example", method="HEAD")
            assert (head.status, head.body) == (status, b"")
    assert not any(record.exc_info for record in caplog.records)
    for private in ("Aroha", "word@host", "secret", "shop.example"):
        assert private not in caplog.text
        assert private.encode() not in response.body


async def test_the_store_back_is_served_again() -> None:
    """A failure passes: the next question is answered without a restart."""
    down = True

    def give(query: Query) -> Answer:
        if down:
            raise StoreUnavailableError("down")
        return found(a_domain())

    async with a_door(FakeReader(give)) as door:
        assert (await door.ask("/rdap/domain/shop.example")).status == 503
        down = False
        assert (await door.ask("/rdap/domain/shop.example")).status == 200


async def test_a_real_client_keeps_its_connection(door: Door) -> None:
    """Keep-alive: a client's many questions go over one connection."""
    connections = 0

    async def count(*_: object) -> None:
        nonlocal connections
        connections += 1

    trace = aiohttp.TraceConfig()
    trace.on_connection_create_end.append(count)
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        for target, status in ONE_OF_EACH.items():
            url = f"http://127.0.0.1:{door.port}{target}"
            async with session.get(url) as response:
                assert response.status == status
                assert response.content_type == "application/rdap+json"
                document: Any = json.loads(await response.read())
                assert document["rdapConformance"][:3] == ["rdap_level_0", *PROFILE]
            async with session.head(url) as response:
                assert response.status == status
    assert connections == 1


async def test_the_public_url_without_a_path_serves_the_root() -> None:
    """interface.md, Addresses: the default is `/`."""
    async with a_door(public_url="http://127.0.0.1:8080/") as door:
        response = await door.ask("/domain/shop.example")
        _check(response, 200)
        assert response.document["links"][0]["href"] == "http://127.0.0.1:8080/domain/shop.example"
