"""Nothing withheld leaves by a search: not found by it, not counted, not ordered by it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from rdap.search.offers import Offers
from store.model import Role
from store.policy import PROFILES, RegistryPolicy, ZonePolicy, ZoneRole
from store.published import PublicRole
from store.sql.database import Database
from tests.private_marks import hidden_marks
from tests.properties.searches import SearchAnswer, ask_pages, searches_about, searches_for_many
from tests.registrations import SECRET, registrations
from tests.running_doors import RunningDoors, running_doors
from tests.stored_registrations import store_registrations
from tests.stores import RowWriter, write_rows
from tests.twins import twins

VARIANTS = ("zqleft", "zqright")
PUBLIC_URL = "https://rdap.nic.example/rdap/"
MANY = 60  # of each kind; a page holds 20
KINDS = 5
POLICIES: Mapping[str, ZonePolicy] = {
    "example": PROFILES["gtld"],
    "co.example": PROFILES["irs"],
    "reg.example": ZonePolicy(
        profile="gtld", role=ZoneRole.REGISTRAR, redacted=PROFILES["gtld"].redacted
    ),
    "thin.example": ZonePolicy(profile="irs", published_roles=frozenset({PublicRole.TECH})),
}


@dataclass(frozen=True, slots=True)
class Served:
    """A store, the doors over it, and what of its texts no answer may hold."""

    database: Database
    doors: RunningDoors
    hidden: set[str] = field(default_factory=set)


@contextmanager
def served_pair(*urls: str) -> Iterator[tuple[Served, Served]]:
    """Serve two stores that differ in private values alone, all searches on."""
    with ExitStack() as stack:
        pair = []
        for url, variant in zip(urls, VARIANTS, strict=True):
            database = Database.open(url)
            stack.callback(database.close)
            # One secret: aliases are public and made under it.
            database.write(
                lambda connection: connection.execute(
                    text("UPDATE store_secret SET secret = :secret WHERE name = 'alias'"),
                    {"secret": SECRET},
                )
            )
            write_rows(database, lambda rows, variant=variant: add_many(rows, variant))
            policy, offers = RegistryPolicy(zones=POLICIES), Offers.named(["all"])
            doors = running_doors(url, policy, public_url=PUBLIC_URL, searches=offers)
            pair.append(Served(database, stack.enter_context(doors)))
        left, right = pair
        yield left, right


def add_many(rows: RowWriter, variant: str) -> None:
    """Add names whose holders anybody may see, among as many that nobody may.

    The hidden ones have other names, ids, mailboxes and row numbers in each variant. In the
    first, who stands behind a service or in a role that isn't published is one of the visible.
    """
    rows.registrar("MANY", name="Sponsor of many", gurid=9997)
    rows.row("privacy_service", handle="VEIL", name="Veil", alias_domain="veil.example", version=1)
    rows.host(9_000, "ns.many.test", "192.0.2.55")
    for number in range(MANY):
        first = variant == VARIANTS[0]
        place = number if first else MANY - number
        shown, hidden = 9_000_000 + number, 9_100_000 + place * 5
        rows.contact(shown, name=f"Many {number:03}", registrar="MANY")
        _hidden_contacts(rows, hidden, f"Many {place:03} {variant}")
        _names(rows, number, shown, hidden, behind=shown if first else hidden + 1)
        rows.host(9_000_000 + number, f"ns{number}.many.test", "192.0.2.55")
    rows.row("change_log", at=1_700_000_000_000_000, kind="x", subject="x")


def _hidden_contacts(rows: RowWriter, first: int, name: str) -> None:
    unsaid = json.dumps({"name": None, "email": None})
    for at, word in enumerate(("redacted", "proxied", "reticent", "billing")):
        rows.contact(
            first + at,
            name=f"{name} {word}",
            email=f"{name.replace(' ', '')}{word}@mail.example",
            registrar="MANY",
            disclosures=unsaid if word == "reticent" else "{}",
        )


def _names(rows: RowWriter, number: int, shown: int, hidden: int, *, behind: int) -> None:
    numbers = count(9_000_000 + number * KINDS)

    def name(label: str, zone: str, holder: int, **values: object) -> None:
        ident = next(numbers)
        rows.domain(
            ident,
            f"many-{label}{number}.{zone}",
            {Role.REGISTRANT: holder, Role.BILLING: behind if number % 2 else hidden + 3},
            zone=zone,
            registrar="MANY",
            **values,
        )
        rows.delegation(ident, 9_000)

    name("shown", "co.example", shown)
    name("redacted", "example", hidden)
    name("proxied", "co.example", behind, privacy="proxy", privacy_service="VEIL")
    name("reticent", "co.example", hidden + 2)
    name("thin", "thin.example", behind)


@pytest.fixture(scope="module")
def sqlite_pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """Give two stores on SQLite, served for the whole module."""
    folder: Path = tmp_path_factory.mktemp("searches")
    urls = [f"sqlite:///{folder / side}.sqlite3" for side in ("left", "right")]
    for url in urls:
        Database.open(url, create=True).close()
    with served_pair(*urls) as pair:
        yield pair


@pytest.fixture
def postgresql_pair(
    postgresql_url: str, second_postgresql_url: str
) -> Iterator[tuple[Served, Served]]:
    """Give two stores on PostgreSQL, served."""
    with served_pair(postgresql_url, second_postgresql_url) as pair:
        yield pair


SERIALS = count(1)  # one pair of stores, so no two registrations share a mark


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_a_twin_is_published_alike(data: st.DataObject) -> None:
    """What differs between twins is nothing that a look-up shows."""
    registration = data.draw(registrations())
    assert data.draw(twins(registration)).published() == registration.published()


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_searches_tell_nothing_that_is_withheld(
    sqlite_pair: tuple[Served, Served], data: st.DataObject
) -> None:
    """P-04: no page holds a hidden text; stores that differ in hidden values answer alike."""
    assert_one_more_tells_nothing(sqlite_pair, data)


def test_searches_on_postgresql_tell_nothing_that_is_withheld(
    postgresql_pair: tuple[Served, Served],
) -> None:
    """The other engine's searches find, count and order by the same."""

    @settings(max_examples=4, deadline=None, database=None)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        assert_one_more_tells_nothing(postgresql_pair, data)

    check()
    assert_many_are_told_alike(postgresql_pair, by_dates=False)


