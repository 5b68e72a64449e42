"""Clients that break HTTP's rules, stall or stay: an RDAP error, and nothing in the log."""

from __future__ import annotations

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rdap import shell
from rdap.connection import MOST_HEAD
from rdap.door import RdapDoor
from rdap.shell import serve_rdap
from store.queries import FindDomain, FindHelp
from tests.rdap.doors import PUBLIC_URL, Door, FakeReader, a_door, next_response, one_response

ASK = b"GET /rdap/help HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def quiet_log(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No record of a warning or worse, none with an exception."""
    caplog.set_level(logging.DEBUG)
    yield
    loud = [r for r in caplog.records if r.levelno >= logging.WARNING or r.exc_info]
    assert loud == []


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"\r\n\r\n\r\nHELLO\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400),
        (b"\x00" * 64, 400),
        (b"GET /rdap/help\xff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 400),
        (b"G\xc3\xa9T /rdap/help HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /rdap/help HTTP/\xff.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /rdap/help\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET rdap/help HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET http://[/help HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET /rdap/help HTTP/1.1\r\n\r\n", 400),
        (b"GET /rdap/help HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nA b: c\r\n\r\n", 400),
        (b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nA: \x00\r\n\r\n", 400),
        (b"GET /rdap/help HTTP/1.1\nHost: x\n\n", 400),
        (b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (
            (
                b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n"
                b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            ),
            400,
        ),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 405),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"PRI * HTTP/1.0\r\n\r\nSM", 400),
        (b"\r\nPRI * HTTP/2.0\r\n\r\n", 400),
        (b"GET /rdap/help HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET /rdap/help\r\n\r\n", 505),
        (b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 9_000 + b"\r\n\r\n", 431),
        (b"GET /rdap/help HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 65 + b"\r\n", 431),
        (b"GET /rdap/help HTTP/1.1\r\nHost: x\r\n" + b"A: " + b"a" * 200_000, 431),
    ],
)
async def test_a_broken_request_gets_an_rdap_error(
    door: Door, request_bytes: bytes, status: int
) -> None:
    """conformance.md 1.3.4, 1.12.1: no plain text, no silence, and the connection ends."""
    raw = await door.send(request_bytes)
    response = one_response(raw)
    assert response.status == status
    assert raw.startswith(b"HTTP/1.1 ")  # RFC 9110 §2.5, whatever the client spoke
    assert response.headers["connection"] == "close"
    assert response.headers["content-type"] == "application/rdap+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["content-length"] == str(len(response.body))
    assert response.document["errorCode"] == status
    assert door.reader.asked == []


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"HEAD /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"HEAD /rdap/help\x00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"HEAD /rdap/help HTTP/1.1\r\nHost: x\r\nA: " + b"a" * 9_000 + b"\r\n\r\n", 431),
        (b"HEAD /rdap/help HTTP/1.1\r\n\r\n", 400),
        (b"\r\nHEAD /rdap/help HTTP/1.1\r\n\r\n", 400),
    ],
)
@pytest.mark.parametrize("cut", [1, 3, 700, 10**6])
async def test_a_broken_head_request_gets_no_body(
    door: Door, request_bytes: bytes, status: int, cut: int
) -> None:
    """conformance.md 1.1.3: the headers of GET's error and nothing after them, however cut."""
    reader, writer = await door.connect()
    for at in range(0, len(request_bytes), cut):
        writer.write(request_bytes[at : at + cut])
        await writer.drain()
    response = one_response(await asyncio.wait_for(reader.read(), 10))
    writer.close()
    assert (response.status, response.body) == (status, b"")
    of_get = one_response(await door.send(request_bytes.replace(b"HEAD", b"GET", 1)))
    assert response.headers["content-length"] == of_get.headers["content-length"]


async def test_a_broken_request_leaves_the_ones_before_it(door: Door) -> None:
    """Pipelined in one segment: each gets its own answer, with or without a body."""
    raw = await door.send(ASK + b"HEAD /rdap/help HTTP/1.1\r\n\r\n")
    assert raw.count(b"HTTP/1.1 200 OK\r\n") == 1
    assert raw.count(b" 400 Bad Request\r\n") == 1
    assert raw.endswith(b"\r\n\r\n")
    raw = await door.send(ASK.replace(b"GET", b"HEAD") + b"GET /rdap/help HTTP/1.1\r\n\r\n")
    assert raw.count(b'"errorCode":400') == 1


