"""Port 43 byte by byte, through real sockets."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import struct
from typing import cast

import pytest

from store.errors import Code, StoreUnavailableError
from store.published import PublishedRegistrar
from store.queries import Answer, FindName, Query
from tests.published_values import a_domain, a_help, a_host, absent, found, notices
from tests.whois43.fakes import FakeReader, Served, listening_socket, serving
from whois43 import shell
from whois43.connection import MOST_OCTETS, Connection
from whois43.desk import Desk
from whois43.door import WhoisDoor
from whois43.lingering import MOST_UNREAD
from whois43.render import BUSY, TOO_LONG, UNAVAILABLE, answer_bytes
from whois43.shell import serve_whois

SHOP = answer_bytes(found(a_domain()))
NO_REGISTRAR = answer_bytes(absent(asked=PublishedRegistrar, name=None))


def reset(writer: asyncio.StreamWriter) -> None:
    """End the connection with a reset."""
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\r\nother.example\r\n"])
async def test_line_in_any_form_is_answered_once(end: bytes) -> None:
    """CR LF, LF and CR end a line; a second line is passed over (6.1.1, 6.1.5)."""
    async with serving() as served:
        assert await served.ask(b"shop.example" + end) == SHOP
        assert served.reader.asked == [FindName(name="shop.example", text="shop.example")]


async def test_line_without_an_end_is_answered_at_a_half_close() -> None:
    """The end of the stream ends the line too (6.1.2)."""
    async with serving() as served:
        assert await served.ask(b"shop.example", half_close=True) == SHOP
        assert await served.ask(b"shop.example\r\n", half_close=True) == SHOP
        assert len(served.reader.asked) == 2


async def test_split_line_is_put_together() -> None:
    """A question may come octet by octet, also within a character of several octets."""
    async with serving() as served:
        line = "domain bücher.example\r\n".encode()
        reply = await served.ask(*(line[i : i + 1] for i in range(len(line))))
        assert reply.startswith(b'No match for "XN--BCHER-KVA.EXAMPLE".\r\n')
        assert await served.ask(b"shop.exam", b"ple\r", b"\n") == SHOP


@pytest.mark.parametrize("line", [b"\r\n", b"help\r\n", b" ?\r\n"])
async def test_empty_line_asks_for_help(line: bytes) -> None:
    """What the reader says about itself answers an empty line (6.1.11)."""
    async with serving() as served:
        await served.ask(line)
        assert [type(query).__name__ for query in served.reader.asked] == ["FindHelp"]


async def test_help_says_what_the_door_was_told_of_limits() -> None:
    """Made or kept, it is the same answer (6.1.11)."""
    async with serving(limits=("Three questions.",), cached=True) as served:
        served.reader.answers = lambda _query: found(a_help())
        for _ in range(2):
            assert b"\r\nLimits:\r\n  Three questions.\r\n" in await served.ask(b"help\r\n")


async def test_client_that_asks_nothing_gets_nothing() -> None:
    """A port probe is closed without a word."""
    async with serving() as served:
        assert await served.ask(half_close=True) == b""
        assert served.reader.asked == []


@pytest.mark.parametrize("line", [b"\xff\xfe\r\n", b"B\xfccher Ltd\r\n", b"a\x00b\r\n"])
async def test_foreign_bytes_get_an_error_line(line: bytes) -> None:
    """No byte raises, and what is neither UTF-8 nor a name asks nothing (6.1.8)."""
    async with serving() as served:
        assert (await served.ask(line)).startswith(b"Error: ")
        assert served.reader.asked == []


async def test_answer_has_the_character_set_that_was_asked_for() -> None:
    """The flag holds for the answer too, with `?` for what the set lacks (6.1.8)."""
    text = SHOP.decode()
    assert "Kōwhai" in text
    async with serving() as served:
        for charset in ("ISO-8859-1", "US-ASCII"):
            reply = await served.ask(f"-C {charset} shop.example\r\n".encode())
            assert reply == text.encode(charset, "replace")
            assert b"Registrant Street: 1 K?whai Street\r\n" in reply
        assert await served.ask(b"-C UTF-8 shop.example\r\n") == SHOP


async def test_name_in_latin_1_is_answered_in_utf_8() -> None:
    """A client that names no set may write in Latin-1 and gets the usual answer (6.1.8)."""
    async with serving() as served:
        reply = await served.ask(b"domain b\xfccher.example\r\n")
        assert reply.startswith(b'No match for "XN--BCHER-KVA.EXAMPLE".\r\n')


async def test_question_of_512_octets_is_read() -> None:
    """The limit itself is within it (6.1.6)."""
    async with serving() as served:
        line = b"registrar ".ljust(MOST_OCTETS, b"x")
        assert await served.ask(line + b"\r\n") == NO_REGISTRAR
        assert await served.ask(line, b"\r\n") == NO_REGISTRAR
        assert len(served.reader.asked) == 2


@pytest.mark.parametrize("octets", [MOST_OCTETS + 1, 4096, MOST_UNREAD])
@pytest.mark.parametrize("end", [b"", b"\r\n"])
async def test_longer_question_gets_an_error_line(octets: int, end: bytes) -> None:
    """A line beyond the limit is refused as soon as that is clear, and read out (6.1.6)."""
    async with serving() as served:
        assert await served.ask(b"x" * octets, end) == TOO_LONG
        assert served.reader.asked == []


async def test_endless_question_is_cut_off() -> None:
    """What is read after a refusal is bounded."""
    async with serving() as served:
        _, writer = await served.connect()
        writer.write(b"x" * 500 * MOST_UNREAD)
        with pytest.raises(ConnectionError):
            await asyncio.wait_for(writer.drain(), 5)
        writer.close()


async def test_silent_client_is_closed_when_patience_ends() -> None:
    """Nothing received in time: close (6.1.7)."""
    async with serving(patience=0.05) as served:
        assert await served.ask() == b""


async def test_slow_client_has_one_deadline_for_the_whole_line() -> None:
    """A client that sends octet by octet gains no time by it (6.1.7)."""
    async with serving(patience=0.1) as served:
        reader, writer = await served.connect()
        for _ in range(MOST_OCTETS):
            writer.write(b"x")
            try:
                assert await asyncio.wait_for(reader.read(), 0.02) == b""
                break
            except TimeoutError:
                continue
        else:
            pytest.fail("the server was still waiting")
        writer.close()
        assert served.reader.asked == []


async def test_later_clients_keep_their_own_patience() -> None:
    """The timer that all share goes on from one deadline to the next."""
    async with serving(patience=0.05) as served:
        for _ in range(3):
            assert await served.ask() == b""
        assert await served.ask(b"shop.example\r\n") == SHOP


async def test_reply_ends_with_fin_though_the_client_goes_on() -> None:
    """What is sent after the question is drained, so no reset overtakes the reply (6.1.4)."""
    async with serving() as served:
        reader, writer = await served.connect()
        writer.write(b"shop.example\r\nsecond line")
        assert await reader.read() == SHOP
        for _ in range(20):  # a reset would be raised by one of these
            writer.write(b"and more\r\n")
            await writer.drain()
        assert await reader.read() == b""
        connection: socket.socket = writer.get_extra_info("socket")
        assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
        writer.close()
        await writer.wait_closed()


async def test_client_that_stays_after_its_reply_is_closed() -> None:
    """A connection ends in bounded time, whatever the client does."""
    async with serving(finish=0.05) as served:
        reader, writer = await served.connect()
        writer.write(b"shop.example\r\n")
        assert await reader.read() == SHOP
        await asyncio.wait_for(emptied(served), 5)
        writer.close()


async def emptied(served: Served) -> None:
    """Wait until the server has no connection."""
    await served.server._desk.empty.wait()


def a_big_answer(_: Query) -> Answer:
    """Give the longest answer there is: some hundred kilobytes."""
    zone = notices(terms=("word " * 2000,) * 400)
    return found((a_host(),) * 1000, notices=zone)


@pytest.mark.parametrize("half_close", [False, True])
async def test_big_answer_reaches_a_slow_reader_whole(half_close: bool) -> None:
    """An answer larger than the socket's buffers is flushed before the close."""
    async with serving() as served:
        served.reader.answers = a_big_answer
        expected = answer_bytes(a_big_answer(FindName(name=None, text="x")))
        reader, writer = await served.connect()
        writer.write(b"x\r\n")
        if half_close:
            writer.write_eof()
        received = bytearray()
        while part := await reader.read(8192):
            received += part
            await asyncio.sleep(0)  # one turn of the loop, no time
        assert bytes(received) == expected
        writer.close()


