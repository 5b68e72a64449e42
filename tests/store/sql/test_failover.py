"""Two servers, one of which takes over from the other while it is still up."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Connection, text

from store.answer_cache import AnswerCache
from store.errors import Code, StoreUnavailableError
from store.instants import now
from store.model import Role
from store.policy import PROFILES, RegistryPolicy
from store.published import PublishedDomain
from store.queries import FindDomain, Found
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.heartbeat import Heart
from store.sql.journal import log_changes
from store.sql.postgresql_freshness import PostgresqlFreshness
from store.sql.postgresql_source import PostgresqlSource
from store.sql.standbys import is_standby, waits_for_standbys
from tests.postgresql_pair import Pair, running_pair
from tests.stores import RowWriter, write_rows

LEASE = 3.0
KEY = b"shop.example"
QUESTION = FindDomain(name="shop.example")


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    rows.contact(1, name="Edit 0", disclosures='{"name": 1}')
    rows.domain(1, "shop.example", {Role.REGISTRANT: 1, Role.ADMIN: 1, Role.TECH: 1})
    rows.row("zone", name="example")


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Give two servers with a store that holds one name."""
    with running_pair() as pair:
        database = Database(pair.primary.url)
        database.upgrade()
        write_rows(database, _fill)
        database.close()
        yield pair


def _edit(number: int) -> Callable[[Connection], None]:
    def edit(connection: Connection) -> None:
        statement = text("UPDATE contact SET name = :name WHERE id = 1")
        connection.execute(statement, {"name": f"Edit {number}"})
        log_changes(connection, [("contact", "C1")], at=datetime.now(UTC))

    return edit


@dataclass
class Ledger:
    """What was tried, what was acknowledged, and what readers saw of it."""

    tried: int = 0
    acknowledged: int = 0
    seen: Counter[str] = field(default_factory=Counter)

    def judge(self, reader: str, shown: int, before: int) -> None:
        """Count an answer that shows edit *shown*; *before* was acknowledged when it was asked."""
        kind = "stale" if shown < before else "wrong" if shown > self.tried else "right"
        self.seen[f"{reader} {kind}"] += 1


class Reader:
    """A node: its source, cache, freshness and door."""

    def __init__(self, *urls: str) -> None:
        self.source = PostgresqlSource(urls, lease=LEASE)
        self.cache = AnswerCache(1 << 20)
        self.freshness = PostgresqlFreshness(self.source, self.cache)
        policy = RegistryPolicy(zones={"example": PROFILES["irs"]})
        self._door = ReadDoor(self.source, policy, clock=now, epoch=lambda: self.cache.epoch)

    async def number(self) -> int:
        """Ask, and give the number of the edit that the answer shows."""
        told = asyncio.get_running_loop().create_future()

        def tell(vouched: bool) -> None:
            if not told.done():
                told.set_result(vouched)

        self.freshness.ask(tell)
        cached = self.cache.find(KEY) if await told else None
        if cached is not None:
            number: int = cached
            return number
        made = await self._door.make(QUESTION)
        assert isinstance(made.answer, Found)
        assert isinstance(made.answer.result, PublishedDomain)
        name = made.answer.result.parties[0].name
        number = int(str(name).removeprefix("Edit "))
        self.cache.keep(KEY, number, size=100, made=made)
        return number

    async def ask_on(self, name: str, ledger: Ledger) -> None:
        """Ask again and again, and have *ledger* judge."""
        while True:
            before = ledger.acknowledged
            try:
                ledger.judge(name, await self.number(), before)
            except StoreUnavailableError:
                ledger.seen[f"{name} unavailable"] += 1
            await asyncio.sleep(0.002)

    async def close(self) -> None:
        """Give back everything."""
        await self.freshness.close()
        await self.source.close()


async def _edit_on(url: str, ledger: Ledger, numbers: Iterator[int]) -> None:
    """Edit again and again on the server at *url*, until it hangs or is stopped."""
    database = Database(url)
    for number in numbers:
        ledger.tried = max(ledger.tried, number)
        try:
            await asyncio.to_thread(database.write, _edit(number))
        except StoreUnavailableError as error:
            ledger.seen[f"refused {error.code}"] += 1
            await asyncio.sleep(0.1)
        else:
            ledger.acknowledged = max(ledger.acknowledged, number)
            ledger.seen[f"edit of {url}"] += 1


