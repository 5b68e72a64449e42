"""The table of aliases on a socket: Postfix's socketmap, and what else may come there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdds.serving.aliases import AliasServer, serve_aliases
from rdds.serving.socketmap import MOST_BYTES, netstring, parse_request
from store.errors import Code, RegistryError, StoreUnavailableError

SECONDS = 20.0
KNOWN = "known@alias.example"


class Forwards:
    """A table with one alias, which can be away, hold a reply up, or break."""

    def __init__(self) -> None:
        self.error: Exception | None = None
        self.open = asyncio.Event()
        self.open.set()
        self.asked = asyncio.Event()

    async def find(self, address: str) -> str | None:
        self.asked.set()
        await self.open.wait()
        if self.error is not None:
            raise self.error
        return "holder@example.net" if address.lower() == KNOWN else None


class Client:
    """A connection to the table."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, text: str) -> str:
        """Send one request and read its reply."""
        self.writer.write(netstring(text))
        return await self.reply()

    async def reply(self) -> str:
        """Read one reply."""
        async with asyncio.timeout(SECONDS):
            length = await self.reader.readuntil(b":")
            payload = await self.reader.readexactly(int(length[:-1]))
            assert await self.reader.readexactly(1) == b","
        return payload.decode()

    async def end_of_one(self) -> bytes:
        """Read up to the end of a reply, or of the connection."""
        async with asyncio.timeout(SECONDS):
            try:
                return await self.reader.readuntil(b",")
            except (ConnectionResetError, asyncio.IncompleteReadError):
                return b""

    async def end(self) -> bytes:
        """Read until the other side ends the connection."""
        async with asyncio.timeout(SECONDS):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


class Table:
    """A running table."""

    def __init__(self, server: AliasServer, port: int, forwards: Forwards) -> None:
        self.server, self.port, self.forwards = server, port, forwards

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """Connect."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            yield Client(reader, writer)
        finally:
            writer.transport.abort()
            await asyncio.sleep(0)


@asynccontextmanager
async def running(
    *, idle: float = SECONDS, patience: float = SECONDS, most: int = 100
) -> AsyncIterator[Table]:
    """Serve a table on a free port."""
    listening = socket.create_server(("127.0.0.1", 0))
    listening.setblocking(False)
    forwards = Forwards()
    server = await serve_aliases(
        [listening], forwards, idle=idle, patience=patience, most_connections=most
    )
    try:
        yield Table(server, listening.getsockname()[1], forwards)
    finally:
        await server.drain(0)


async def test_one_connection_answers_many_requests() -> None:
    """socketmap_table(5): OK with the value, NOTFOUND for what isn't there."""
    async with running() as table, table.client() as client:
        for _ in range(3):
            assert await client.ask(f"alias {KNOWN}") == "OK holder@example.net"
            assert await client.ask("alias other@alias.example") == "NOTFOUND "


async def test_requests_sent_ahead_are_answered_in_their_order() -> None:
    """However the bytes arrive: all at once, or one by one."""
    requests = [netstring(f"alias {each}") for each in (KNOWN, "x@y.example", KNOWN)]
    wanted = ["OK holder@example.net", "NOTFOUND ", "OK holder@example.net"]
    async with running() as table, table.client() as client:
        client.writer.write(b"".join(requests))
        assert [await client.reply() for _ in wanted] == wanted
        for byte in b"".join(requests):
            client.writer.write(bytes([byte]))
            await client.writer.drain()
        assert [await client.reply() for _ in wanted] == wanted
        client.writer.write(b"".join(requests))
        client.writer.write_eof()
        assert await client.end() == b"".join(map(netstring, wanted))


async def test_unknown_table_and_no_request_are_permanent_errors() -> None:
    """A wrong line in the mail server's settings is not "no such alias"; the talk goes on."""
    async with running() as table, table.client() as client:
        for odd in (f"other {KNOWN}", "alias", "", f" {KNOWN}"):
            assert (await client.ask(odd)).startswith("PERM ")
        client.writer.write(b"3:\xff\xfe\xfd,")
        assert (await client.reply()).startswith("PERM ")
        assert (await client.ask("alias ")) == "NOTFOUND "