async def test_a_broken_request_byte_by_byte_gets_the_same_error(door: Door) -> None:
    """Where the segments are cut changes nothing."""
    reader, writer = await door.connect()
    for byte in b"GET rdap HTTP/1.1\r\n":
        writer.write(bytes([byte]))
        await writer.drain()
    assert one_response(await asyncio.wait_for(reader.read(), 10)).status == 400
    writer.close()


async def test_a_head_in_many_small_fields_has_a_limit(door: Door) -> None:
    """Bytes of a head are counted, however they are cut into fields."""
    field = b"A: " + b"a" * 7_000 + b"\r\n"
    head = b"GET /rdap/help HTTP/1.1\r\nHost: x\r\n" + field * (MOST_HEAD // len(field) + 9)
    assert one_response(await door.send(head)).status == 431


async def test_a_refused_client_may_finish_sending(door: Door) -> None:
    """RFC 9112 §9.6: what a client still sends doesn't reset the answer away."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", door.port))
        await loop.sock_sendall(client, b"GET /" + b"a" * 20_000)
        first = await asyncio.wait_for(loop.sock_recv(client, 1), 5)  # the answer is there
        for _ in range(20):
            await loop.sock_sendall(client, b"a" * 5_000)
        client.shutdown(socket.SHUT_WR)
        raw = first
        while part := await asyncio.wait_for(loop.sock_recv(client, 65_536), 5):
            raw += part
    assert one_response(raw).status == 414


async def test_a_body_that_breaks_after_its_answer_is_dropped(door: Door) -> None:
    """A chunk that can't be read ends the connection and raises nothing."""
    reader, writer = await door.connect()
    head = b"POST /rdap/help HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(head + b"3\r\nabc\r\n")
    raw = await asyncio.wait_for(reader.readuntil(b"}"), 5)
    writer.write(b"no size\r\n")
    assert await asyncio.wait_for(reader.read(), 5) == b""
    assert one_response(raw).status == 405
    writer.close()


async def test_pipelined_questions_are_answered_in_order(door: Door) -> None:
    """RFC 9112 §9.3.2."""
    domain = ASK.replace(b"help", b"domain/shop.example")
    raw = await door.send(ASK + domain + ASK.replace(b"help", b"none") + LAST)
    assert [line[:12] for line in raw.split(b"HTTP/1.1")[1:]] == [
        b" 200 OK\r\nCon",
        b" 200 OK\r\nCon",
        b" 404 Not Fou",
        b" 200 OK\r\nCon",
    ]
    assert door.reader.asked == [FindHelp(), FindDomain(name="shop.example"), FindHelp()]


async def test_hundreds_of_pipelined_questions_are_all_answered(door: Door) -> None:
    """The parser's queue is bounded; reading goes on as it empties."""
    raw = await door.send(ASK * 300 + LAST)
    assert raw.count(b"HTTP/1.1 200 OK\r\n") == 301


async def test_hundreds_of_pipelined_questions_with_bodies_are_all_answered(door: Door) -> None:
    """The same where the parser alone knows where a question ends."""
    asked = b"GET /rdap/help HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
    raw = await door.send(asked * 300 + LAST)
    assert raw.count(b"HTTP/1.1 200 OK\r\n") == 301


@pytest.mark.parametrize("count", [1, 3])
async def test_a_half_closed_client_gets_its_answers(door: Door, count: int) -> None:
    """A client that has said all it has to say still listens."""
    raw = await door.send(ASK * count, half_close=True)
    assert raw.count(b"HTTP/1.1 200 OK\r\n") == count


async def test_a_half_closed_client_waits_for_a_slow_store() -> None:
    """The way back stays open while the answer is being made."""
    reader = FakeReader(gate=asyncio.Event())
    async with a_door(reader) as door:
        sent = asyncio.create_task(door.send(ASK, half_close=True))
        await asyncio.wait_for(reader.reached.wait(), 5)
        assert reader.gate is not None
        reader.gate.set()
        assert one_response(await sent).status == 200


@pytest.mark.parametrize(
    "start", [b"", b"GET", b"GET /rdap/help HTTP/1.1\r\nHost: x\r\n", ASK + b"GET /rdap"]
)
async def test_a_client_that_stalls_is_closed(start: bytes) -> None:
    """Patience ends: before a request, inside one, and between two."""
    async with a_door(patience=0.2) as door:
        raw = await door.send(start)
        assert raw.count(b"HTTP/1.1") == (1 if start.startswith(ASK) else 0)


async def test_a_client_that_drips_is_closed() -> None:
    """The deadline is for the whole request: each byte doesn't begin a new one."""
    async with a_door(patience=0.3) as door:
        reader, writer = await door.connect()
        closed = asyncio.create_task(reader.read())
        for byte in b"GET /rdap/" + b"a" * 10_000:
            if closed.done():
                break
            writer.write(bytes([byte]))
            await asyncio.wait((closed,), timeout=0.02)
        assert closed.done()
        writer.close()


async def test_a_client_that_does_not_read_is_cut() -> None:
    """Answers nobody takes are held for the patience and not longer."""
    async with a_door(patience=0.3) as door:
        raw = socket.socket()
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        raw.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(raw, ("127.0.0.1", door.port))
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(loop.sock_sendall(raw, ASK * 500_000), 10)
        raw.close()


async def test_a_full_server_says_so() -> None:
    """Connections are counted; one too many gets 503 at once, and a place once one is free."""
    async with a_door(most_connections=2) as door:
        held = [await door.connect() for _ in range(2)]
        for reader, writer in held:
            writer.write(ASK)
            await reader.readuntil(b"\r\n\r\n")
        response = one_response(await door.send(b""))
        assert response.status == 503
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.document["errorCode"] == 503
        for _, writer in held:
            writer.close()
            await writer.wait_closed()
        async with asyncio.timeout(5):
            while one_response(await door.send(LAST)).status == 503:
                continue  # the server learns of the end of a connection in its own time


async def test_drain_finishes_what_is_in_hand() -> None:
    """After `close` nobody gets in, and the question in hand gets its answer."""
    reader = FakeReader(gate=asyncio.Event())
    async with a_door(reader) as door:
        idle_reader, idle_writer = await door.connect()
        sent = asyncio.create_task(door.send(ASK))
        await asyncio.wait_for(reader.reached.wait(), 5)
        door.server.close()
        with pytest.raises(ConnectionError):
            await door.connect()
        drained = asyncio.create_task(door.server.drain(5.0))
        assert await asyncio.wait_for(idle_reader.read(), 2) == b""
        assert not drained.done()
        assert reader.gate is not None
        reader.gate.set()
        assert one_response(await sent).status == 200
        await asyncio.wait_for(drained, 2)
        idle_writer.close()


async def test_drain_does_not_wait_for_an_idle_client(door: Door) -> None:
    """A connection kept for a next question is closed at once, whatever the budget."""
    reader, writer = await door.connect()
    writer.write(ASK)
    await next_response(reader)
    door.server.close()
    async with asyncio.timeout(0.8):  # less than the grace of a client that has asked nothing
        await door.server.drain(60)
        assert await reader.read() == b""
    writer.close()


async def test_drain_gives_a_request_on_its_way_a_grace() -> None:
    """A client that has connected and begun is answered once, and told that it ends."""
    async with a_door() as door:
        ended = []
        for request in (ASK, ASK + ASK):
            reader, writer = await door.connect()
            writer.write(request[:-5])
            ended.append((reader, writer, request[-5:]))
        await next_response(ended[1][0])
        door.server.close()
        drained = asyncio.create_task(door.server.drain(60))
        for reader, writer, rest in ended:
            writer.write(rest)
            raw = await asyncio.wait_for(reader.read(), 5)
            assert raw.count(b"HTTP/1.1 200 OK\r\n") == 1
            assert b"\r\nConnection: close\r\n" in raw
            writer.close()
        await asyncio.wait_for(drained, 5)


async def test_drain_ends_the_wait_for_a_client_that_asks_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The grace is short and one for all."""
    monkeypatch.setattr(shell, "GRACE", 0.05)
    async with a_door() as door:
        reader, writer = await door.connect()
        writer.write(b"GET /rdap")
        other = await door.connect()
        other[1].write(ASK)
        await next_response(other[0])  # by then the server has both
        door.server.close()
        async with asyncio.timeout(5):
            await door.server.drain(60)
            assert await reader.read() == b""
        writer.close()
        other[1].close()


async def test_clients_queued_at_the_close_are_answered(door: Door) -> None:
    """Whom the kernel has let in gets an answer, not a reset."""
    loop = asyncio.get_running_loop()
    clients = []
    for _ in range(5):  # within one turn of the loop: nobody accepts
        client = socket.create_connection(("127.0.0.1", door.port))
        client.sendall(ASK)
        client.setblocking(False)
        clients.append(client)
    door.server.close()
    drained = asyncio.create_task(door.server.drain(60))
    for client in clients:
        raw = b""
        while part := await asyncio.wait_for(loop.sock_recv(client, 65_536), 5):
            raw += part
        assert one_response(raw).status == 200
        client.close()
    await asyncio.wait_for(drained, 5)


async def test_drain_cuts_what_does_not_end() -> None:
    """The caller's patience bounds the drain."""
    reader = FakeReader(gate=asyncio.Event())
    async with a_door(reader) as door:
        sent = asyncio.create_task(door.send(ASK))
        await asyncio.wait_for(reader.reached.wait(), 5)
        await asyncio.wait_for(door.server.drain(0.1), 2)
        assert await sent == b""


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this run with its key in one file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


async def test_tls_serves_the_same_answers(certificate: Path) -> None:
    """A door with a certificate speaks HTTPS, errors and half-finished handshakes included."""
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    inside.load_cert_chain(certificate)
    outside = ssl.create_default_context()
    outside.check_hostname, outside.verify_mode = False, ssl.CERT_NONE
    sock = socket.create_server(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    door = RdapDoor(public_url=PUBLIC_URL, patience=0.5)
    server = await serve_rdap([sock], FakeReader(), settings=door, ssl_context=inside)
    for request, status in ((LAST, 200), (b"HELLO\r\n\r\n", 400)):
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=outside)
        writer.write(request)
        assert one_response(await asyncio.wait_for(reader.read(), 10)).status == status
        writer.close()
    plain_reader, plain_writer = await asyncio.open_connection("127.0.0.1", port)
    plain_writer.write(ASK)
    assert await asyncio.wait_for(plain_reader.read(), 10) in (b"", b"\x15\x03\x01\x00\x02\x02\x46")
    plain_writer.close()
    queued = socket.create_connection(("127.0.0.1", port))  # nobody accepts before the close
    server.close()
    drained = asyncio.create_task(server.drain(5.0))
    queued.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=queued, ssl=outside, server_hostname="x")
    writer.write(ASK)
    assert one_response(await asyncio.wait_for(reader.read(), 10)).status == 200
    writer.close()
    await asyncio.wait_for(drained, 5)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.builds(
            b"%b %b HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n".__mod__,
            st.tuples(
                st.sampled_from([b"GET", b"HEAD", b"POST", b"OPTIONS"]) | st.binary(max_size=8),
                st.binary(max_size=40).map(lambda tail: b"/rdap/domain/" + tail),
                st.binary(max_size=40),
            ),
        ),
    )
)
def test_any_bytes_get_rdap_or_silence(request_bytes: bytes) -> None:
    """Whatever arrives, what goes back is HTTP with an RDAP body, or nothing at all."""

    async def exchange() -> bytes:
        async with a_door(patience=1.0) as door:
            try:
                return await door.send(request_bytes, half_close=True)
            except ConnectionError:
                return b""

    raw = asyncio.run(exchange())
    if raw:
        assert raw.startswith(b"HTTP/1.")
        assert b"content-type: application/rdap+json\r\n" in raw.lower()
