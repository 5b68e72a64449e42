"""Clients that ask and don't read, and clients that send drop by drop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from rdap import front
from rdap.front import MOST_WAITING, Front
from tests.rdap.doors import Door, FakeFreshness, a_door
from tests.rdap.watching import FakeWatch, until

SHOP = "/rdap/domain/shop.example"
ASK = f"GET {SHOP} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
MOST_READ = 262_144  # bytes that an event loop takes off a socket at once


@dataclass
class Heard:
    """The sizes of the segments that fronts were given, and of those that came too much."""

    sizes: list[int] = field(default_factory=list)
    unasked: list[int] = field(default_factory=list)


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Heard:
    """What fronts are given, and what of it while their answers wait to be taken."""
    kept = Heard()
    receive: Callable[[Front, bytes], None] = Front.data_received

    def count(self: Front, data: bytes) -> None:
        kept.sizes.append(len(data))
        if self._paused:
            kept.unasked.append(len(data))
        receive(self, data)

    monkeypatch.setattr(Front, "data_received", count)
    return kept


async def _connect(door: Door) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.setblocking(False)
    await asyncio.get_running_loop().sock_connect(client, ("127.0.0.1", door.port))
    return client


@pytest.mark.parametrize("wait", [0, 13])
@pytest.mark.parametrize("at_once", [1, 20])
async def test_who_asks_and_does_not_read_is_heard_no_more(
    at_once: int, wait: int, heard: Heard
) -> None:
    """Kept answers and refusals by limits wait within bounds, and no longer than patience."""
    watch, loop = FakeWatch(budget=1_000_000), asyncio.get_running_loop()
    async with a_door(watch=watch, freshness=FakeFreshness(), patience=0.3) as door:
        await door.ask(SHOP)
        await until(lambda: not watch.open)
        watch.wait = wait
        with await _connect(door) as client, suppress(ConnectionError):
            await until(lambda: bool(watch.open))
            while watch.open and not heard.unasked:
                before = len(heard.sizes)
                await loop.sock_sendall(client, ASK * at_once)
                await until(lambda n=before: not watch.open or len(heard.sizes) > n)
        await until(lambda: not watch.open)
    assert len(watch.noted) > 100
    assert heard.unasked == []


async def test_who_sends_on_and_does_not_read_is_heard_no_more(heard: Heard) -> None:
    """Requests that can't be answered yet are left in the kernel."""
    watch, loop = FakeWatch(budget=10_000_000), asyncio.get_running_loop()
    async with a_door(watch=watch, freshness=FakeFreshness(), patience=0.3) as door:
        await door.ask(SHOP)
        heard.sizes.clear()
        watch.noted.clear()
        with await _connect(door) as client, pytest.raises(ConnectionError):
            await asyncio.wait_for(loop.sock_sendall(client, ASK * 500_000), 20)
        assert sum(heard.sizes) - len(watch.noted) * len(ASK) <= MOST_WAITING + MOST_READ
    assert heard.unasked == []


@pytest.mark.parametrize("at_once", [1, 40, 3000])
async def test_who_reads_late_gets_all_answers(
    at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A client that was not heard for a while is heard again."""
    paused, pause = asyncio.Event(), Front.pause_writing
    monkeypatch.setattr(Front, "pause_writing", lambda self: (paused.set(), pause(self)))
    loop, count = asyncio.get_running_loop(), 3000
    async with a_door(freshness=FakeFreshness()) as door:
        await door.ask(SHOP)
        with await _connect(door) as client:

            async def ask() -> None:
                for _ in range(count // at_once):
                    await loop.sock_sendall(client, ASK * at_once)

            asking = asyncio.create_task(ask())
            await asyncio.wait_for(paused.wait(), 5)
            answers, rest = 0, b""
            async with asyncio.timeout(20):
                while answers < count:
                    rest += await loop.sock_recv(client, 65_536)
                    whole, mark, begun = rest.rpartition(b"HTTP/1.1 200 OK")
                    answers += whole.count(b"HTTP/1.1 200 OK")
                    rest = mark + begun
                    if answers == count - 1 and rest.endswith(b"}"):
                        break
                await asking


async def test_a_client_that_was_not_heard_is_heard_when_all_is_answered(
    heard: Heard,
) -> None:
    """Its requests may end where the front had stopped reading, and none be vouched for."""

    class Held(FakeFreshness):
        def ask(self, then: Callable[[bool], None], /) -> None:
            self.waiting.append(then)
            held.set()

    freshness, held = Held(good=False), asyncio.Event()
    async with a_door(freshness=freshness) as door:
        await door.ask(SHOP)
        with await _connect(door) as client:
            loop, count = asyncio.get_running_loop(), 2 + MOST_WAITING // len(ASK)
            await loop.sock_sendall(client, ASK)
            await asyncio.wait_for(held.wait(), 5)
            for _ in range(1, count):
                before = len(heard.sizes)
                await loop.sock_sendall(client, ASK)
                await until(lambda n=before: len(heard.sizes) > n)
            for number in range(count + 1):
                await until(lambda: bool(freshness.waiting))
                freshness._answer()
                raw = b""
                async with asyncio.timeout(5):
                    while not raw.endswith(b"}"):
                        raw += await loop.sock_recv(client, 65_536)
                if number == count - 1:
                    await loop.sock_sendall(client, ASK)


async def test_a_request_drop_by_drop_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A piece of a head costs what is new in it, however much has come before."""
    looked: list[int] = []
    look = front.unfinished_line

    def watched(beginning: bytes, at: int = 0) -> int | None:
        looked.append(len(beginning) - at)
        return look(beginning, at)

    monkeypatch.setattr(front, "unfinished_line", watched)
    line = b"X-Field: abc\r\n"
    head = ASK[:-2] + b"".join(line.replace(b"Field", b"%d" % each) for each in range(60)) + b"\r\n"
    async with a_door() as door:
        reader, writer = await door.connect()
        for at in range(0, len(head), 7):
            writer.write(head[at : at + 7])
            await until(lambda n=at: n + 7 >= len(head) or len(looked) > n // 7)
        assert (await asyncio.wait_for(reader.readuntil(b"\r\n"), 5)).startswith(b"HTTP/1.1 200")
        writer.close()
    assert max(looked) <= max(len(ASK), len(line) + 7)
