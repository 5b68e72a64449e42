"""Both doors behind a proxy that speaks the PROXY protocol, on real sockets and both loops."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest

from rdap.door import RdapDoor
from rdap.shell import serve_rdap
from rdds.serving.arrivals import SHARE
from rdds.serving.proxy_gate import ProxyGate
from rdds.serving.tls import Certificate
from store.queries import Answer, Query
from tests.certificates import a_certificate
from tests.published_values import a_domain, absent, found
from tests.rdap.doors import PUBLIC_URL, FakeReader, next_response, one_response
from tests.rdds.serving.test_proxy_protocol_preface import BROKEN, V4, V6, block
from whois43.door import WhoisDoor
from whois43.shell import serve_whois

_Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
ONE = asyncio.FIRST_COMPLETED
PROXY = ("127.0.0.9", 0)
LOOPBACK = (ip_network("127.0.0.0/8"),)
ELSEWHERE = (ip_network("192.0.2.0/24"),)
ASK = b"GET /rdap/domain/shop.example HTTP/1.1\r\nHost: x\r\n"
LAST = ASK + b"Connection: close\r\n\r\n"
LINE = b"PROXY TCP4 198.51.100.7 192.0.2.2 5000 43\r\n"
PREFACES = [
    (LINE, "198.51.100.7"),
    (b"PROXY TCP6 2001:db8::7 2001:db8::8 5000 43\r\n", "2001:db8::7"),
    (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
    (block(0x21, 0x11, V4), "192.0.2.1"),
    (block(0x21, 0x21, V6 + b"\x20\x00\x02ab"), "2001:db8::7"),
    (block(0x20, 0x00, b""), "127.0.0.1"),
]


@dataclass
class Behind:
    """A running door behind its gate, and the clients that its connections knew."""

    port: int
    server: Any
    gate: ProxyGate
    clients: list[str] = field(default_factory=list)

    async def send(self, *pieces: bytes, **tls: Any) -> bytes:
        """Send *pieces* one by one; give all that comes until the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, **tls)
        try:
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)  # one turn of the loop, no time
            return await asyncio.wait_for(reader.read(), 10)
        except ConnectionError:
            return b""  # a client that is cut off while it sends
        finally:
            writer.close()


def _answer(query: Query) -> Answer:
    return found(a_domain()) if getattr(query, "name", None) == "shop.example" else absent()


@asynccontextmanager
async def behind(
    door: str,
    *,
    trusted: Any = LOOPBACK,
    patience: float = 10.0,
    most: int = 100,
    context: ssl.SSLContext | None = None,
) -> AsyncIterator[Behind]:
    """Run the *door* ``rdap`` or ``whois`` behind a gate."""
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    gate = ProxyGate(trusted, patience=patience, most=most)
    reader = FakeReader(give=_answer)
    server: Any
    if door == "rdap":
        settings = RdapDoor(public_url=PUBLIC_URL)
        server = await serve_rdap([sock], reader, settings=settings, ssl_context=context, gate=gate)
    else:
        server = await serve_whois([sock], reader, settings=WhoisDoor(), gate=gate)
    running = Behind(port, server, gate)
    _remember_clients(running, reader)
    try:
        yield running
    finally:
        server.close()
        await gate.settle(1.0)
        await server.drain(0.2)


def _remember_clients(running: Behind, reader: FakeReader) -> None:
    """Note at each question whose connections are open."""
    give = reader.give
    server = running.server

    def noting(query: Any) -> Any:
        if hasattr(server, "_open"):
            running.clients.extend(str(each.client) for each in server._open)
        else:
            visits = (each._visit for each in server._desk.connections)
            running.clients.extend(str(visit.address) for visit in visits)
        return give(query)

    reader.give = noting


QUESTION = {"rdap": LAST, "whois": b"shop.example\r\n"}
ANSWER = {"rdap": b"HTTP/1.1 200 OK\r\n", "whois": b"Domain Name: SHOP.EXAMPLE\r\n"}


@pytest.mark.parametrize("door", ["rdap", "whois"])
@pytest.mark.parametrize(("preface", "client"), PREFACES)
async def test_a_trusted_proxy_names_the_client(door: str, preface: bytes, client: str) -> None:
    """Both versions; LOCAL and UNKNOWN leave the proxy's own address."""
    async with behind(door) as running:
        assert (await running.send(preface + QUESTION[door])).startswith(ANSWER[door])
        assert running.clients == [client]


@pytest.mark.parametrize("door", ["rdap", "whois"])
@pytest.mark.parametrize("preface", [LINE, block(0x21, 0x11, V4)])
async def test_a_preface_may_come_in_pieces(door: str, preface: bytes) -> None:
    """Octet by octet, with the question cut into the last piece."""
    async with behind(door) as running:
        pieces = [preface[at : at + 1] for at in range(len(preface) - 1)]
        last = preface[-1:] + QUESTION[door]
        assert (await running.send(*pieces, last)).startswith(ANSWER[door])
        assert len(running.clients) == 1


