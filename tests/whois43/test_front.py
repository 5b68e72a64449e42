"""The short way gives what the ordinary one gives, and nothing that is not vouched for."""

from __future__ import annotations

import asyncio
import resource
import socket
from dataclasses import replace
from datetime import timedelta

import pytest

from store.published import Absence, PublishedRegistrar
from store.queries import Answer, FindHelp, FindName, FindRegistrar, ListHosts, Query
from tests.published_values import AS_OF, a_domain, a_help, a_host, a_registrar, absent, found
from tests.whois43.fakes import FakeWatch, Served, serving
from whois43 import front, lingering
from whois43.render import CROWDED, UNAVAILABLE, answer_bytes

SHOP = answer_bytes(found(a_domain()))
LATER = AS_OF + timedelta(seconds=1, milliseconds=234)
LINES = (
    b"shop.example",
    b"Shop.Example.",
    b"domain shop.example",
    b"free.example",
    b"amazon.com",
    b"AMAZON.com",
    b"registrar one",
    b"registrar One",
    b"9995",
    b"nobody at all",
    b"nameserver 192.0.2.1",
    b"2001:db8::1",
    b"help",
    b"",
    b"domain",
    b"-C US-ASCII shop.example",
    b"b\xfccher.example",
    b"\xff\xfe",
    b"x" * 512,
    b"x" * 513,
)


def known(query: Query) -> Answer:
    """Answer each kind of question with what may be found."""
    match query:
        case FindHelp():
            return found(a_help())
        case ListHosts():
            return found((a_host(),))
        case FindRegistrar(text="one") | FindName(text="amazon.com" | "9995"):
            return found(a_registrar())
        case FindName(name="shop.example"):
            return found(a_domain())
        case FindName(name=str(name)) if name.endswith(".example"):
            return absent(name=name)
        case FindName(name=str(name)) if "." in name:
            return absent(absence=Absence.UNSERVED, name=name)
        case _:
            return absent(asked=PublishedRegistrar, name=None)


@pytest.mark.parametrize("line", LINES)
async def test_short_way_and_ordinary_way_give_the_same_bytes(line: bytes) -> None:
    """In one segment, in two, from the store and from the cache: one reply (6.1.1, 6.1.8)."""
    async with serving() as plain:
        plain.reader.answers = known
        expected = await plain.ask(line[:1], line[1:] + b"\r\n")
    async with serving(cached=True) as served:
        served.reader.answers = known
        for _ in range(2):
            assert await served.ask(line + b"\r\n") == expected
            assert await served.ask(line[:1], line[1:] + b"\r\n") == expected
        await served.ask(line.upper() + b"\r\n")  # a neighbour in the cache
        assert await served.ask(line + b"\n") == expected


@pytest.mark.parametrize("at_once", [False, True])
async def test_kept_answer_is_given_without_asking_the_reader(*, at_once: bool) -> None:
    """The store is asked whether it is true, and for nothing else; however it is spelled."""
    async with serving(cached=True) as served:
        served.freshness.needs_no_wait = at_once
        assert await served.ask(b"shop.example\r\n") == SHOP
        assert served.freshness.asked == 0  # nothing kept, nothing to vouch for
        for line in (b"shop.example\r\n", b"SHOP.EXAMPLE.\n", b'"shop.example" \r\n'):
            assert await served.ask(line) == SHOP
        assert served.freshness.asked == 3
        assert len(served.reader.asked) == 1
        assert len(served.cache) == 1


async def test_answer_is_made_anew_once_what_it_was_made_from_was_touched() -> None:
    """What is kept is asked for by the cache's own rules."""
    async with serving(cached=True) as served:
        assert await served.ask(b"shop.example\r\n") == SHOP
        changed = found(a_domain(handle="D2-EXAMPLE"))
        served.reader.answers = lambda _: changed
        served.cache.touch([hash("shop.example")])
        assert await served.ask(b"shop.example\r\n") == answer_bytes(changed)


