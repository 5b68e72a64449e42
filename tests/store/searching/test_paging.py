"""Cursors, pages and time: what goes on between one page and the next, and what is refused."""

from __future__ import annotations

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Generator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from store.changes import CardEdit, DisclosureEdit, PrivacyEdit, UpdateContact, UpdateDomain
from store.cursors import MOST_CURSOR, CursorCipher
from store.errors import Code, RegistryError
from store.model import Element, PrivacyMode, Role
from store.names import parse_address
from store.policy import PROFILES, RegistryPolicy
from store.published import PublishedDomain, PublishedEntity
from store.queries import (
    By,
    Found,
    NamePattern,
    Page,
    RelatedBy,
    ReverseSearch,
    Search,
    SortBy,
    Sorting,
    Sought,
    TextPattern,
    Window,
)
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.held_rows import Rows
from store.sql.reading import Fetch
from store.sql.sources import SqliteSource, _SqliteSearcher, open_source
from tests.store.editing_values import Registry
from tests.stores import RowWriter, write_rows

POLICY = RegistryPolicy(
    zones={
        "example": replace(PROFILES["gtld"], registrant_change="irs_nz"),  # edits hold at once
        "co.example": replace(
            PROFILES["irs"], registrant_change="irs_nz", privacy_modes=frozenset(PrivacyMode)
        ),
    }
)
SHOPS = Search(
    sought=Sought.DOMAINS,
    by=By.NAME,
    pattern=NamePattern(text="shop", partial=True),
    window=Window(size=2),
)
HOLDERS = Search(
    sought=Sought.ENTITIES, by=By.FULL_NAME, pattern=TextPattern(text="holder", partial=True)
)


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    for ident in range(1, 5):
        rows.contact(ident)
    rows.row("privacy_service", handle="PRIV", name="Service", org="Service",
             alias_domain="alias.example", version=1)  # fmt: skip
    for ident in range(1, 8):
        zone = "example" if ident == 7 else "co.example"
        rows.domain(ident, f"shop{ident}.{zone}", {Role.REGISTRANT: 1 + ident % 3})
    rows.row("change_log", at=1_700_000_000_000_000, kind="x", subject="x")


@pytest.fixture
async def door(database: Database, store_url: str) -> AsyncIterator[ReadDoor]:
    """Give a read door on a filled store, on each engine in turn."""
    write_rows(database, _fill)
    source = open_source(store_url)
    yield ReadDoor(source, POLICY)
    await source.close()


async def _page(door: ReadDoor, query: Search | ReverseSearch, cursor: str | None = None) -> Page:
    window = replace(query.window, cursor=cursor)
    answer = await door.answer(replace(query, window=window))
    assert isinstance(answer, Found)
    assert isinstance(answer.result, Page)
    return answer.result


def _names(page: Page) -> list[str]:
    return [item.name for item in page.items if isinstance(item, PublishedDomain)]


async def test_rows_that_nobody_touched_come_once_whatever_is_edited_meanwhile(
    door: ReadDoor, database: Database
) -> None:
    """A page goes on behind the last name shown, be it still there or not."""
    first = await _page(door, SHOPS)
    assert _names(first) == ["shop1.co.example", "shop2.co.example"]

    def edit(rows: RowWriter) -> None:
        rows._connection.execute(text("DELETE FROM domain WHERE name = 'shop2.co.example'"))
        rows.domain(20, "shop0.co.example", {})
        rows.domain(21, "shop31.co.example", {})

    write_rows(database, edit)
    second = await _page(door, SHOPS, first.next)
    third = await _page(door, SHOPS, second.next)
    assert (second.number, third.number) == (2, 3)
    assert _names(second) == ["shop3.co.example", "shop31.co.example"]
    assert _names(third) == ["shop4.co.example", "shop5.co.example"]


async def test_cursor_is_letters_digits_hyphens_and_underscores(door: ReadDoor) -> None:
    """conformance.md 5.2.3: it needs no escape, and tells nothing."""
    page = await _page(door, SHOPS)
    assert page.next is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]+", page.next)
    assert b"shop" not in page.next.encode()
    assert (await _page(door, SHOPS)).next == page.next


