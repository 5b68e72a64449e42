"""What a PostgreSQL server tells of its commits: all of them, whatever their order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store.answer_cache import AnswerCache
from store.policy import RegistryPolicy
from store.published import Absence, PublishedDomain
from store.queries import Absent, Made
from store.sql.database import Database
from store.sql.held_rows import instant_of
from store.sql.log_positions import MOST_OPEN
from store.sql.made_from import subject_of
from store.sql.postgresql_freshness import PostgresqlFreshness
from store.sql.postgresql_source import PostgresqlSource
from tests.postgresql_pair import Pair, running_pair

NAMES = ("a.example", "b.example", "c.example")
LOG = (
    "INSERT INTO change_log (xid, at, kind, subject)"
    " VALUES (pg_current_xact_id()::text::bigint, $2, 'domain', $1)"
)


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    """Give two servers with a store."""
    with running_pair() as pair:
        database = Database(pair.primary.url)
        database.upgrade()
        database.close()
        yield pair


@pytest.fixture(scope="module", params=["primary", "standby"])
def read_url(request: pytest.FixtureRequest, pair: Pair) -> str:
    """Give the URL of the server that is read, each of the two in turn."""
    url: str = getattr(pair, request.param).url
    return url


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """A reader with its cache, whose answers are how often a name was edited."""

    source: PostgresqlSource
    cache: AnswerCache
    freshness: PostgresqlFreshness
    reader: asyncpg.Connection

    async def look(self) -> bool:
        """Ask, and give whether the cache is vouched for."""
        told = asyncio.get_running_loop().create_future()
        self.freshness.ask(told.set_result)
        vouched: bool = await told
        return vouched

    async def true(self, name: str) -> int:
        """Count the edits of *name* that the server shows."""
        count: int = await self.reader.fetchval(
            "SELECT count(*) FROM public_log WHERE subject = $1", name
        )
        return count

    async def remember(self, name: str) -> None:
        """Keep the answer about *name* as the door would: its epoch is from before its snapshot."""
        epoch = self.cache.epoch
        payload = await self.true(name)
        self.keep(name, payload, epoch)

    def keep(self, name: str, payload: int, epoch: int) -> None:
        """Keep *payload* as made from *name* at *epoch*."""
        absent = Absent(
            absence=Absence.NOT_FOUND,
            asked=PublishedDomain,
            name=name,
            by=None,
            notices=RegistryPolicy().notices(),
            as_of=instant_of(0),
        )
        made = Made(answer=absent, subjects=(subject_of("domain", name),), epoch=epoch)
        self.cache.keep(name.encode(), (payload,), size=1, made=made)

    def cached(self, name: str) -> int | None:
        """Give the answer about *name* that may still be shown."""
        found = self.cache.find(name.encode())
        return None if found is None else found[0]


@asynccontextmanager
async def following(*urls: str, lease: float | None = None) -> AsyncIterator[Following]:
    """Follow the first of *urls*."""
    source = PostgresqlSource(urls, lease=lease)
    cache = AnswerCache(1 << 20)
    freshness = PostgresqlFreshness(source, cache)
    reader = await asyncpg.connect(urls[0])
    try:
        yield Following(source=source, cache=cache, freshness=freshness, reader=reader)
    finally:
        await freshness.close()
        await source.close()
        await reader.close()


class Writers:
    """Transactions that editors have open on the primary."""

    def __init__(self, connections: list[asyncpg.Connection]) -> None:
        self._connections = connections
        self._open: dict[int, asyncpg.transaction.Transaction] = {}
        self._at = 0

    async def write(self, who: int, name: str) -> None:
        """Log an edit of *name*, in the open transaction of *who*."""
        if who not in self._open:
            transaction = self._connections[who].transaction()
            await transaction.start()
            self._open[who] = transaction
        self._at += 1
        await self._connections[who].execute(LOG, name, self._at)

    async def end(self, who: int, *, commit: bool) -> None:
        """Commit, or roll back, what *who* has open."""
        transaction = self._open.pop(who, None)
        if transaction is not None:
            await (transaction.commit() if commit else transaction.rollback())

    async def settle(self) -> None:
        """Roll back all that is open."""
        for who in tuple(self._open):
            await self.end(who, commit=False)


@asynccontextmanager
async def writing(pair: Pair) -> AsyncIterator[Writers]:
    """Give three editors, and a fourth who is never done."""
    connections = [await asyncpg.connect(pair.primary.url) for _ in range(4)]
    for each in connections:
        await each.execute("SET synchronous_commit = 'remote_apply'")
    writers = Writers(connections)
    try:
        yield writers
    finally:
        await writers.settle()
        for each in connections:
            await each.close()


async def test_early_number_that_commits_late_is_not_passed_over(pair: Pair, read_url: str) -> None:
    """DESIGN, Freshness: a row's number comes before its commit; the reader waits for both."""
    async with following(read_url) as reader, writing(pair) as writers:
        await reader.look()
        await writers.write(0, "a.example")
        await writers.write(1, "b.example")
        await writers.end(1, commit=True)
        await reader.look()
        await reader.look()
        await reader.remember("a.example")
        before = reader.cached("a.example")
        await writers.end(0, commit=True)
        assert await reader.look()
        assert before is not None
        assert reader.cached("a.example") is None
        assert await reader.true("a.example") == before + 1


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 2), st.sampled_from(NAMES)),
        st.tuples(st.just("commit"), st.integers(0, 2), st.just("")),
        st.tuples(st.just("roll back"), st.integers(0, 2), st.just("")),
        st.tuples(st.just("look"), st.just(0), st.just("")),
    ),
    max_size=25,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_no_order_of_edits_leaves_a_stale_answer(
    pair: Pair, read_url: str, steps: list[tuple[str, int, str]]
) -> None:
    """Whatever is begun, committed and rolled back in which order: cached is what is there.

    An editor who is never done keeps the oldest open transaction where it was. And nothing
    is dropped but what was edited.
    """

    async def check() -> None:
        async with following(read_url) as reader, writing(pair) as writers:
            await writers.write(3, "never.example")
            await reader.look()
            for name in NAMES:
                await reader.remember(name)
            for step, who, name in (*steps, ("commit", 0, ""), ("look", 0, "")):
                if step == "write":
                    await writers.write(who, name)
                elif step == "look":
                    assert await reader.look()
                    await _compare(reader)
                else:
                    await writers.end(who, commit=step == "commit")

    asyncio.run(check())