async def test_reader_that_never_reads_is_cut_off() -> None:
    """A big answer that nobody takes is held for a bounded time only."""
    async with serving(finish=0.1) as served:
        served.reader.answers = a_big_answer
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", served.port))
        await asyncio.get_running_loop().sock_sendall(connection, b"x\r\n")
        await asyncio.wait_for(served.reader.started.wait(), 5)
        await asyncio.wait_for(emptied(served), 5)
        connection.close()


async def test_reader_that_suspends_is_waited_for() -> None:
    """An answer that has to wait comes later, and others are served meanwhile."""
    async with serving() as served:
        served.reader.wait = asyncio.Event()
        first = asyncio.create_task(served.ask(b"shop.example\r\n"))
        await served.reader.started.wait()
        gate, served.reader.wait = served.reader.wait, None
        assert await served.ask(b"shop.example\r\n") == SHOP
        assert not first.done()
        gate.set()
        assert await first == SHOP


async def test_client_that_ended_its_stream_still_gets_an_answer_that_waits() -> None:
    """A half-close does not end the connection before its reply."""
    async with serving() as served:
        served.reader.wait = asyncio.Event()
        asked = asyncio.create_task(served.ask(b"shop.example\r\n", half_close=True))
        await served.reader.started.wait()
        second, writer = await served.connect()  # a turn in which the end is seen
        writer.write_eof()
        assert await second.read() == b""
        writer.close()
        served.reader.wait.set()
        assert await asked == SHOP