OTHERS = (
    replace(SHOPS, sought=Sought.NAMESERVERS),
    replace(SHOPS, by=By.NS_NAME),
    replace(SHOPS, pattern=NamePattern(text="sho", partial=True)),
    replace(SHOPS, pattern=NamePattern(text="shop", partial=True, parent="co.example")),
    replace(SHOPS, pattern=NamePattern(text="shop")),
    replace(SHOPS, pattern=parse_address("192.0.2.1"), by=By.ADDRESS),
    replace(SHOPS, window=Window(sorting=(Sorting(by=SortBy.NAME),))),
    HOLDERS,
    ReverseSearch(sought=Sought.DOMAINS, terms=((RelatedBy.FULL_NAME, "shop"),)),
)


@pytest.mark.parametrize("other", OTHERS)
async def test_cursor_of_another_search_is_refused(
    door: ReadDoor, other: Search | ReverseSearch
) -> None:
    """A cursor belongs to one class, property, pattern and order."""
    cursor = (await _page(door, SHOPS)).next
    with pytest.raises(RegistryError) as refusal:
        await door.answer(replace(other, window=replace(other.window, cursor=cursor)))
    assert (refusal.value.code, refusal.value.field) == (Code.INVALID_VALUE, "cursor")


async def test_page_size_may_change_between_pages(door: ReadDoor) -> None:
    """The size of pages is no part of what a cursor is bound to."""
    cursor = (await _page(door, SHOPS)).next
    wide = replace(SHOPS, window=Window(size=50))
    assert len((await _page(door, wide, cursor)).items) == 5


CIPHER = CursorCipher(bytes(32))
SEALED = CIPHER.seal([2, "i", ["shop2.co.example"]], SHOPS)


@given(
    st.one_of(
        st.text(max_size=120),
        st.text("abcDEF019-_", max_size=120),
        st.tuples(st.integers(0, len(SEALED) - 1), st.sampled_from("abcXYZ019-_=/+ \n")).map(
            lambda change: SEALED[: change[0]] + change[1] + SEALED[change[0] + 1 :]
        ),
        st.integers(0, len(SEALED) - 1).map(lambda end: SEALED[:end]),
        st.just(SEALED + "="),
        st.just("A" * (MOST_CURSOR + 1)),
        st.just(CursorCipher(secrets.token_bytes(32)).seal([2, "i", ["x"]], SHOPS)),
    )
)
def test_cursor_that_this_store_did_not_make_is_refused(cursor: str) -> None:
    """Forged, damaged, lengthened or another store's: one refusal, never an exception else."""
    if cursor == SEALED:
        return
    with pytest.raises(RegistryError) as refusal:
        CIPHER.open(cursor, SHOPS)
    assert (refusal.value.code, refusal.value.field) == (Code.INVALID_VALUE, "cursor")


def test_longest_position_makes_a_cursor_that_is_taken_back() -> None:
    """A key of the longest kind, in letters of the longest kind."""
    position = [1 << 40, "i", ["\U0001f9ff" * 250, 0, (1 << 63) - 1]]
    assert CIPHER.open(CIPHER.seal(position, HOLDERS), HOLDERS) == position


