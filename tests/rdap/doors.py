"""A running RDAP door over a fake reader, and a client that speaks bytes."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rdap.door import RdapDoor
from rdap.shell import serve_rdap
from store.answer_cache import AnswerCache
from store.published import PublishedEntity, PublishedHost
from store.queries import (
    Answer,
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    LookUp,
    Made,
    Query,
)
from store.watch import Watch
from tests.published_values import (
    AS_OF,
    a_domain,
    a_help,
    a_host,
    a_registrar,
    absent,
    an_entity,
    found,
)

PUBLIC_URL = "https://rdap.nic.example/rdap/"


def _default_answer(query: Query) -> Answer:
    match query:
        case FindDomain(name="shop.example"):
            return found(a_domain())
        case FindHost(name="ns1.shop.example"):
            return found(a_host())
        case FindHost():
            return absent(asked=PublishedHost)
        case FindEntity(handle="9995"):
            return found(a_registrar())
        case FindEntity(handle="C1-EXAMPLE"):
            return found(an_entity("C1-EXAMPLE"))
        case FindEntity():
            return absent(asked=PublishedEntity, name=None)
        case FindHelp():
            return found(a_help())
        case _:
            return absent()


@dataclass
class FakeReader:
    """Answers by a function once its gate is open, and keeps what it was asked."""

    give: Callable[[Query], Answer] = _default_answer
    asked: list[Query] = field(default_factory=list)
    gate: asyncio.Event | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    cache: AnswerCache | None = None

    async def answer(self, query: Query) -> Answer:
        self.asked.append(query)
        self.reached.set()
        if self.gate is not None:
            await self.gate.wait()
        return self.give(query)

    async def make(self, query: LookUp) -> Made:
        epoch = 0 if self.cache is None else self.cache.epoch
        return Made(answer=await self.answer(query), subjects=(hash(query),), epoch=epoch)


@dataclass
class FakeFreshness:
    """Vouches, as long as it is told to, a turn later; counts its looks and who shared them."""

    good: bool = True
    stamp: datetime = AS_OF
    looks: int = 0
    asked: int = 0
    waiting: list[Callable[[bool], None]] = field(default_factory=list)

    def ask(self, then: Callable[[bool], None], /) -> None:
        self.asked += 1
        if not self.waiting:
            asyncio.get_running_loop().call_soon(self._answer)
        self.waiting.append(then)

    def ask_at_once(self) -> bool | None:
        return None

    def _answer(self) -> None:
        self.looks += 1
        waiting, self.waiting = self.waiting, []
        for then in waiting:
            then(self.good)


@dataclass(frozen=True)
class Response:
    """An HTTP response as it came over the wire."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body, object_pairs_hook=_no_duplicates)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), f"duplicate keys in {keys}"
    return dict(pairs)


@dataclass
class Door:
    """A running door: its port, its reader, and ways to ask it."""

    port: int
    reader: FakeReader
    server: Any

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def send(self, request: bytes, *, half_close: bool = False) -> bytes:
        """Send bytes on a connection of their own; give all that comes until its end."""
        reader, writer = await self.connect()
        try:
            writer.write(request)
            if half_close:
                writer.write_eof()
            return await asyncio.wait_for(reader.read(), 10)
        finally:
            writer.close()

    async def ask(
        self, target: str, *, method: str = "GET", fields: tuple[str, ...] = ()
    ) -> Response:
        """Ask for *target* as it is written and give the response."""
        lines = [
            f"{method} {target} HTTP/1.1",
            "Host: elsewhere.test",
            "Connection: close",
            *fields,
        ]
        raw = await self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))
        return one_response(raw)


def one_response(raw: bytes) -> Response:
    """Read *raw* as one response that fills it."""
    head, _, body = raw.partition(b"\r\n\r\n")
    status_line, *fields = head.decode("ascii").split("\r\n")
    headers = {}
    for line in fields:
        name, _, value = line.partition(": ")
        assert name.lower() not in headers, f"{name} twice"
        headers[name.lower()] = value
    return Response(int(status_line.split(" ")[1]), headers, body)


async def next_response(reader: asyncio.StreamReader) -> Response:
    """Read one response on a connection that stays open."""
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    response = one_response(head)
    body = await reader.readexactly(int(response.headers["content-length"]))
    return one_response(head + body)


@asynccontextmanager
async def a_door(
    reader: FakeReader | None = None,
    *,
    public_url: str = PUBLIC_URL,
    freshness: FakeFreshness | None = None,
    watch: Watch | None = None,
    **settings: Any,
) -> AsyncIterator[Door]:
    """Run a door on a free port of loopback; its public URL has a path of its own.

    With *freshness* it keeps answers, in the reader's cache.
    """
    reader = reader or FakeReader()
    cache = None
    if freshness is not None:
        reader.cache = cache = reader.cache or AnswerCache(10_000_000)
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    server = await serve_rdap(
        [sock],
        reader,
        settings=RdapDoor(public_url=public_url, **settings),
        cache=cache,
        freshness=freshness,
        watch=watch,
    )
    try:
        yield Door(port, reader, server)
    finally:
        server.close()
        await server.drain(1.0)
