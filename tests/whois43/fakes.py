"""A reader without a store, and a client of port 43 that counts nothing for itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from store.answer_cache import AnswerCache
from store.names import Address
from store.published import PublishedRegistrar
from store.queries import Answer, FindRegistrar, LookUp, Made, Query
from store.watch import Door, Kind, Outcome, QueryLog
from tests.published_values import AS_OF, a_domain, absent, found
from whois43.door import WhoisDoor
from whois43.shell import WhoisServer, serve_whois

__all__ = ["FakeFreshness", "FakeReader", "FakeWatch", "Served", "listening_socket", "serving"]


class FakeReader:
    """Answers ``shop.example`` with a domain and all else with nothing; keeps the questions."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.answers: Callable[[Query], Answer] = self.known
        self.epoch: Callable[[], int] = int
        self.wait: asyncio.Event | None = None  # suspend until it is set
        self.started = asyncio.Event()
        self.given_up = asyncio.Event()  # cancelled while it waited

    def known(self, query: Query) -> Answer:
        """Answer from memory."""
        if getattr(query, "name", None) == "shop.example":
            return found(a_domain())
        if isinstance(query, FindRegistrar):
            return absent(asked=PublishedRegistrar, name=None)
        return absent(name=getattr(query, "name", None))

    async def answer(self, query: Query) -> Answer:
        """Answer at once, or when told to."""
        self.asked.append(query)
        self.started.set()
        if self.wait is not None:
            try:
                await self.wait.wait()
            except asyncio.CancelledError:
                self.given_up.set()
                raise
        return self.answers(query)

    async def make(self, query: LookUp) -> Made:
        """Answer as :meth:`answer` does, from one object of the question's name."""
        epoch = self.epoch()
        answer = await self.answer(query)
        return Made(answer=answer, subjects=(hash(getattr(query, "name", None)),), epoch=epoch)


class FakeFreshness:
    """Vouches, or doesn't: at once, in the next turn of the loop, or when told to."""

    def __init__(self) -> None:
        self.stamp = AS_OF
        self.looks = self.failures = self.position = 0
        self.vouched = 0.0
        self.good = True
        self.paused = self.needs_no_wait = False
        self.waiting: list[Callable[[bool], None]] = []
        self.asked = 0

    def ask_at_once(self) -> bool | None:
        """Answer who asks, where that is to need no wait."""
        self.asked += self.needs_no_wait
        return self.good if self.needs_no_wait else None

    def ask(self, then: Callable[[bool], None], /) -> None:
        """Answer all who ask in this turn in the next."""
        self.asked += 1
        if not self.waiting and not self.paused:
            asyncio.get_running_loop().call_soon(self.tell)
        self.waiting.append(then)

    async def close(self) -> None:
        """Have nothing to close."""

    def tell(self) -> None:
        """Answer who waits."""
        waiting, self.waiting = self.waiting, []
        for then in waiting:
            then(self.good)


class FakeWatch:
    """Keeps what it is told; refuses what it is told to."""

    def __init__(self) -> None:
        self.log: QueryLog | None = self.write
        self.number = 7
        self.full = False
        self.most: int | None = None  # full with so many inside
        self.wait = self.wait_for_persons = 0
        self.inside = 0
        self.charged: list[int] = []
        self.noted: list[tuple[Kind, Outcome, bool]] = []
        self.written: list[tuple[Kind, Outcome, str, str | None]] = []
        self.visitors: list[str] = []

    def visitor(self, address: Address | str | None) -> int:
        """Give the number it is told to."""
        self.visitors.append(str(address))
        return self.number

    def enter(self, door: Door, visitor: int) -> bool:
        """Count in, unless full."""
        assert (door, visitor) == (Door.WHOIS, self.number)
        full = self.full or self.inside == self.most
        self.inside += not full
        return not full

    def leave(self, door: Door, visitor: int) -> None:
        """Count out."""
        assert (door, visitor) == (Door.WHOIS, self.number)
        self.inside -= 1
        assert self.inside >= 0

    def admit(self, door: Door, visitor: int) -> int:
        """Give the wait it is told to."""
        assert (door, visitor) == (Door.WHOIS, self.number)
        return self.wait

    def charge(self, visitor: int, persons: int) -> int:
        """Keep the number of persons."""
        assert visitor == self.number
        self.charged.append(persons)
        return self.wait_for_persons

    def note(
        self, door: Door, kind: Kind, outcome: Outcome, *, seconds: float, cached: bool
    ) -> None:
        """Keep what is counted."""
        assert door is Door.WHOIS
        assert 0 <= seconds < 60
        self.noted.append((kind, outcome, cached))

    def write(
        self,
        door: Door,
        kind: Kind,
        outcome: Outcome,
        *,
        client: Address | None,
        question: str | None,
        seconds: float,
    ) -> None:
        """Keep what is logged."""
        assert door is Door.WHOIS
        assert seconds >= 0
        self.written.append((kind, outcome, str(client), question))


@dataclass(kw_only=True)
class Served:
    """A running server, its reader and its port."""

    server: WhoisServer
    reader: FakeReader
    port: int
    cache: AnswerCache = field(default_factory=lambda: AnswerCache(1 << 20))
    freshness: FakeFreshness = field(default_factory=FakeFreshness)
    watch: FakeWatch | None = None
    complaints: list[str] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

    async def idle(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection that is let in and asks nothing: it has sent part of a line.

        The kernel may keep who sends nothing for a second.
        """
        before = len(self.server._desk.connections)
        reader, writer = await self.connect()
        writer.write(b"x")
        async with asyncio.timeout(10):
            while len(self.server._desk.connections) == before:  # noqa: ASYNC110 - the server tells nobody
                await asyncio.sleep(0)  # one turn of the loop, no time
        return reader, writer

    async def ask(self, *segments: bytes, half_close: bool = False) -> bytes:
        """Send *segments* one by one and read to the end of the stream."""
        reader, writer = await self.connect()
        for segment in segments:
            writer.write(segment)
            await writer.drain()
            await asyncio.sleep(0)  # one turn of the loop, no time
        if half_close:
            writer.write_eof()
        reply = await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await writer.wait_closed()
        return reply


def listening_socket() -> socket.socket:
    """Bind a free port on loopback."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    return listening


@asynccontextmanager
async def serving(
    *,
    patience: float = 10.0,
    most_connections: int = 500,
    finish: float = 10.0,
    limits: tuple[str, ...] = (),
    cached: bool = False,
    watch: FakeWatch | None = None,
) -> AsyncIterator[Served]:
    """Run a server; fail if anything of it ended in an unhandled exception.

    *cached*: with an answer cache.
    """
    loop = asyncio.get_running_loop()
    reader, cache, freshness = FakeReader(), AnswerCache(1 << 20), FakeFreshness()
    reader.epoch = lambda: cache.epoch
    listening = listening_socket()
    port = listening.getsockname()[1]
    server = await serve_whois(
        [listening],
        reader,
        settings=WhoisDoor(
            patience=patience, most_connections=most_connections, finish=finish, limits=limits
        ),
        cache=cache if cached else None,
        freshness=freshness if cached else None,
        watch=watch,
    )
    served = Served(
        server=server, reader=reader, port=port, cache=cache, freshness=freshness, watch=watch
    )
    loop.set_exception_handler(lambda _, context: served.complaints.append(repr(context)))
    try:
        yield served
    finally:
        server.close()
        await server.drain(0.05)
        loop.set_exception_handler(None)
    assert served.complaints == []
    assert watch is None or watch.inside == 0