@pytest.mark.parametrize("door", ["rdap", "whois"])
@pytest.mark.parametrize("octets", [*BROKEN, b"", LAST, b"shop.example\r\n"])
async def test_a_trusted_proxy_without_its_preface_is_closed(door: str, octets: bytes) -> None:
    """No question of it is answered, and nothing is said."""
    async with behind(door) as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(octets)
        writer.write_eof()
        with suppress(ConnectionError):  # closed with octets unread: a reset
            assert await asyncio.wait_for(reader.read(), 10) == b""
        writer.close()
        assert running.clients == []


@pytest.mark.parametrize("door", ["rdap", "whois"])
@pytest.mark.parametrize("start", [b"", LINE[:-1], block(0x21, 0x11, V4)[:-1]])
async def test_a_preface_that_does_not_come_is_not_waited_for(door: str, start: bytes) -> None:
    """Patience ends it, though the proxy keeps the connection open."""
    async with behind(door, patience=0.1) as running:
        assert await running.send(start) == b""
        assert running.clients == []


async def test_others_are_served_as_themselves() -> None:
    """A peer outside of the networks needs no preface, and one that it sends is its question."""
    async with behind("rdap", trusted=ELSEWHERE) as running:
        assert (await running.send(LAST)).startswith(ANSWER["rdap"])
        assert running.clients == ["127.0.0.1"]
        assert one_response(await running.send(LINE + LAST)).status == 400
    async with behind("whois", trusted=ELSEWHERE) as running:
        assert (await running.send(b"shop.example\r\n")).startswith(ANSWER["whois"])
        assert ANSWER["whois"] not in await running.send(LINE + b"shop.example\r\n")
        assert set(running.clients) == {"127.0.0.1"}


async def test_keep_alive_and_pipelining_go_on_after_a_preface() -> None:
    """The preface is the connection's, not the request's."""
    async with behind("rdap") as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(LINE + (ASK + b"\r\n") * 2)
        assert [(await next_response(reader)).status for _ in range(2)] == [200, 200]
        writer.write(LAST)
        assert (await next_response(reader)).status == 200
        writer.close()
        assert running.clients == ["198.51.100.7"] * 3


async def test_more_clients_under_way_than_may_be_are_cut_off() -> None:
    """Who keeps a preface back holds a place, and there are only so many."""
    async with behind("whois", most=1) as running:
        held = [await asyncio.open_connection("127.0.0.1", running.port) for _ in range(3)]
        ended = [asyncio.create_task(reader.read()) for reader, _ in held]
        done, _ = await asyncio.wait(ended, timeout=10, return_when=asyncio.FIRST_COMPLETED)
        assert {task.result() for task in done} == {b""}
        for _, writer in held:
            writer.close()
        await asyncio.wait(ended, timeout=10)


async def _silent(port: int, clients: int, preface: bytes = b"") -> list[_Streams]:
    """Connect *clients* from 127.0.0.1 that say no more than *preface*."""
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(clients)]
    for _, writer in held:
        writer.write(preface)
    return held


async def _cut_off(held: list[_Streams], least: int) -> None:
    """Wait until *least* of *held* were cut off."""
    ended = [asyncio.create_task(reader.read()) for reader, _ in held]
    async with asyncio.timeout(10):
        while sum(task.done() for task in ended) < least:
            await asyncio.wait([task for task in ended if not task.done()], return_when=ONE)
    for task in ended:
        task.cancel()
    await asyncio.wait(ended)