async def test_question_of_a_client_that_left_is_given_up() -> None:
    """Nobody goes on looking for an answer that nobody waits for."""
    async with serving() as served:
        served.reader.wait = asyncio.Event()
        _, writer = await served.connect()
        writer.write(b"shop.example\r\n")
        await served.reader.started.wait()
        reset(writer)
        await asyncio.wait_for(served.reader.given_up.wait(), 5)


class VanishedTransport:
    """A transport whose client has reset the connection, unseen as yet."""

    aborted = False

    def get_extra_info(self, name: str) -> None:
        """Know nothing of the client."""

    def write(self, text: bytes) -> None:
        """Take the reply."""

    def write_eof(self) -> None:
        """Fail as ``shutdown`` does then."""
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

    def abort(self) -> None:
        """Close."""
        self.aborted = True


async def test_reset_that_is_noticed_at_the_end_of_the_reply_is_no_failure() -> None:
    """Shutting down a connection that is gone closes it and raises nothing."""
    loop = asyncio.get_running_loop()
    desk = Desk(loop, FakeReader(), WhoisDoor(most_connections=1))
    connection, transport = Connection(desk), VanishedTransport()
    connection.connection_made(cast("asyncio.Transport", transport))
    connection.data_received(b"shop.example\r\n")
    assert transport.aborted
    connection.connection_lost(None)
    assert desk.empty.is_set()