@pytest.mark.parametrize("at_once", [False, True])
@pytest.mark.parametrize("segments", [(b"shop.example\r\n",), (b"shop", b".example\r\n")])
async def test_answer_that_nobody_vouches_for_is_not_given(
    segments: tuple[bytes, ...], *, at_once: bool
) -> None:
    """A store that can't be asked gives no kept answers either."""
    async with serving(cached=True) as served:
        served.freshness.needs_no_wait = at_once
        assert await served.ask(b"shop.example\r\n") == SHOP
        served.freshness.good = False
        assert await served.ask(*segments) == SHOP
        assert len(served.reader.asked) == 2

        def broken(_: Query) -> Answer:
            raise ValueError

        served.reader.answers = broken
        assert await served.ask(*segments) == UNAVAILABLE


async def test_kept_answer_has_the_stamp_of_the_last_commit() -> None:
    """Another commit changes the stamp of all answers and nothing else of this one."""
    async with serving(cached=True) as served:
        await served.ask(b"shop.example\r\n")
        for stamp in (LATER, AS_OF, LATER):
            served.freshness.stamp = stamp
            expected = answer_bytes(replace(found(a_domain()), as_of=stamp))
            assert await served.ask(b"shop.example\r\n") == expected
            assert await served.ask(b"SHOP.example\r\n") == expected
        assert len(served.reader.asked) == 1


async def test_name_of_a_registrar_is_kept_for_its_own_spelling_alone() -> None:
    """What lies outside our zones depends on how it was spelled, and letters crowd nothing."""
    async with serving(cached=True) as served:
        served.reader.answers = known
        registrar = answer_bytes(found(a_registrar()))
        assert await served.ask(b"amazon.com\r\n") == registrar
        assert await served.ask(b"amazon.com\r\n") == registrar
        for line in (b"Amazon.com\r\n", b"AMAZON.COM\r\n"):
            assert await served.ask(line) != registrar
        assert len(served.cache) == 1
        assert len(served.reader.asked) == 3


@pytest.mark.parametrize("at_once", [False, True])
async def test_questions_of_one_turn_share_one_look(*, at_once: bool) -> None:
    """All that were read before the store is asked are vouched for together."""
    async with serving(cached=True) as served:
        served.freshness.needs_no_wait = at_once
        await served.ask(b"shop.example\r\n")
        asked = await asyncio.gather(*(served.ask(b"shop.example\r\n") for _ in range(20)))
        assert asked == [SHOP] * 20
        assert served.freshness.asked < 20


async def handed_over(served: Served) -> None:
    """Wait until a connection has what the front had."""
    async with asyncio.timeout(10):
        while not served.server._desk.connections:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)  # one turn of the loop, no time


@pytest.mark.parametrize("line", [b"shop.example\r\n", b"SHOP.example\r\n"])
async def test_question_that_waits_for_the_store_is_waited_for_by_a_connection(
    line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look that takes long holds up nobody else, and the client gets its answer."""
    monkeypatch.setattr(front, "SOON", 0.01)
    async with serving(cached=True) as served:
        await served.ask(b"shop.example\r\n")
        served.freshness.paused = True
        asked = asyncio.create_task(served.ask(line))
        await handed_over(served)
        assert await served.ask(b"help\r\n") != b""
        served.freshness.tell()
        assert await asked == SHOP
        assert len(served.reader.asked) == 2


async def test_answer_that_waits_in_front_at_a_stop_is_sent() -> None:
    """A stop forgets no question, wherever it waits."""
    async with serving(cached=True) as served:
        await served.ask(b"shop.example\r\n")
        served.freshness.paused = True
        asked = asyncio.create_task(served.ask(b"shop.example\r\n"))
        while not served.freshness.waiting:  # noqa: ASYNC110 - the fake tells nobody
            await asyncio.sleep(0)
        served.server.close()
        drained = asyncio.create_task(served.server.drain(10))
        await asyncio.sleep(0)
        served.freshness.tell()
        assert await asked == SHOP
        await asyncio.wait_for(drained, 5)


async def test_clients_that_stay_after_their_answer_are_bounded() -> None:
    """Who doesn't end its stream is closed once there are too many of them."""
    async with serving(most_connections=4) as served:
        clients = []
        for _ in range(12):
            reader, writer = await served.connect()
            writer.write(b"shop.example\r\n")
            assert await reader.read() == SHOP
            clients.append(writer)
        assert len(served.server._desk.lingering) <= 3 * 4
        for writer in clients:
            writer.close()


@pytest.mark.parametrize("segments", [(b"shop.example\r\n",), (b"shop", b".example\r\n")])
async def test_client_that_stays_after_its_answer_counts_among_its_connections(
    segments: tuple[bytes, ...],
) -> None:
    """Who doesn't end its stream doesn't get around the limit for one client (6.1.10)."""
    watch = FakeWatch()
    watch.most = 3
    async with serving(watch=watch) as served:
        clients = []
        for _ in range(3):
            reader, writer = await served.connect()
            writer.write(b"shop.example\r\n")
            assert await reader.read() == SHOP
            clients.append(writer)
        assert watch.inside == 3
        assert await served.ask(*segments) == CROWDED
        clients.pop().close()
        await let_go(served, 2)
        assert await served.ask(*segments) == SHOP
        for writer in clients:
            writer.close()
        await let_go(served, 0)


async def let_go(served: Served, inside: int) -> None:
    """Wait until no more than *inside* connections are counted."""
    assert served.watch is not None
    async with asyncio.timeout(10):
        while served.watch.inside > inside:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)  # one turn of the loop, no time