async def test_one_address_with_silent_connections_shuts_nobody_out(
    certificate: Certificate,
) -> None:
    """It has a share of the places of a TLS door; others, and it itself, still get in."""
    async with behind("rdap", trusted=(), most=32, context=certificate.context) as running:
        held = await _silent(running.port, 205)
        await _cut_off(held, 205 - 32 // SHARE)
        assert len(running.gate._others) == 32 // SHARE
        for source in ("127.0.0.1", "127.0.0.2"):
            answer = await running.send(LAST, ssl=outside(), local_addr=(source, 0))
            assert one_response(answer).status == 200
        for _, writer in held:
            writer.close()


async def test_one_client_of_a_proxy_with_silent_connections_has_its_share_alone(
    certificate: Certificate,
) -> None:
    """Behind a trusted proxy the client that its preface names counts."""
    async with behind("rdap", most=32, context=certificate.context) as running:
        held = await _silent(running.port, 30, LINE)
        await _cut_off(held, 30 - 32 // SHARE)
        assert len(running.gate._proxied) == 32 // SHARE
        other = LINE.replace(b".7 ", b".8 ")
        answer = await _tls_through(other, running.port, LAST, at_once=False)
        assert one_response(answer).status == 200
        for _, writer in held:
            writer.close()


async def test_full_gate_cuts_off_the_oldest_and_no_proxy_for_others(
    certificate: Certificate,
) -> None:
    """A crowd of many addresses costs whoever waits longest its place, and no proxy its own."""
    trusted = (ip_network("127.0.0.9"),)
    async with behind("rdap", trusted=trusted, most=3, context=certificate.context) as running:
        proxy = await asyncio.open_connection("127.0.0.1", running.port, local_addr=PROXY)
        held = [
            await asyncio.open_connection("127.0.0.1", running.port, local_addr=(source, 0))
            for source in ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")
        ]
        assert await asyncio.wait_for(held[0][0].read(), 10) == b""
        assert [len(running.gate._proxied), len(running.gate._others)] == [1, 3]
        for _, writer in (*held, proxy):
            writer.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """A certificate of one's own."""
    return Certificate(*a_certificate(tmp_path_factory.mktemp("tls")))


def outside() -> ssl.SSLContext:
    """Trust any certificate: the handshake is what counts here."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


async def _tls_through(preface: bytes, port: int, question: bytes, *, at_once: bool) -> bytes:
    """Send *preface*, then a handshake, in one segment if *at_once*; ask; read to the end."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    session = outside().wrap_bio(incoming, outgoing, server_hostname="rdap.test")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    if not at_once:
        writer.write(preface)
        await writer.drain()
        preface = b""
    answer = b""
    asked = False
    while True:
        try:
            if not asked:
                session.do_handshake()
                session.write(question)
                asked = True
            octets = session.read(65536)
            if not octets:
                break
            answer += octets
        except ssl.SSLWantReadError:
            writer.write(preface + outgoing.read())
            preface = b""
            octets = await asyncio.wait_for(reader.read(65536), 10)
            if not octets:
                break
            incoming.write(octets)
    writer.close()
    return answer


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(("preface", "client"), PREFACES)
async def test_tls_begins_after_the_preface(
    certificate: Certificate, preface: bytes, client: str, at_once: bool
) -> None:
    """Not an octet of the handshake is lost, in the preface's own segment or later."""
    async with behind("rdap", context=certificate.context) as running:
        answer = await _tls_through(preface, running.port, LAST, at_once=at_once)
        assert one_response(answer).status == 200
        assert running.clients == [client]


async def test_tls_without_a_preface_or_without_a_handshake_ends(
    certificate: Certificate,
) -> None:
    """A trusted proxy owes both; others owe the handshake alone; faults stay with the client."""
    async with behind("rdap", context=certificate.context) as running:
        assert await running.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03") == b""
        refused = await running.send(LINE + LAST)
        assert ANSWER["rdap"] not in refused
        assert running.clients == []
    async with behind("rdap", trusted=ELSEWHERE, context=certificate.context) as running:
        answer = await running.send(LAST, ssl=outside())
        assert one_response(answer).status == 200


async def test_clients_queued_at_the_close_have_their_preface_read() -> None:
    """Whoever the kernel has taken in is answered, with the address that its proxy names."""
    async with behind("rdap") as running:
        queued = socket.create_connection(("127.0.0.1", running.port))
        queued.sendall(LINE + LAST)
        running.server.close()
        drained = asyncio.create_task(running.server.drain(5.0))
        queued.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=queued)
        assert one_response(await asyncio.wait_for(reader.read(), 10)).status == 200
        writer.close()
        await asyncio.wait_for(drained, 10)
        assert running.clients == ["198.51.100.7"]


async def test_a_client_whose_preface_is_on_its_way_at_the_close_is_answered() -> None:
    """`settle` waits until the door has it; nobody else is let in."""
    async with behind("rdap") as running:
        reader, writer = await asyncio.open_connection("127.0.0.1", running.port)
        writer.write(LINE[:-1])
        async with asyncio.timeout(10):
            while not len(running.gate._proxied):  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0)
        running.server.close()
        settled = asyncio.create_task(running.gate.settle(10.0))
        writer.write(LINE[-1:] + LAST)
        assert one_response(await asyncio.wait_for(reader.read(), 10)).status == 200
        await asyncio.wait_for(settled, 10)
        writer.close()
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", running.port)


async def test_a_gate_without_descriptors_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine at its limit drops no listener and spins on none."""
    monkeypatch.setattr("rdds.serving.proxy_gate.PAUSE", 0.01)
    async with behind("whois") as running:
        listener = running.server._listeners[0][0]
        real, tries = listener._sock, []

        class Full:
            """A listening socket that fails once."""

            def __getattr__(self, name: str) -> Any:
                return getattr(real, name)

            def accept(self) -> Any:
                tries.append(1)
                if len(tries) == 1:
                    raise OSError(24, "Too many open files")
                return real.accept()

        listener._sock = Full()
        assert (await running.send(LINE + b"shop.example\r\n")).startswith(ANSWER["whois"])
        assert len(tries) > 1