async def test_answer_that_takes_too_long_reads_as_unavailable(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A reader that hangs is given up; the client is told to come again."""
    async with serving(finish=0.05) as served:
        served.reader.wait = asyncio.Event()
        assert await served.ask(b"shop.example\r\n") == UNAVAILABLE
    assert [record.getMessage() for record in caplog.records] == [
        "A question took too long to answer."
    ]


async def test_client_that_leaves_is_not_answered_nor_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A disconnect is no event, at whatever point it comes."""
    caplog.set_level(logging.INFO)
    async with serving() as served:
        served.reader.wait = asyncio.Event()
        for line in (b"", b"shop.exam", b"shop.example\r\n"):
            _, writer = await served.connect()
            writer.write(line)
            await writer.drain()
            if line.endswith(b"\n"):
                await asyncio.wait_for(served.reader.started.wait(), 5)
            reset(writer)
        served.reader.wait = None
        for _ in range(20):
            _, writer = await served.connect()
            writer.write(b"shop.example\r\n")
            reset(writer)
        assert await served.ask(b"shop.example\r\n") == SHOP
        await asyncio.wait_for(emptied(served), 5)
    assert caplog.records == []


async def test_lost_store_reads_as_unavailable_and_comes_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Without its store the server never says that a name is free (6.8.5)."""

    def lost(_: Query) -> Answer:
        raise StoreUnavailableError("postgresql://secret", code=Code.STORE_BUSY)

    async with serving() as served:
        served.reader.answers = lost
        for _ in range(3):
            assert await served.ask(b"shop.example\r\n") == UNAVAILABLE
        served.reader.answers = served.reader.known
        assert await served.ask(b"shop.example\r\n") == SHOP
    assert [record.getMessage() for record in caplog.records] == [
        "The store gives no answers: STORE_BUSY",
        "The store answers again.",
    ]


@pytest.mark.parametrize("suspends", [False, True])
async def test_internal_failure_is_one_log_line_without_its_message(
    suspends: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names the kind and the place; a message could quote contact data."""

    def broken(_: Query) -> Answer:
        raise ValueError("Aroha Ngata")

    async with serving() as served:
        served.reader.answers = broken
        if suspends:
            served.reader.wait = asyncio.Event()
            asyncio.get_running_loop().call_soon(served.reader.wait.set)
        assert await served.ask(b"shop.example\r\n") == UNAVAILABLE
    (record,) = caplog.records
    assert "ValueError at whois43/test_shell.py:" in record.getMessage()
    assert "Aroha" not in caplog.text
    assert "shop" not in caplog.text


async def test_crowd_is_told_to_come_later() -> None:
    """Connections are bounded, and a place that gets free is given again."""
    async with serving(most_connections=2) as served:
        first, second = await served.idle(), await served.idle()
        assert await served.ask() == BUSY
        second[1].write_eof()
        assert await second[0].read() == answer_bytes(absent(name="x"))
        second[1].close()
        assert await served.ask(b"shop.example\r\n") == SHOP
        first[1].close()


async def test_stopped_server_finishes_what_is_in_hand() -> None:
    """After ``close`` nobody is let in; a question that was asked is answered."""
    async with serving() as served:
        served.reader.wait = asyncio.Event()
        asked = asyncio.create_task(served.ask(b"shop.example\r\n"))
        await served.reader.started.wait()
        served.server.close()
        drained = asyncio.create_task(served.server.drain(5))
        with pytest.raises(ConnectionError):
            await served.connect()
        served.reader.wait.set()
        assert await asked == SHOP
        await asyncio.wait_for(drained, 5)


async def test_drained_server_cuts_off_what_does_not_end() -> None:
    """Stopping takes no longer than it may."""
    async with serving() as served:
        served.reader.wait = asyncio.Event()
        asked = asyncio.create_task(served.ask(b"shop.example\r\n"))
        idle, writer = await served.idle()
        await served.reader.started.wait()
        served.server.close()
        await asyncio.wait_for(served.server.drain(0.1), 5)
        assert await idle.read() == b""
        assert (await asyncio.gather(asked, return_exceptions=True))[0] != SHOP
        writer.close()


async def test_stopped_server_closes_who_asks_nothing_and_goes_on_with_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An idle client holds up a stop for a grace only; a question in hand has all the time."""
    monkeypatch.setattr(shell, "GRACE", 0.05)
    async with serving() as served:
        served.reader.wait = asyncio.Event()
        idle, writer = await served.idle()
        asked = asyncio.create_task(served.ask(b"shop.example\r\n"))
        await served.reader.started.wait()
        served.server.close()
        drained = asyncio.create_task(served.server.drain(10))
        assert await asyncio.wait_for(idle.read(), 5) == b""
        assert not drained.done()
        served.reader.wait.set()
        assert await asked == SHOP
        await asyncio.wait_for(drained, 5)
        writer.close()


async def test_stopped_server_does_not_wait_for_a_client_that_has_its_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who stays after the answer holds up a stop for a grace only."""
    monkeypatch.setattr(shell, "GRACE", 0.05)
    async with serving(finish=60) as served:
        reader, writer = await served.connect()
        writer.write(b"shop.example\r\n")
        assert await reader.read() == SHOP
        served.server.close()
        async with asyncio.timeout(5):
            await served.server.drain(60)
        writer.close()


async def test_answer_that_comes_late_in_a_stop_ends_its_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The rest of the budget is for answers, not for clients that stay after theirs."""
    monkeypatch.setattr(shell, "GRACE", 0.05)
    async with serving(finish=60) as served:
        served.reader.wait = asyncio.Event()
        reader, writer = await served.connect()
        writer.write(b"shop.example\r\n")
        await served.reader.started.wait()
        idle, other = await served.idle()
        served.server.close()
        drained = asyncio.create_task(served.server.drain(60))
        assert await asyncio.wait_for(idle.read(), 5) == b""  # the grace is over
        served.reader.wait.set()
        assert await reader.read() == SHOP
        await asyncio.wait_for(drained, 5)
        writer.close()
        other.close()


async def test_stopped_server_sends_the_rest_of_a_big_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An answer that a slow reader hasn't taken yet goes out whole, and then the stop ends."""
    monkeypatch.setattr(shell, "GRACE", 0.05)
    async with serving(finish=60) as served:
        served.reader.answers = a_big_answer
        reader, writer = await served.connect()
        writer.write(b"x\r\n")
        await served.reader.started.wait()
        idle, other = await served.idle()
        served.server.close()
        drained = asyncio.create_task(served.server.drain(60))
        assert await asyncio.wait_for(idle.read(), 5) == b""  # the grace is over
        assert await reader.read() == answer_bytes(a_big_answer(FindName(name=None, text="x")))
        await asyncio.wait_for(drained, 5)
        writer.close()
        other.close()


async def test_clients_queued_at_the_close_are_answered() -> None:
    """Whom the kernel has let in gets an answer, not a reset."""
    loop = asyncio.get_running_loop()
    async with serving() as served:
        clients = []
        for _ in range(5):  # within one turn of the loop: nobody accepts
            client = socket.create_connection(("127.0.0.1", served.port))
            client.sendall(b"shop.example\r\n")
            client.setblocking(False)
            clients.append(client)
        served.server.close()
        drained = asyncio.create_task(served.server.drain(60))
        for client in clients:
            raw = b""
            while part := await asyncio.wait_for(loop.sock_recv(client, 65_536), 5):
                raw += part
            assert raw == SHOP
            client.close()
        await asyncio.wait_for(drained, 5)


async def test_socket_that_cannot_listen_closes_the_others() -> None:
    """A server starts on all its sockets or on none."""
    first = listening_socket()
    port = first.getsockname()[1]
    taken = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with pytest.raises((OSError, ValueError)):
        await serve_whois([first, taken], FakeReader(), settings=WhoisDoor())
    with pytest.raises(ConnectionError):
        await asyncio.open_connection("127.0.0.1", port)
    taken.close()


async def test_several_sockets_share_one_server() -> None:
    """Each listening address answers alike."""
    async with serving() as served:
        sockets = [listening_socket(), listening_socket()]
        ports = [listening.getsockname()[1] for listening in sockets]
        server = await serve_whois(sockets, served.reader, settings=WhoisDoor())
        for port in ports:
            other = Served(server=server, reader=served.reader, port=port)
            assert await other.ask(b"shop.example\r\n") == SHOP
        server.close()
        await server.drain(1)
