"""Random registrations on the page: everything public is there, nothing withheld is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pages.text import clean
from store.policy import RegistryPolicy
from store.published import Party, PublishedDomain, Withheld
from store.queries import Found
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import open_source
from tests.pages.running import FakeReader, Response, RunningPages, running_pages
from tests.pages.test_record import cards, rows
from tests.private_marks import hidden_marks
from tests.properties.test_never_leak import POLICIES, leaks
from tests.registrations import Registration, registrations
from tests.stored_registrations import store_registrations

AS_OF = datetime(2026, 5, 29, 20, 15, tzinfo=UTC)

TITLES = {
    "registrant": "Registrant",
    "admin": "Administrative contact",
    "tech": "Technical contact",
}
PLAIN = {
    "name": "Name",
    "org": "Organisation",
    "city": "City",
    "sp": "State or province",
    "pc": "Postcode",
    "cc": "Country",
    "handle": "ID",
}


@pytest.fixture(scope="module")
def fake() -> Iterator[tuple[FakeReader, RunningPages]]:
    """Give pages whose reader answers what a test tells it."""
    reader = FakeReader(None)
    with running_pages(reader) as pages:
        yield reader, pages


@settings(max_examples=150, deadline=None)
@given(registration=registrations())
def test_page_holds_what_is_published_and_nothing_withheld(
    fake: tuple[FakeReader, RunningPages], registration: Registration
) -> None:
    """Each field of each card reads as published: its value, the zone's wording, or no row."""
    reader, pages = fake
    domain = registration.published()
    reader.give = Found(result=domain, notices=domain.notices, as_of=AS_OF)

    response = pages.ask(f"?name={domain.name}")

    assert response.status == 200
    assert leaks(response.body, hidden_marks(registration)) == set()
    assert_shown(response, domain)


def assert_shown(response: Response, domain: PublishedDomain) -> None:
    """Read the cards back and compare them with *domain*."""
    found = {title.split(" Privacy service")[0]: card for title, card in cards(response).items()}
    assert set(found) == {TITLES[party.role.value] for party in domain.parties}
    for party in domain.parties:
        read = rows(found[TITLES[party.role.value]])
        for member, label in PLAIN.items():
            assert _value(read, label) == _expected(getattr(party, member), domain), member
        street = party.street
        lines = read.get("Street", [])
        if isinstance(street, Withheld):
            assert [_without_reason(line, domain) for line in lines] == [_wording(domain)]
        else:
            assert lines == [tidy(line) for line in street if tidy(line)]
        assert_reachable(read, party, domain)
    text = response.text
    for host in domain.hosts:
        assert (host.unicode_name or host.name) in text
    for status in domain.statuses:
        assert status.value in text
    for ds in domain.dnssec.ds:
        assert ds.digest in text


def assert_reachable(read: dict[str, list[str]], party: Party, domain: PublishedDomain) -> None:
    """Compare phone, fax and e-mail, which have forms of their own."""
    for label, number in (("Phone", party.voice), ("Fax", party.fax)):
        if isinstance(number, str):
            assert read[label][0].startswith(tidy(number).replace(".", " ", 1))
        elif isinstance(number, Withheld):
            assert _without_reason(read[label][0], domain) == _wording(domain)
    if isinstance(party.email, str):
        assert read["E-mail"] == [tidy(party.email)]
    elif party.contact_uri:
        assert "Contact form" in read["E-mail"][0]
    else:
        assert _value(read, "E-mail") == _expected(party.email, domain)


def tidy(text: str) -> str:
    """Give *text* as a reader of the page sees it: runs of blanks are one."""
    return " ".join(clean(text).split())


def _wording(domain: PublishedDomain) -> str:
    return tidy(domain.notices.redaction_text)


def _expected(field: object, domain: PublishedDomain) -> str | None:
    if isinstance(field, Withheld):
        return _wording(domain)
    return tidy(str(field)) or None if field is not None else None


REASONS = (
    *("by the rules of this zone", "as the contact wishes"),
    *("by the name’s privacy setting", "a privacy service stands in"),
)


def _without_reason(shown: str, domain: PublishedDomain) -> str:
    for reason in REASONS:
        if shown == f"{_wording(domain)} {reason}":
            return _wording(domain)
    return shown


def _value(read: dict[str, list[str]], label: str) -> str | None:
    return None if label not in read else " ".join(read[label]).strip() and _first(read[label])


def _first(values: list[str]) -> str:
    (value,) = values
    for reason in REASONS:
        value = value.removesuffix(f" {reason}")
    return value


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, RunningPages]]:
    """Give a store on SQLite and pages over it."""
    path: Path = tmp_path_factory.mktemp("pages") / "rdds.sqlite3"
    database = Database.open(f"sqlite:///{path}", create=True)
    reader = ReadDoor(open_source(database.url), RegistryPolicy(zones=POLICIES))
    with running_pages(reader) as pages:
        yield database, pages
    database.close()


SERIALS = count(1)


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_no_page_of_a_real_store_holds_anything_withheld(
    stored: tuple[Database, RunningPages], data: st.DataObject
) -> None:
    """Every kind of question about a registration, drawn and raw."""
    database, pages = stored
    registration = data.draw(registrations(serial=next(SERIALS), zones=POLICIES))
    store_registrations(database, registration)
    hidden, name = hidden_marks(registration), registration.held.name

    for path in ("", "raw/whois", "raw/rdap"):
        for asked in (name, f"ns1.{name}", registration.held.registrar.name, "192.0.2.1"):
            response = pages.ask(f"{path}?name={quote(asked)}")
            assert response.status in {200, 400, 404}
            assert leaks(response.body, hidden) == set(), (path, asked)
    for contact in registration.everyone():
        for asked in (contact.handle, contact.held.roid):
            response = pages.ask(f"?name={asked}")
            assert response.status == 404  # contacts are no names: nobody is found by a handle
            assert leaks(response.body, hidden - {asked}) == set()