async def test_order_that_no_index_gives_is_for_few_results(
    door: ReadDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than can be looked at is refused as unbounded; by name an index goes on."""
    monkeypatch.setattr("store.searching.answering.MOST_SORTED", 3)
    dated = replace(SHOPS, window=Window(sorting=(Sorting(by=SortBy.REGISTRATION),)))
    with pytest.raises(RegistryError) as refusal:
        await door.answer(dated)
    assert (refusal.value.code, refusal.value.field) == (Code.UNBOUNDED, "sort")
    named = replace(SHOPS, window=Window(sorting=(Sorting(by=SortBy.NAME, descending=True),)))
    assert _names(await _page(door, named))[0] == "shop7.example"


async def test_order_that_a_class_lacks_is_refused(door: ReadDoor) -> None:
    """Domains have no full name."""
    query = replace(SHOPS, window=Window(sorting=(Sorting(by=SortBy.FULL_NAME),)))
    with pytest.raises(RegistryError) as refusal:
        await door.answer(query)
    assert (refusal.value.code, refusal.value.field) == (Code.INVALID_VALUE, "sort")


async def test_results_beyond_the_bound_are_not_counted(
    door: ReadDoor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A count is exact or none."""
    counted = replace(SHOPS, window=Window(size=2, counted=True))
    assert (await _page(door, counted)).total == 7
    monkeypatch.setattr("store.searching.walks.DomainsByName.most_counted", 6)
    page = await _page(door, counted)
    assert (page.total, page.uncounted) == (None, True)


async def _found(door: ReadDoor, query: Search) -> list[str]:
    answer = await door.answer(query)
    if not isinstance(answer, Found):
        return []
    assert isinstance(answer.result, Page)
    return [str(i.party.name) for i in answer.result.items if isinstance(i, PublishedEntity)]


async def test_next_search_after_an_edit_shows_it(door: ReadDoor, database: Database) -> None:
    """Names, words about them and privacy count from the edit's reply on, both ways."""
    # Where a new registrant needs no approval, its name counts at once.
    zones = {name: replace(zone, registrant_change="irs_nz") for name, zone in POLICY.zones.items()}
    registry = Registry(database, replace(POLICY, zones=zones))
    assert await _found(door, HOLDERS) == ["Holder 1", "Holder 3"]  # 2 is shown below gtld too
    registry.apply(UpdateContact(handle="C3", card=CardEdit(name="Ärmel")))
    armel = replace(HOLDERS, pattern=TextPattern(text="ärm", partial=True))
    assert await _found(door, HOLDERS) == ["Holder 1"]
    assert await _found(door, armel) == ["Ärmel"]
    hide = DisclosureEdit(hide=frozenset({Element.NAME}))
    registry.apply(UpdateContact(handle="C3", disclosure=hide))
    assert await _found(door, armel) == []
    registry.apply(
        UpdateContact(handle="C2", disclosure=DisclosureEdit(disclose=frozenset({Element.NAME})))
    )
    assert await _found(door, HOLDERS) == ["Holder 1", "Holder 2"]
    for name in ("shop3.co.example", "shop6.co.example"):
        registry.apply(UpdateDomain(name=name, privacy=PrivacyEdit(mode=PrivacyMode.PROXY)))
    assert await _found(door, HOLDERS) == ["Holder 2"]
    registry.apply(
        UpdateDomain(name="shop3.co.example", privacy=PrivacyEdit(mode=PrivacyMode.NONE))
    )
    assert await _found(door, HOLDERS) == ["Holder 1", "Holder 2"]


async def test_search_whose_time_ran_out_is_refused(
    database: Database, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TIMED_OUT is neither "not found" nor "unavailable"; look-ups go on."""
    write_rows(database, _fill)
    for module in ("postgresql_source", "search_threads"):
        monkeypatch.setattr(f"store.sql.{module}.SEARCH_SECONDS", 0.0)
    source = open_source(store_url)
    with pytest.raises(RegistryError) as refusal:
        await ReadDoor(source, POLICY).answer(SHOPS)
    assert refusal.value.code is Code.TIMED_OUT
    await source.close()


def test_statement_that_takes_too_long_is_stopped(sqlite_url: str) -> None:
    """SQLite is interrupted in the midst of a statement, and the connection goes on."""
    path = Database(sqlite_url).path
    assert path is not None
    searcher = _SqliteSearcher(path)
    value = {"zones": ["example"] * 20_000, "low": "a", "high": "b", "limit": 1}

    def reading() -> Generator[Fetch, Rows, Rows]:
        return (yield "domains", value)

    with pytest.raises(RegistryError) as refusal:
        searcher.run_until(reading(), time.monotonic() - 1)
    assert refusal.value.code is Code.TIMED_OUT
    assert len(searcher.run_until(reading(), time.monotonic() + 600)) == 20_000
    searcher.shut()


async def test_searches_leave_the_loops_thread_free(sqlite_url: str) -> None:
    """DESIGN: only point look-ups run on the loop's thread."""
    source = open_source(sqlite_url)
    assert isinstance(source, SqliteSource)
    answered = asyncio.ensure_future(ReadDoor(source, POLICY).answer(SHOPS))
    await asyncio.sleep(0)
    assert source._cursor is None
    await answered
    assert source._cursor is None
    await source.close()
