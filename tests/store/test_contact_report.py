"""The report on what contacts lack (contacts.md 3, Portal), on both engines."""

from __future__ import annotations

import pytest

from store.contact_report import ContactReport, Lack
from store.errors import Code
from store.model import Role
from store.sql import listing
from store.sql.database import Database
from tests.store.editing_values import Registry, a_contact, a_registry, links, refused
from tests.stores import RowWriter, write_rows

WHOLE = {"street": ("1 Kōwhai St",), "pc": "6011"}


def _kinds(report: ContactReport) -> dict[str, tuple[str, ...]]:
    return {lack.kind: lack.examples for lack in report.lacks}


def test_complete_and_incomplete_registrants_are_counted(database: Database) -> None:
    """Section 3: registrants by completeness, all contacts by what they lack."""
    registry = a_registry(database)
    registry.apply(a_contact("CA1", **WHOLE), a_contact("CA2", pc="6011"))
    registry.apply(a_contact("CA3", **WHOLE), a_contact("CA4", street=("1 Kōwhai St",)))
    registry.register("one.example", "CA1")
    registry.register("two.example", links=links("CA2", "CA3", "CA3"))
    report = registry.inquiries.report_contacts()
    assert (report.contacts, report.complete, report.incomplete) == (4, 1, 1)
    assert report.insufficient == 2
    assert report.lacks == (
        Lack(kind="no-pc", count=1, examples=("CA4",)),
        Lack(kind="no-street", count=1, examples=("CA2",)),
    )


def test_each_kind_of_lack_is_named_by_its_option(database: Database) -> None:
    """What deposits brought is held to today's rules; the merely unlikely stands apart (D-27)."""

    def fill(rows: RowWriter) -> None:
        rows.registrar()
        for ident, values in enumerate(
            (
                {"email": None},
                {"org": "X"},
                {"voice": "+1.5550123"},
                {"voice": "+64.123456789"},
                {"pc": "60111"},
                {"cc": None},
                {"city": None},
                {"voice": None},
                {"fax": "+64.48319876", "fax_ext": "12x"},
            ),
            start=1,
        ):
            rows.contact(ident, **({"street1": "1 Kōwhai St", "pc": "6011"} | values))
        rows.domain(1, "shop.example", {Role.TECH: 8, Role.REGISTRANT: 9})
        rows.domain(2, "shop.co.example", {Role.TECH: 7})

    write_rows(database, fill)
    report = Registry(database).inquiries.report_contacts()
    kinds = _kinds(report)
    assert kinds == {
        "bad-fax-ext": ("C9",),
        "bad-org": ("C2",),
        "bad-voice": ("C3",),
        "no-cc": ("C6",),
        "no-city": ("C7",),
        "no-email": ("C1",),
        "no-voice": ("C8",),
        "unlikely-pc": ("C5",),
        "unlikely-voice": ("C4",),
    }
    assert (report.contacts, report.insufficient) == (9, 7)
    assert (report.complete, report.incomplete) == (0, 1)


def test_phone_is_lacking_only_where_a_role_asks_for_one(database: Database) -> None:
    """D-27: a gtld zone asks its tech contacts, an irs zone asks nobody."""

    def fill(rows: RowWriter) -> None:
        rows.registrar()
        for ident in (1, 2, 3):
            rows.contact(ident, voice=None, street1="1 Kōwhai St", pc="6011")
        rows.domain(1, "shop.example", {Role.REGISTRANT: 1, Role.TECH: 2})
        rows.domain(2, "shop.co.example", {Role.TECH: 3})

    write_rows(database, fill)
    assert _kinds(Registry(database).inquiries.report_contacts()) == {"no-voice": ("C2",)}


def test_country_without_postcodes_asks_for_none(database: Database) -> None:
    """8.3: Hong Kong has no postcodes."""
    registry = a_registry(database)
    registry.apply(a_contact("CA1", cc="HK", street=("1 Queen's Road",), voice="+852.25550123"))
    assert "no-pc" not in _kinds(registry.inquiries.report_contacts())


def test_report_is_read_page_by_page_with_a_few_examples(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counts are whole, examples few, whatever the number of contacts and pages."""
    monkeypatch.setattr(listing.list_pages, "__kwdefaults__", {"size": 4})

    def fill(rows: RowWriter) -> None:
        rows.registrar()
        for ident in range(10, 27):
            rows.contact(ident, pc="6011")

    write_rows(database, fill)
    report = Registry(database).inquiries.report_contacts()
    (lack,) = report.lacks
    assert lack == Lack(kind="no-street", count=17, examples=("C10", "C11", "C12", "C13", "C14"))


def test_report_is_of_one_registrar_where_one_is_named(database: Database) -> None:
    """C-04: a registrar's report counts its own; an unknown one is refused."""
    registry = a_registry(database)
    registry.apply(a_contact("CA1"), a_contact("CB1", registrar="REG-B", **WHOLE))
    assert registry.inquiries.report_contacts("reg-b").contacts == 1
    assert _kinds(registry.inquiries.report_contacts("REG-B")) == {}
    with refused(Code.NOT_FOUND, "registrar"):
        registry.inquiries.report_contacts("REG-X")