@pytest.mark.parametrize(
    "error",
    [StoreUnavailableError("gone"), RegistryError(Code.TIMED_OUT, "slow")],
)
async def test_store_that_is_away_is_a_temporary_error(error: Exception) -> None:
    """TEMP keeps the mail in the queue; nothing of the fault's text goes out."""
    async with running() as table, table.client() as client:
        table.forwards.error = error
        reply = await client.ask(f"alias {KNOWN}")
        assert reply.startswith("TEMP ")
        assert str(error) not in reply
        table.forwards.error = None
        assert await client.ask(f"alias {KNOWN}") == "OK holder@example.net"


async def test_fault_ends_the_connection_and_is_logged_without_its_text(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No reply is better than a wrong one; the address asked for is in no log."""
    async with running() as table, table.client() as client:
        table.forwards.error = ValueError(KNOWN)
        client.writer.write(netstring(f"alias {KNOWN}"))
        assert await client.end() == b""
        async with table.client() as second:
            table.forwards.error = None
            assert await second.ask(f"alias {KNOWN}") == "OK holder@example.net"
    assert "ValueError in find" in caplog.text
    assert KNOWN not in caplog.text


@pytest.mark.parametrize(
    "odd",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b":,",
        b"01:a,",
        b"-1:a,",
        b"5x:alias,",
        b"1000000000000:",
        b"100001:" + b"a" * 10,
        b"5:aliasX",
        b"\xff\xff",
        b"9999999",
    ],
)
async def test_what_is_no_netstring_ends_the_connection(odd: bytes) -> None:
    """Where the next request begins nobody knows; others are served on."""
    async with running() as table, table.client() as client:
        client.writer.write(odd)
        assert await client.end() == b""
        async with table.client() as second:
            assert await second.ask(f"alias {KNOWN}") == "OK holder@example.net"


async def test_longest_request_is_answered() -> None:
    """A request may have 100,000 bytes (socketmap_table(5))."""
    async with running() as table, table.client() as client:
        assert await client.ask("alias " + "a" * (MOST_BYTES - 6)) == "NOTFOUND "


async def test_request_that_does_not_arrive_is_given_up() -> None:
    """A client may keep silent for some time, and has less for a request it has begun."""
    async with running(patience=0.05) as table, table.client() as client:
        client.writer.write(b"20:alias ")
        assert await client.end() == b""
    async with running(idle=0.05) as table, table.client() as client:
        assert await client.end() == b""


async def test_connections_above_the_limit_are_refused() -> None:
    """The ones there are go on; a place that is left is given again."""
    async with running(most=1) as table:
        async with table.client() as first:
            assert await first.ask(f"alias {KNOWN}") == "OK holder@example.net"
            async with table.client() as second:
                assert await second.end() == b""
            assert await first.ask(f"alias {KNOWN}") == "OK holder@example.net"
            first.writer.write_eof()
            assert await first.end() == b""  # the server has let it go
        async with asyncio.timeout(SECONDS):
            while not await _is_served(table):
                pass


async def _is_served(table: Table) -> bool:
    async with table.client() as client:
        client.writer.write(netstring(f"alias {KNOWN}"))
        return await client.end_of_one() == b"21:OK holder@example.net,"


async def test_end_finishes_the_reply_in_hand() -> None:
    """Who has asked is answered; who asks nothing is let go; nobody new comes in."""
    async with running() as table, table.client() as idle, table.client() as busy:
        assert await idle.ask("alias x@y.example") == "NOTFOUND "
        table.forwards.open.clear()
        table.forwards.asked.clear()
        busy.writer.write(netstring(f"alias {KNOWN}"))
        await asyncio.wait_for(table.forwards.asked.wait(), SECONDS)
        table.server.close()
        draining = asyncio.create_task(table.server.drain(SECONDS))
        await asyncio.sleep(0)
        table.forwards.open.set()
        assert await busy.reply() == "OK holder@example.net"
        assert await busy.end() == await idle.end() == b""
        await draining
        with pytest.raises(OSError):  # noqa: PT011 - refused or reset, as the system likes
            async with table.client():
                pass


@given(st.binary(max_size=300))
def test_any_payload_is_read_or_refused(payload: bytes) -> None:
    """Parsers never raise."""
    request = parse_request(payload)
    assert request is None or f"{request.table} {request.key}".encode() == payload
