"""A reader without a store, and a client of port 43 that counts nothing for itself."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from store.published import PublishedRegistrar
from store.queries import Answer, FindRegistrar, Query
from tests.published_values import a_domain, absent, found
from whois43.shell import WhoisServer, serve_whois

__all__ = ["FakeReader", "Served", "listening_socket", "serving"]


class FakeReader:
    """Answers ``shop.example`` with a domain and all else with nothing; keeps the questions."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.answers: Callable[[Query], Answer] = self.known
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


@dataclass(kw_only=True)
class Served:
    """A running server, its reader and its port."""

    server: WhoisServer
    reader: FakeReader
    port: int
    complaints: list[str] = field(default_factory=list)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Open a connection."""
        return await asyncio.open_connection("127.0.0.1", self.port)

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
    *, patience: float = 10.0, most_connections: int = 500, finish: float = 10.0
) -> AsyncIterator[Served]:
    """Run a server; fail if anything of it ended in an unhandled exception."""
    loop = asyncio.get_running_loop()
    reader = FakeReader()
    listening = listening_socket()
    port = listening.getsockname()[1]
    server = await serve_whois(
        [listening], reader, patience=patience, most_connections=most_connections, finish=finish
    )
    served = Served(server=server, reader=reader, port=port)
    loop.set_exception_handler(lambda _, context: served.complaints.append(repr(context)))
    try:
        yield served
    finally:
        server.close()
        await server.drain(0.05)
        loop.set_exception_handler(None)
    assert served.complaints == []
