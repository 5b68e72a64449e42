"""Errors at the HTTP level: codes, bodies, `Retry-After`, and headers that tell nothing."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import orjson
import pytest

from rdap.errors import INTERNAL, TOO_MANY, UNAVAILABLE, Problem
from rdap.replies import problem_reply
from rdap.responses import raw_response, response
from store.errors import StoreUnavailableError
from store.queries import Answer, Query
from tests.rdap.doors import Door, FakeReader, a_door, next_response, one_response

SHOP = "/rdap/domain/shop.example"
KNOWN = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Allow, ETag, Retry-After",
    "cache-control": "no-cache",
    "vary": "Accept, Accept-Encoding",
    "x-content-type-options": "nosniff",
    "server": "rdds",
}


def _unavailable(_query: Query) -> Answer:
    raise StoreUnavailableError("secret-host:5432 refused")


@pytest.mark.parametrize(
    ("problem", "status", "seconds"),
    [(TOO_MANY, 429, "60"), (UNAVAILABLE, 503, "10"), (INTERNAL, 500, None)],
)
def test_a_client_that_may_come_back_hears_when(
    problem: Problem, status: int, seconds: str | None
) -> None:
    """conformance.md 1.2.8: whole seconds beside the error body and the CORS header."""
    made = response(problem_reply(problem))
    assert made.status == status
    assert made.headers.get("Retry-After") == seconds
    assert made.headers["Access-Control-Allow-Origin"] == "*"
    assert isinstance(made.body, bytes)
    body = orjson.loads(made.body)
    assert (body["errorCode"], body["title"]) == (status, HTTPStatus(status).phrase)
    assert "rdap_level_0" in body["rdapConformance"]
    assert all(isinstance(line, str) for line in body["description"])


async def test_an_unavailable_store_says_when_to_ask_again() -> None:
    """503 has `Retry-After`, and not a word of what went wrong."""
    async with a_door(FakeReader(give=_unavailable)) as door:
        made = await door.ask(SHOP, fields=("If-None-Match: *", "Accept-Encoding: gzip"))
        assert (made.status, made.headers["retry-after"]) == (503, "10")
        assert b"secret" not in made.body
        assert "etag" not in made.headers


async def test_a_full_server_says_when_to_ask_again() -> None:
    """The one too many has the same headers as everybody else."""
    async with a_door(most_connections=1) as door:
        reader, writer = await door.connect()
        writer.write(f"GET {SHOP} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        await next_response(reader)
        made = one_response(await door.send(b""))
        writer.close()
    assert (made.status, made.headers["retry-after"]) == (503, "10")
    assert KNOWN.items() <= made.headers.items()
    assert made.document["errorCode"] == 503


def test_a_raw_response_is_whole() -> None:
    """Head, length and body agree."""
    made = one_response(raw_response(TOO_MANY))
    assert made.headers["content-length"] == str(len(made.body))
    assert (made.headers["connection"], made.headers["retry-after"]) == ("close", "60")


@pytest.mark.parametrize(
    ("method", "target", "fields", "status", "own"),
    [
        ("GET", SHOP, (), 200, {"content-type", "content-length", "etag"}),
        ("GET", SHOP, ("If-None-Match: *",), 304, {"etag"}),
        ("GET", "/rdap/domain/none.example", (), 404, {"content-type", "content-length"}),
        ("GET", "/rdap/domain/a..b", (), 400, {"content-type", "content-length"}),
        ("GET", "/rdap/ip/192.0.2.1", (), 501, {"content-type", "content-length"}),
        ("DELETE", SHOP, (), 405, {"content-type", "content-length", "allow"}),
    ],
)
async def test_headers_are_these_and_no_others(
    door: Door, method: str, target: str, fields: tuple[str, ...], status: int, own: set[str]
) -> None:
    """Nothing of the store or the machine can stand in a header that isn't there."""
    made = await door.ask(target, method=method, fields=fields)
    assert made.status == status
    assert set(made.headers) == {*KNOWN, *own, "date", "connection"}
    assert KNOWN.items() <= made.headers.items()


@pytest.mark.parametrize("expect", ["100-continue", "200-ok"])
async def test_an_expectation_does_not_hold_up_an_answer(door: Door, expect: str) -> None:
    """A client that waits before its body gets the final answer at once (RFC 9110 §10.1.1)."""
    reader, writer = await door.connect()
    writer.write(
        f"GET {SHOP} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: {expect}\r\n\r\n".encode()
    )
    raw = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)
    writer.close()
    assert raw.startswith(b"HTTP/1.1 200 ")


async def test_a_body_without_a_length_is_passed_over(door: Door) -> None:
    """Chunked bodies of a GET are no reason for 411 or 413: they mean nothing here."""
    raw = await door.send(
        b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"5\r\nhello\r\n0\r\n\r\n"
        b"HEAD /rdap/help HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    )
    assert raw.count(b"HTTP/1.1 200 OK\r\n") == 2


async def test_http_1_0_clients_are_answered_and_left(door: Door) -> None:
    """Without `keep-alive` the end of the connection is the end of the answer."""
    made = one_response(await door.send(f"GET {SHOP} HTTP/1.0\r\n\r\n".encode()))
    assert made.status == 200
    assert made.document["ldhName"] == "shop.example"