async def _compare(reader: Following) -> None:
    for name in NAMES:
        cached = reader.cached(name)
        true = await reader.true(name)
        assert cached in {None, true}
        if cached is None:
            await reader.remember(name)
            assert reader.cached(name) == true


async def test_what_was_not_edited_stays_cached(pair: Pair, read_url: str) -> None:
    """An edit drops what was made from its object, and nothing else."""
    async with following(read_url) as reader, writing(pair) as writers:
        await reader.look()
        for name in NAMES:
            await reader.remember(name)
        await writers.write(0, "a.example")
        await writers.end(0, commit=True)
        for _ in range(3):  # a standby's look reads some rows again
            assert await reader.look()
            await reader.remember("a.example")
        assert reader.cached("b.example") is not None
        assert reader.cached("a.example") is not None


async def test_all_who_asked_before_share_one_look(pair: Pair) -> None:
    """Questions that arrive together cost one look; one that comes later, another one."""
    async with following(pair.primary.url) as reader:
        await reader.look()
        before = reader.freshness.looks
        assert all(await asyncio.gather(*(reader.look() for _ in range(50))))
        assert reader.freshness.looks == before + 1
        first = asyncio.create_task(reader.look())
        while not reader.source.servers.busy:  # noqa: ASYNC110 - turns of the loop, no time
            await asyncio.sleep(0)
        assert all(await asyncio.gather(first, reader.look()))
        assert reader.freshness.looks == before + 3


async def test_connection_that_breaks_empties_the_cache(pair: Pair, read_url: str) -> None:
    """What a lost connection told of is not known any more: the server may be another one."""
    async with following(read_url) as reader:
        await reader.look()
        await reader.remember("a.example")
        generation = reader.source.servers.generation
        await reader.reader.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert await reader.look()
        assert reader.source.servers.generation > generation
        assert reader.cached("a.example") is None


async def test_row_that_says_everything_empties_the_cache(pair: Pair, read_url: str) -> None:
    """After an import nothing cached counts."""
    async with following(read_url) as reader, writing(pair) as writers:
        await reader.look()
        await reader.remember("a.example")
        await writers.write(0, "x")
        everything = "UPDATE change_log SET kind = 'everything' WHERE subject = 'x'"
        await writers._connections[0].execute(everything)
        await writers.end(0, commit=True)
        assert await reader.look()
        assert reader.cached("a.example") is None


async def test_restored_copy_is_never_answered_from_the_cache(postgresql_url: str) -> None:
    """Transactions of another server say nothing about this one's: until `store upgrade`."""
    connection = await asyncpg.connect(postgresql_url)
    await connection.execute(LOG, "x", 1)
    await connection.execute("UPDATE change_log SET xid = xid + 1000000000")
    async with following(postgresql_url) as reader:
        assert await reader.look()
        await reader.remember("a.example")
        assert await reader.look()
        assert reader.cached("a.example") is None
        database = Database(postgresql_url)
        await asyncio.to_thread(database.upgrade)
        database.close()
        assert await reader.look()
        await reader.remember("a.example")
        assert await reader.look()
        assert reader.cached("a.example") is not None
    await connection.close()


async def test_log_with_more_news_than_are_read_at_once_empties_the_cache(
    postgresql_url: str,
) -> None:
    """A reader that was away for long begins anew; so it does after very many transactions."""
    connection = await asyncpg.connect(postgresql_url)
    async with following(postgresql_url) as reader:
        await reader.look()
        await reader.remember("a.example")
        await connection.execute(
            "INSERT INTO change_log (xid, at, kind, subject)"
            " SELECT pg_current_xact_id()::text::bigint, n, 'domain', 'x' || n"
            " FROM generate_series(1, 10001) n"
        )
        assert await reader.look()
        assert reader.cached("a.example") is None
        assert reader.freshness.position == await connection.fetchval(
            "SELECT max(seq) FROM change_log"
        )
    await connection.close()
    assert MOST_OPEN > 10_000


async def test_server_out_of_reach_vouches_for_nothing() -> None:
    """No server, no vouching; and no exception for who asked."""
    source = PostgresqlSource(("postgresql://postgres@127.0.0.1:1/postgres",))
    freshness = PostgresqlFreshness(source, AnswerCache(1 << 20))
    told = asyncio.get_running_loop().create_future()
    freshness.ask(told.set_result)
    assert await told is False
    assert freshness.failures == 1
    await freshness.close()
    await source.close()


async def test_a_look_that_fails_unforeseen_is_not_the_last(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a driver raises: who waits is told, and the next look is tried."""
    async with following(pair.primary.url) as reader:

        async def fail(_texts: object) -> None:
            raise ValueError

        with monkeypatch.context() as patched:
            patched.setattr(
                type(reader.source.servers), "connect", lambda _self, texts: fail(texts)
            )
            assert not await reader.look()
            assert not await reader.look()
        assert await reader.look()
