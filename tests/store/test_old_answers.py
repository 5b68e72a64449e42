"""What the read door gives where no server vouches: nothing, or what says that it may be old."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from typing import Any

import pytest

from store.answer_cache import AnswerCache
from store.errors import StoreUnavailableError
from store.model import Role
from store.policy import PROFILES, RegistryPolicy
from store.queries import (
    By,
    FindDomain,
    FindHelp,
    FindHost,
    Found,
    NamePattern,
    Page,
    Search,
    Sought,
    Window,
)
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import open_source
from tests.stores import RowWriter, write_rows

POLICY = RegistryPolicy(zones={"example": PROFILES["irs"]})
SHOP = FindDomain(name="shop.example")


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    rows.contact(1)
    rows.domain(1, "shop.example", {Role.REGISTRANT: 1})


class Silent:
    """A source none of whose servers vouches, until ``speaks`` does."""

    def __init__(self) -> None:
        self.speaks: Any = None

    async def run(self, begin: Callable[[], Generator[Any, Any, Any]], likely: Any = None) -> Any:
        """Refuse, or have it run."""
        if self.speaks is None:
            raise StoreUnavailableError("The store can't vouch for being up to date.")
        return await self.speaks.run(begin, likely)

    async def search(self, reading: Generator[Any, Any, Any]) -> Any:
        """Refuse, or have it run."""
        if self.speaks is None:
            reading.close()
            raise StoreUnavailableError("The store can't vouch for being up to date.")
        return await self.speaks.search(reading)

    async def close(self) -> None:
        """Have nothing to give back."""


@pytest.fixture
async def doors(database: Database, store_url: str) -> AsyncIterator[tuple[Silent, ReadDoor]]:
    """Give a door over a silent source, with one beside it that holds a name."""
    write_rows(database, _fill)
    silent, unproven = Silent(), open_source(store_url)
    yield silent, ReadDoor(silent, POLICY, unproven=unproven)
    await unproven.close()


@pytest.mark.parametrize(
    "query",
    [
        SHOP,
        FindHelp(),
        Search(
            sought=Sought.DOMAINS,
            by=By.NAME,
            pattern=NamePattern(text="sh", partial=True, parent=None),
            window=Window(),
        ),
    ],
    ids=["domain", "help", "search"],
)
async def test_what_is_found_says_that_it_is_old(
    doors: tuple[Silent, ReadDoor], query: Any
) -> None:
    """A look-up and a search alike; and no more as soon as somebody vouches."""
    silent, door = doors
    answer = await door.answer(query)
    assert isinstance(answer, Found)
    assert answer.is_old
    assert not isinstance(answer.result, Page) or len(answer.result.items) == 1
    silent.speaks = door._unproven
    answer = await door.answer(query)
    assert isinstance(answer, Found)
    assert not answer.is_old


@pytest.mark.parametrize("query", [FindDomain(name="free.example"), FindHost(name="ns.example")])
async def test_nothing_is_said_to_be_free_that_may_be_taken(
    doors: tuple[Silent, ReadDoor], query: Any
) -> None:
    """What the old state doesn't hold is unavailable, not missing."""
    _, door = doors
    with pytest.raises(StoreUnavailableError):
        await door.answer(query)
    with pytest.raises(StoreUnavailableError):
        await door.make(query)


async def test_no_cache_keeps_what_is_old(doors: tuple[Silent, ReadDoor]) -> None:
    """Not even one that knows of no change."""
    silent, door = doors
    cache = AnswerCache(1_000_000)
    made = await door.make(SHOP)
    assert isinstance(made.answer, Found)
    assert made.answer.is_old
    cache.keep(b"shop", "answer", size=6, made=made)
    assert not cache.holds(b"shop")
    silent.speaks = door._unproven
    cache.keep(b"shop", "answer", size=6, made=await door.make(SHOP))
    assert cache.holds(b"shop")


async def test_a_door_without_another_source_shows_nothing_old() -> None:
    """It refuses, as it does by default."""
    door = ReadDoor(Silent(), POLICY)
    for ask in (door.answer, door.make):
        with pytest.raises(StoreUnavailableError):
            await ask(SHOP)