@asynccontextmanager
async def _running(*work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(each) for each in work]
    try:
        yield
    finally:
        failures = [each.exception() for each in tasks if each.done() and not each.cancelled()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not any(failures), failures


async def _until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what other tasks and servers come to
            await asyncio.sleep(0.01)


async def test_failover_leaves_no_stale_answer_on_either_side(pair: Pair) -> None:
    """The standby takes over, and the old primary is up and knows nothing: 0 stale, 0 wrong.

    What is read of the old primary becomes unavailable when its lease has run out; the new
    one takes no edit before that.
    """
    ledger, stop = Ledger(), asyncio.Event()
    both, old = Reader(pair.primary.url, pair.standby.url), Reader(pair.primary.url)
    new_edits = f"edit of {pair.standby.url}"
    numbers = iter(range(1, 1_000_000))
    async with AsyncExitStack() as held:
        held.push_async_callback(both.close)
        held.push_async_callback(old.close)
        held.callback(pair.primary.stop, "immediate")  # ends who waits there for the standby
        held.callback(stop.set)
        await held.enter_async_context(
            _running(
                Heart(pair.primary.url, lease=LEASE).run(stop),
                _edit_on(pair.primary.url, ledger, numbers),
                both.ask_on("both", ledger),
                old.ask_on("old", ledger),
            )
        )
        await _until(lambda: ledger.seen["both right"] > 100 and ledger.acknowledged > 20)
        await asyncio.to_thread(pair.standby.promote)
        await held.enter_async_context(
            _running(
                Heart(pair.standby.url, lease=LEASE).run(stop),
                _edit_on(pair.standby.url, ledger, numbers),
            )
        )
        await _until(lambda: ledger.seen[new_edits] > 20)
        ledger.seen["both right"] = ledger.seen["old right"] = 0
        old_refusals = ledger.seen["old unavailable"]
        await _until(lambda: ledger.seen["both right"] > 100)
        await _until(lambda: ledger.seen["old unavailable"] > old_refusals + 3)
        assert ledger.seen["old right"] == 0
    seen = {name: count for name, count in ledger.seen.items() if count}
    assert not [name for name in seen if name.endswith(("stale", "wrong"))], seen
    assert seen[f"refused {Code.STORE_BUSY}"] > 0, seen


async def test_reader_follows_a_standby_that_crashes_to_the_primary(pair: Pair) -> None:
    """A server that fails is left for the next one, and no answer is old or wrong."""
    ledger, stop = Ledger(), asyncio.Event()
    reader = Reader(pair.standby.url, pair.primary.url)
    async with AsyncExitStack() as held:
        held.push_async_callback(reader.close)
        held.callback(stop.set)
        await held.enter_async_context(
            _running(
                Heart(pair.primary.url, lease=LEASE).run(stop),
                _edit_on(pair.primary.url, ledger, iter(range(1, 1_000_000))),
                reader.ask_on("reader", ledger),
            )
        )
        await _until(lambda: ledger.seen["reader right"] > 50 and ledger.acknowledged > 10)
        await asyncio.to_thread(pair.standby.stop, "immediate")
        edits = ledger.acknowledged
        # A commit that waits for a standby that is gone is what the operator decides about.
        pair.primary.set(synchronous_standby_names="")
        await _until(lambda: ledger.acknowledged > edits + 10)
        ledger.seen["reader right"] = 0
        await _until(lambda: ledger.seen["reader right"] > 50)
    assert not [name for name in ledger.seen if name.endswith(("stale", "wrong"))], ledger.seen


async def test_primary_without_its_standby_can_not_look_alive(pair: Pair) -> None:
    """Whoever cancels the wait for the standby makes no heartbeat look younger.

    A commit that is cancelled while it waits becomes visible on its own server; what it
    shows is when the beat before it was begun.
    """
    heart, stop = Heart(pair.primary.url, lease=LEASE), asyncio.Event()
    reader = await asyncpg.connect(pair.primary.url)
    for _ in range(3):
        await heart.beat()
    await asyncio.to_thread(pair.standby.stop, "immediate")
    proved = await reader.fetchval("SELECT begun FROM heartbeat")
    async with _running(heart.run(stop)):
        cancelled = 0
        while cancelled < 3:
            waiting = await reader.fetch(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'rdds heartbeat' AND wait_event = 'SyncRep'"
            )
            cancelled += len(waiting)
            await asyncio.sleep(0.01)
        stop.set()
    at, begun = await reader.fetchrow("SELECT at, begun FROM heartbeat")
    assert at <= proved < begun
    await reader.close()
    with suppress(OSError):
        pair.standby.start()


async def test_servers_say_what_they_are(pair: Pair) -> None:
    """`serve` asks both before it reads from a standby: who is one, and who waits for it."""
    assert await waits_for_standbys(pair.primary.url)
    assert await is_standby(pair.standby.url)
    assert not await is_standby(pair.primary.url)