def test_pages_counts_and_orders_tell_nothing_that_is_withheld(
    sqlite_pair: tuple[Served, Served],
) -> None:
    """Among many hidden persons: the same pages, totals, entity-tags and orders in both stores."""
    assert_many_are_told_alike(sqlite_pair, by_dates=True)


def assert_one_more_tells_nothing(pair: tuple[Served, Served], data: st.DataObject) -> None:
    """Add a registration to one store, its twin to the other, and ask for both in both."""
    left, right = pair
    registration = data.draw(registrations(serial=next(SERIALS), zones=POLICIES))
    twin = data.draw(twins(registration))
    store_registrations(left.database, registration)
    store_registrations(right.database, twin)
    in_names = hidden_marks(registration) | hidden_marks(twin)
    in_entities = hidden_marks(registration, looked_up=True) | hidden_marks(twin, looked_up=True)
    left.hidden.update(in_entities)
    for search in dict.fromkeys(searches_about(registration, twin)):
        hidden = in_entities if search.startswith("entities") else in_names
        assert_told_alike(pair, search, hidden)


def assert_many_are_told_alike(pair: tuple[Served, Served], *, by_dates: bool) -> None:
    """Ask both stores for all there is, to the last page, in every order."""
    words = {*VARIANTS, *pair[0].hidden}
    totals = {}
    for search in searches_for_many(by_dates=by_dates):
        first = assert_told_alike(pair, search, words)[0]
        if first.status == 200:
            paging = json.loads(first.body).get("paging_metadata", {})
            totals[search] = paging.get("totalCount")
    assert totals["entities?fn=many*&count=true"] == MANY
    assert totals["domains?name=many*&count=true"] == KINDS * MANY
    assert totals["domains/reverse_search/entity?fn=Many%20007&count=true"] == 1


def assert_told_alike(
    pair: tuple[Served, Served], search: str, hidden: set[str]
) -> list[SearchAnswer]:
    """See that both say the same, byte for byte, and nothing *hidden*; give the left pages."""
    left, right = (list(ask_pages(each.doors, search)) for each in pair)
    assert [answer.status for answer in left] == [answer.status for answer in right], search
    assert [_comparable(answer) for answer in left] == [_comparable(answer) for answer in right], (
        search
    )
    assert left[0].status in {200, 400, 404, 422, 501}, search
    for answer in left:
        said = (answer.head + answer.body).lower()
        assert {mark for mark in {*hidden, "billing"} if mark.lower().encode() in said} == set(), (
            search
        )
    return left


def _comparable(answer: SearchAnswer) -> tuple[int, bytes, bytes]:
    return answer.status, answer.head, answer.body
