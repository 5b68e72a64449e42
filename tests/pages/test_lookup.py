"""The lookup page over a real store: what a person finds, and how fresh it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from store.model import Role
from store.policy import PROFILES, RegistryPolicy
from store.read_door import ReadDoor
from store.sql.database import Database
from store.sql.sources import open_source
from tests.pages.running import RunningPages, running_pages
from tests.pages.test_record import cards, rows
from tests.stores import RowWriter, write_rows

POLICY = RegistryPolicy(zones={"example": PROFILES["irs"]})


def _fill(rows: RowWriter) -> None:
    rows.registrar(gurid=9999, name="Kauri Domains")
    rows.contact(1, name="Aroha Ngata")
    links = {Role.REGISTRANT: 1, Role.ADMIN: 1, Role.TECH: 1}
    rows.domain(1, "shop.example", links)
    rows.domain(2, "xn--bcher-kva.example", links)
    rows.domain(3, "ns.example", links)
    rows.host(1, "ns1.shop.example", "192.0.2.1", "2001:db8::1")
    rows.host(2, "ns.example", "192.0.2.1")
    rows.host(3, "ns.hosting.test")
    rows.delegation(1, 1)
    rows.row("reserved_name", name="kept.example", blocked=False)


@contextmanager
def pages_over(url: str) -> Iterator[RunningPages]:
    """Serve pages over the store at *url*."""
    with running_pages(ReadDoor(open_source(url), POLICY)) as pages:
        yield pages


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("shop.example", "shop.example"),
        ("SHOP.Example.", "shop.example"),
        ("http://shop.example/", "shop.example"),
        ("b%C3%BCcher.example", "bücher.example"),
        ("xn--bcher-kva.example", "bücher.example"),
        ("ns1.shop.example", "ns1.shop.example"),
        ("ns.hosting.test", "ns.hosting.test"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("9999", "Kauri Domains"),
        ("kauri+domains", "Kauri Domains"),
        ("nope.example", "nope.example is not registered"),
        ("kept.example", "kept.example is reserved"),
        ("www.nope.example", "No such name server"),
        ("shop.test", "shop.test is not looked up here"),
        ("nobody", "No such registrar"),
    ],
)
def test_person_finds_what_was_typed(database: Database, asked: str, title: str) -> None:
    """Names in either form, name servers, addresses, registrars; on both engines."""
    write_rows(database, _fill)
    with pages_over(database.url) as pages:
        assert pages.ask(f"?name={asked}").title == title


def test_host_with_a_registrations_name_is_found_by_its_link(sqlite_url: str) -> None:
    """``ns.example`` is a registration and a name server; the kind tells them apart."""
    database = Database.open(sqlite_url)
    write_rows(database, _fill)
    with pages_over(sqlite_url) as pages:
        assert "Domain name ns.example" in pages.ask("?name=ns.example").text
        assert "Name server ns.example" in pages.ask("?name=ns.example&kind=nameserver").text
    database.close()


def test_page_after_an_edit_shows_the_edit(database: Database) -> None:
    """Each page is read anew, and so are the raw answers in it."""
    write_rows(database, _fill)
    with pages_over(database.url) as pages:
        for city in ("Nelson", "Napier", "Hawera"):
            write_rows(
                database,
                lambda rows, city=city: rows._connection.exec_driver_sql(
                    f"UPDATE contact SET city = '{city}' WHERE id = 1"
                ),
            )
            response = pages.ask("?name=shop.example")
            assert rows(cards(response)["Registrant"])["City"] == [city]
            assert response.body.count(city.encode()) == 9  # three cards, three in each raw answer


def test_store_that_is_gone_is_503_and_comes_back(sqlite_url: str) -> None:
    """No page reads as an absence, and the next one after the store's return is whole."""
    database = Database.open(sqlite_url)
    write_rows(database, _fill)
    database.close()
    kept = Path(sqlite_url.removeprefix("sqlite:///"))
    with pages_over(sqlite_url) as pages:
        away = kept.rename(f"{kept}.away")
        assert pages.ask("?name=shop.example").status == 503
        assert pages.ask("").status == 200  # the form itself needs no store
        away.rename(kept)
        assert pages.ask("?name=shop.example").title == "shop.example"