@pytest.mark.parametrize("most", [1, 2, 5])
async def test_client_that_asks_one_question_after_another_never_meets_the_limit(
    most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that its client has ended counts no more, though no round has closed it."""
    monkeypatch.setattr(lingering, "PERIOD", 3600)
    watch = FakeWatch()
    watch.most = most
    async with serving(watch=watch) as served:
        for _ in range(4 * most):
            assert await served.ask(b"shop.example\r\n") == SHOP


@pytest.mark.parametrize("cached", [False, True])
async def test_fault_with_one_client_leaves_the_others_their_answers(
    *, cached: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """It is told so and closed, nothing of it stays counted, and no value is logged."""
    watch = FakeWatch()
    async with serving(cached=cached, watch=watch) as served:
        await served.ask(b"shop.example\r\n")
        served.freshness.paused = True
        asked = [asyncio.create_task(served.ask(b"shop.example\r\n")) for _ in range(3)]
        if cached:
            await waiting(served, 3)
        faults = iter([ValueError("Aroha Ngata"), None, None])
        charge = watch.charge

        def charge_or_fail(visitor: int, persons: int) -> int:
            if fault := next(faults):
                raise fault
            return charge(visitor, persons)

        watch.charge = charge_or_fail  # type: ignore[method-assign]
        if cached:
            served.freshness.tell()
        assert sorted(await asyncio.gather(*asked)) == sorted([SHOP, SHOP, UNAVAILABLE])
        assert served.server._desk.in_hand == 0
    assert "Aroha" not in caplog.text
    assert "ValueError at" in caplog.text


async def waiting(served: Served, questions: int) -> None:
    """Wait until the store is asked to vouch for *questions*."""
    async with asyncio.timeout(10):
        while served.server._desk.in_hand < questions:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0)  # one turn of the loop, no time


async def test_close_takes_in_no_more_than_a_queue_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that come as fast as they are taken in can't keep a server from its end."""
    monkeypatch.setattr(front, "AT_ONCE", 2)
    monkeypatch.setattr(front, "BACKLOG", 4)
    async with serving() as served:
        queued = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(9)]
        for client in queued:
            client.sendall(b"shop.example\r\n")
        served.server.close()
        answers = [await _rest_of(client) for client in queued]
    assert answers.count(SHOP) == 4
    assert answers.count(b"") == 5


async def _rest_of(client: socket.socket) -> bytes:
    client.setblocking(False)
    reader, writer = await asyncio.open_connection(sock=client)
    try:
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


async def test_close_without_a_descriptor_left_listens_no_more() -> None:
    """A server that could take in nobody doesn't try again once it is closed."""
    async with serving() as served:
        (door,) = served.server._fronts
        client = socket.create_connection(("127.0.0.1", served.port))
        client.sendall(b"shop.example\r\n")
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, hard))
        try:
            served.server.close()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert door._again is None
        client.close()
