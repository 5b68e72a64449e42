"""What a look-up costs a PostgreSQL server, and what becomes of it where the server fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import asyncpg
import pytest

from store.errors import StoreUnavailableError
from store.model import Role
from store.names import parse_address
from store.policy import PROFILES, RegistryPolicy
from store.queries import (
    FindDomain,
    FindEntity,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    Found,
    ListHosts,
    LookUp,
)
from store.read_door import ReadDoor
from store.sql import reading
from store.sql.database import Database
from store.sql.postgresql_servers import Connection
from store.sql.postgresql_source import PostgresqlSource
from tests.stores import RowWriter, write_rows

POLICY = RegistryPolicy(zones={"example": PROFILES["gtld"]})
ROLES = {Role.REGISTRANT: 1, Role.ADMIN: 1, Role.TECH: 1}


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    rows.contact(1)
    rows.row("zone", name="example")
    rows.row("privacy_service", handle="PRIV", name="Privacy", org="Privacy Ltd", version=1)
    rows.domain(1, "shop.example", ROLES)
    rows.domain(2, "veiled.example", ROLES, privacy="proxy", privacy_service="PRIV")
    rows.domain(3, "gone.other", ROLES)
    rows.host(1, "ns1.shop.example", "192.0.2.1", "2001:db8::1", registrar="REG-A")
    rows.delegation(1, 1)
    rows.row("reserved_name", name="kept.example", blocked=False)


@pytest.fixture
def filled_url(postgresql_url: str) -> str:
    """Give the URL of a store that holds some of everything."""
    database = Database.open(postgresql_url)
    write_rows(database, _fill)
    database.close()
    return postgresql_url


@pytest.fixture
async def source(filled_url: str) -> AsyncIterator[PostgresqlSource]:
    """Give a source on it."""
    source = PostgresqlSource((filled_url,))
    yield source
    await source.close()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Sequence[object]]]:
    """Note what is sent to the server: a message each, with its values."""
    messages: list[Sequence[object]] = []
    fetch_each, fetch, execute = Connection.fetch_each, Connection.fetch, Connection.execute

    async def noted_each(self: Connection, name: str, values: Sequence[object]) -> Any:
        messages.append(list(values))
        return await fetch_each(self, name, values)

    async def noted(self: Connection, name: str, *values: object) -> Any:
        messages.append(values)
        return await fetch(self, name, *values)

    async def noted_text(self: Connection, statement: str) -> None:
        messages.append((statement,))
        await execute(self, statement)

    monkeypatch.setattr(Connection, "fetch_each", noted_each)
    monkeypatch.setattr(Connection, "fetch", noted)
    monkeypatch.setattr(Connection, "execute", noted_text)
    return iter([messages])


ONE_TRIP: list[LookUp] = [
    FindDomain(name="shop.example"),
    FindDomain(name="veiled.example"),
    FindDomain(name="nobody.example"),
    FindDomain(name="kept.example"),
    FindDomain(name="shop.elsewhere"),
    FindName(name="shop.example", text="shop.example"),
    FindName(name="nobody.example", text="nobody.example"),
    FindHost(name="ns1.shop.example"),
    FindHost(name="ns2.shop.example"),
    FindRegistrar(text="9999"),
    FindEntity(handle="9999"),
    FindHelp(),
]


@pytest.mark.parametrize("query", ONE_TRIP, ids=str)
async def test_answer_costs_one_message(
    source: PostgresqlSource, sent: Iterator[list[Sequence[object]]], query: LookUp
) -> None:
    """Names found and not, hosts, registrars and help: one round trip, outside transactions."""
    await ReadDoor(source, POLICY).answer(query)
    (messages,) = sent
    assert len(messages) == 1


LONGER: list[LookUp] = [
    FindDomain(name="gone.other"),
    FindName(name="ns1.shop.example", text="ns1.shop.example"),
    FindName(name=None, text="Example Registrar LLC"),
    FindEntity(handle="C1-EXAMPLE"),
    FindEntity(handle="nobody"),
    ListHosts(address=parse_address("192.0.2.1")),
]


@pytest.mark.parametrize("query", [*ONE_TRIP, *LONGER], ids=str)
async def test_answer_is_the_same_in_one_message_and_in_a_transaction(
    source: PostgresqlSource, query: LookUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What one statement brings is what the statements of a transaction find, one by one."""
    door = ReadDoor(source, POLICY)
    together = await door.make(query)
    monkeypatch.setattr(source, "_ahead", {})
    assert await door.make(query) == together


async def test_stampede_for_one_name_shares_questions(
    source: PostgresqlSource, sent: Iterator[list[Sequence[object]]]
) -> None:
    """A hundred who ask for one name at once cost one question, and each has the answer."""
    door = ReadDoor(source, POLICY)
    await door.answer(FindHelp())
    query = FindDomain(name="shop.example")
    answers = await asyncio.gather(*(door.answer(query) for _ in range(100)))
    assert all(each == answers[0] for each in answers)
    (messages,) = sent
    assert messages[1:] == [["shop.example"]]


async def test_what_no_text_can_hold_spoils_nobody_elses_answer(source: PostgresqlSource) -> None:
    """One bad question among those that are sent together is refused alone."""
    begin = reading.find_domain

    def ask(name: str) -> Any:
        return source.run(lambda: begin("domain_by_name", name))

    names = ("shop.example", "nul\0.example", "veiled.example")
    shop, bad, veiled = await asyncio.gather(*map(ask, names), return_exceptions=True)
    assert isinstance(bad, StoreUnavailableError)
    assert isinstance(shop, reading.DomainRow)
    assert isinstance(veiled, reading.DomainRow)
    assert shop.domain is not None
    assert veiled.domain is not None


async def test_connections_that_the_server_ends_are_made_anew(
    source: PostgresqlSource, filled_url: str
) -> None:
    """A server that ended all connections answers the next question."""
    door = ReadDoor(source, POLICY)
    await door.answer(FindHelp())
    connection = await asyncpg.connect(filled_url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE pid <> pg_backend_pid() AND datname = current_database()"
    )
    await connection.close()
    assert isinstance(await door.answer(FindHelp()), Found)


async def test_who_is_cut_off_takes_no_other_along(source: PostgresqlSource) -> None:
    """Of two who wait for one question, one may go: the other has the answer."""
    door = ReadDoor(source, POLICY)
    query = FindDomain(name="shop.example")
    going, staying = (asyncio.create_task(door.answer(query)) for _ in range(2))
    await asyncio.sleep(0)
    going.cancel()
    assert await staying == await door.answer(query)


async def test_source_that_is_closed_refuses_who_waits(filled_url: str) -> None:
    """Closing answers everybody: nobody hangs."""
    source = PostgresqlSource((filled_url,))
    waiting = asyncio.create_task(ReadDoor(source, POLICY).answer(FindHelp()))
    await asyncio.sleep(0)
    await source.close()
    with pytest.raises(StoreUnavailableError):
        await waiting
