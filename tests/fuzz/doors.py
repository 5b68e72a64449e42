"""Both doors over one store, each client a pair of sockets, and an ear for complaints."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any, TypeVar
from unittest.mock import patch

import uvloop

from rdap import connection
from rdap.door import RdapDoor
from rdap.replies import Reply, answer_target
from rdap.search.offers import Offers
from rdap.shell import serve_rdap
from rdds.serving.proxy_gate import ProxyGate
from store.read_door import ReadDoor
from store.sql.sources import open_source
from tests.fuzz.filled_store import POLICY
from whois43.answering import Answering
from whois43.door import WhoisDoor
from whois43.shell import serve_whois

__all__ = ["LOOPS", "Doors", "open_doors"]

SECONDS = 10.0  # for one exchange: who takes longer hangs
LOOPBACK = "127.0.0.1"
TRUSTED = (ip_network("127.0.0.0/8"),)
DOOR = RdapDoor(public_url="https://rdap.nic.example/", searches=Offers.named(["all"]))
LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": uvloop.new_event_loop,
}

T = TypeVar("T")
Factory = Callable[..., asyncio.Protocol]


@dataclass
class OpenGate:
    """Keeps what makes a connection, so that a test can bring the client itself."""

    factory: Factory | None = None

    async def create_server(self, factory: Factory, /, **_: Any) -> OpenGate:
        self.factory = factory
        return self

    async def connect_accepted_socket(self, factory: Factory, client: Any, /, **_: Any) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing listens."""


class Complaints(logging.Handler):
    """Collects what is logged from a warning on: no input is worth one."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(f"{record.name}: {record.getMessage()}")


@dataclass
class Doors:
    """The doors of one store, asked by bytes."""

    loop: asyncio.AbstractEventLoop
    reader: ReadDoor
    complaints: Complaints
    rdap: OpenGate = field(default_factory=OpenGate)
    whois: OpenGate = field(default_factory=OpenGate)
    cursors: dict[str, str] = field(default_factory=dict)  # of real pages, by their search

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run *coroutine* to its end, which comes in time and without a complaint."""
        self.complaints.heard.clear()
        result = self.loop.run_until_complete(asyncio.wait_for(coroutine, SECONDS))
        assert self.complaints.heard == [], self.complaints.heard
        return result

    def answer_target(self, target: str) -> Reply:
        """Give RDAP's reply to the raw request target *target*."""
        return self.run(answer_target(target, reader=self.reader, door=DOOR))

    def answer_line(self, line: bytes) -> bytes:
        """Give the reply of port 43 to *line*."""
        return self.run(Answering(self.reader).reply(line)).finished.text

    def converse(self, gate: OpenGate, pieces: Sequence[bytes]) -> bytes:
        """Send *pieces* one by one through *gate*, then the end; give all that comes back."""
        assert gate.factory is not None
        return self.run(self._converse(gate.factory, pieces))

    async def _converse(self, factory: Factory, pieces: Sequence[bytes]) -> bytes:
        ours, theirs = socket.socketpair()
        theirs.setblocking(False)
        await self.loop.connect_accepted_socket(factory, theirs)
        return await _exchange(self.loop, ours, pieces)

    def converse_through_proxy(self, pieces: Sequence[bytes]) -> tuple[bytes, list[Any]]:
        """Send *pieces* to port 43 as a trusted proxy does; give the reply and who asked."""
        return self.run(self._through_proxy(pieces))

    async def _through_proxy(self, pieces: Sequence[bytes]) -> tuple[bytes, list[Any]]:
        made: list[Any] = []

        def factory(client: Any = None) -> asyncio.Protocol:
            assert self.whois.factory is not None
            made.append(client)
            return self.whois.factory(client) if client else self.whois.factory()

        gate = ProxyGate(TRUSTED, patience=SECONDS, most=1)
        with socket.create_server((LOOPBACK, 0)) as listening:
            ours = socket.create_connection(listening.getsockname())
            theirs, _ = listening.accept()
        theirs.setblocking(False)
        coming = self.loop.create_task(gate.connect_accepted_socket(factory, theirs))
        reply = await _exchange(self.loop, ours, pieces)
        await coming
        return reply, made


async def _exchange(
    loop: asyncio.AbstractEventLoop, ours: socket.socket, pieces: Sequence[bytes]
) -> bytes:
    """Send *pieces*, each seen by itself, and an end; give all that comes until the other's.

    Who goes on sending to a door that has closed gets a reset after the answer.
    """
    ours.setblocking(False)
    answer = loop.create_task(_read_all(loop, ours))
    with ours:
        with suppress(ConnectionError):
            for piece in pieces:
                await loop.sock_sendall(ours, piece)
                await _turns()
        with suppress(OSError):
            ours.shutdown(socket.SHUT_WR)
        received = await answer
    await _turns()
    return received


async def _read_all(loop: asyncio.AbstractEventLoop, ours: socket.socket) -> bytes:
    received = b""
    with suppress(ConnectionError):
        while chunk := await loop.sock_recv(ours, 65_536):
            received += chunk
    return received


async def _turns() -> None:
    """Let the other end of a socket see what was sent."""
    for _ in range(3):
        await asyncio.sleep(0)


@contextmanager
def open_doors(url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Doors]:
    """Open both doors over the store at *url*, on *loop*, which is closed in the end."""
    with patch.object(connection, "LINGER", 0.05):  # who stops within a body is waited for
        yield from _open_doors(url, loop)


def _open_doors(url: str, loop: asyncio.AbstractEventLoop) -> Iterator[Doors]:
    complaints = Complaints()
    logging.getLogger().addHandler(complaints)
    source = open_source(url)
    doors = Doors(loop, ReadDoor(source, POLICY), complaints)
    unused = [socket.socket(), socket.socket()]
    rdap = doors.run(serve_rdap(unused[:1], doors.reader, settings=DOOR, gate=doors.rdap))
    patient = WhoisDoor(patience=SECONDS)
    whois = doors.run(serve_whois(unused[1:], doors.reader, settings=patient, gate=doors.whois))
    try:
        yield doors
    finally:
        for server in (rdap, whois):
            server.close()
            doors.run(server.drain(1.0))
        loop.run_until_complete(source.close())
        loop.close()
        for each in unused:
            each.close()
        logging.getLogger().removeHandler(complaints)
