"""Operators' listings, on both engines."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from store.changes import (
    CardEdit,
    CreatePrivacyService,
    DeleteContact,
    PrivacyEdit,
    UpdateContact,
    UpdateDomain,
)
from store.errors import Code
from store.inquiries import Inquiries
from store.instants import to_micros
from store.model import PrivacyMode
from store.records_json import snapshot
from store.sql import listing
from store.sql.database import Database
from store.sql.schema import metadata
from store.statuses import Status
from tests.store.editing_values import START, Registry, a_contact, a_registry, links, refused
from tests.stores import RowWriter, write_rows


def test_lists_of_many_pages_are_complete_and_ascending(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the page's size, each item comes once and in order."""
    monkeypatch.setattr("store.inquiries.PAGE", 3)
    monkeypatch.setattr("store.inquiries.LONG_PAGE", 2)
    monkeypatch.setattr(listing.list_pages, "__kwdefaults__", {"size": 3})
    registry = a_registry(database, *(f"CA{n}" for n in range(1, 8)))
    for number in range(1, 7):
        registry.register(f"n{number}.example", contact=f"CA{1 + number % 2}")
    handles = [detail.contact.handle for detail in registry.inquiries.list_contacts()]
    names = [detail.domain.name for detail in registry.inquiries.list_domains()]
    mine = [detail.domain.name for detail in registry.inquiries.list_domains(contact="ca2")]
    assert handles == [f"CA{n}" for n in range(1, 8)]
    assert names == [f"n{n}.example" for n in range(1, 7)]
    assert mine == ["n1.example", "n3.example", "n5.example"]


def test_lists_are_read_as_they_are_asked_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list isn't built in memory: taking one item reads one page."""
    monkeypatch.setattr(listing.list_pages, "__kwdefaults__", {"size": 2})
    registry = a_registry(database, *(f"CA{n}" for n in range(1, 6)))
    reads = []
    read = database.read

    def counting(work: Callable[[Connection], Any]) -> Any:
        reads.append(work)
        return read(work)

    monkeypatch.setattr(database, "read", counting)
    contacts = registry.inquiries.list_contacts()
    next(contacts)
    next(contacts)
    assert len(reads) == 1
    assert len(list(contacts)) == 3


def test_contacts_are_listed_by_registrar_and_by_state(database: Database) -> None:
    """The three states cover every contact, each once."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("shop.example")
    registry.wait(days=61)
    registry.apply(a_contact("CB1", registrar="REG-B"))
    states = {
        state: [d.contact.handle for d in registry.inquiries.list_contacts(state=state)]
        for state in ("linked", "orphaned", "pendingDelete")
    }
    assert states == {"linked": ["CA1"], "orphaned": ["CB1"], "pendingDelete": ["CA2"]}
    of_b = registry.inquiries.list_contacts(registrar="reg-b")
    assert [detail.contact.handle for detail in of_b] == ["CB1"]
    with refused(Code.NOT_FOUND, "registrar"):
        list(registry.inquiries.list_contacts(registrar="NOBODY"))
    with refused(Code.NOT_FOUND, "contact"):
        list(registry.inquiries.list_domains(contact="NOBODY"))


def test_contact_is_shown_with_links_state_and_statuses(database: Database) -> None:
    """D-06, L-02: links of all roles, by name and role; ``ok`` beside ``linked``."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("two.example", links=links("CA1", "CA2", "CA1", "CA1"))
    registry.register("one.example", contact="CA1")
    shown = snapshot(registry.inquiries.find_contact("ca1"))
    assert shown["links"] == [
        {"name": name, "role": role, "since": "2026-03-01T12:00:00Z"}
        for name, role in (
            ("one.example", "registrant"),
            ("one.example", "admin"),
            ("one.example", "tech"),
            ("two.example", "registrant"),
            ("two.example", "tech"),
            ("two.example", "billing"),
        )
    ]
    assert (shown["state"], shown["next_states"]) == ("linked", {})
    assert shown["statuses"] == ["ok", "linked"]
    assert not {"auth_info", "auth_hash"} & shown.keys()


def test_domain_and_host_are_shown_with_their_full_statuses(database: Database) -> None:
    """D-28: what is computed stands in what is shown."""
    registry = a_registry(database, "CA1")
    registry.register("shop.example")
    assert snapshot(registry.inquiries.find_domain("SHOP.example"))["statuses"] == ["inactive"]
    registry.apply(UpdateDomain(name="shop.example", add_hosts=("ns1.x.net",)))
    assert snapshot(registry.inquiries.find_domain("shop.example"))["statuses"] == ["ok"]
    assert snapshot(registry.inquiries.find_host("NS1.x.net"))["statuses"] == ["ok", "linked"]


@pytest.mark.parametrize(
    ("ask", "subject", "field"),
    [
        ("find_contact", "NONE", "id"),
        ("find_domain", "none.example", "name"),
        ("find_host", "none.example", "name"),
        ("find_registrar", "NONE", "id"),
        ("find_privacy_service", "\udcff", "id"),
        ("list_aliases", "NONE", "id"),
    ],
)
def test_what_is_not_there_is_refused(
    database: Database, ask: str, subject: str, field: str
) -> None:
    """NOT_FOUND, naming the argument."""
    inquiries = a_registry(database).inquiries
    with refused(Code.NOT_FOUND, field):
        list(getattr(inquiries, ask)(subject))


def test_history_tells_who_changed_what_when_and_how(database: Database) -> None:
    """Oldest first, also of an object that is gone; values old and new."""
    registry = a_registry(database, "CA1")
    registry.wait(minutes=5)
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(voice="+64.48312000")))
    created, updated = registry.inquiries.list_history("contact", "ca1")
    assert (created.action, created.at) == ("created", START)
    assert snapshot(updated) == {
        "at": "2026-03-01T12:05:00Z",
        "kind": "contact",
        "subject": "CA1",
        "action": "updated",
        "actor": "tester",
        "door": "test",
        "changes": {"voice": ["+64.211234567", "+64.48312000"]},
    }
    registry.apply(DeleteContact(handle="CA1"))
    assert len(list(registry.inquiries.list_history("contact", "CA1"))) == 3
    with refused(Code.NOT_FOUND, "id"):
        list(registry.inquiries.list_history("contact", "NEVER"))
    with refused(Code.NOT_FOUND, "name"):
        list(registry.inquiries.list_history("domain", "never.example"))


def test_history_of_an_imported_name_holds_its_zones_imports(database: Database) -> None:
    """Where no edit made the object, the imports of its zone stand for that."""

    def imported(rows: RowWriter) -> None:
        from store.model import Role

        rows.registrar()
        rows.contact(1)
        rows.domain(1, "old.example", {Role.REGISTRANT: 1})

    write_rows(database, imported)
    rows: list[dict[str, Any]] = [
        {
            "kind": "zone",
            "subject": zone,
            "action": "import",
            "at": to_micros(START),
            "actor": "op",
            "door": "cli",
            "changes": json.dumps({"deposit": [None, zone]}),
        }
        for zone in ("example", "co.example")
    ]
    table = metadata.tables["history"]
    database.write(lambda connection: connection.execute(insert(table), rows))
    registry = Registry(database)
    registry.apply(UpdateDomain(name="old.example", disputed=True))
    entries = list(registry.inquiries.list_history("domain", "OLD.example"))
    assert [(entry.kind, entry.subject) for entry in entries] == [
        ("zone", "example"),
        ("domain", "old.example"),
    ]
    of_contact = list(registry.inquiries.list_history("contact", "C1"))
    assert [entry.subject for entry in of_contact] == ["example"]


def test_clock_of_the_inquiry_decides_the_state(database: Database) -> None:
    """Nothing but the clock changes between the two answers."""
    registry = a_registry(database, "CA1")
    late = Inquiries(database, registry.policy, clock=lambda: START + timedelta(days=60))
    assert registry.inquiries.find_contact("CA1").state == "orphaned"
    assert late.find_contact("CA1").state == "pendingDelete"
    assert Status.PENDING_DELETE in late.find_contact("CA1").statuses


def _aliases(registry: Registry) -> list[str]:
    return [str(snapshot(alias)["alias"]) for alias in registry.inquiries.list_aliases("SHIELD")]


def test_aliases_of_a_name_turn_with_its_holder(database: Database) -> None:
    """P-12, D-11: a new holder has new aliases for every role, and the old ones are dead."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("shop.example")
    registry.apply(
        CreatePrivacyService(
            handle="SHIELD", card=CardEdit(name="S", org="Shield"), alias_domain="alias.net"
        ),
        UpdateDomain(
            name="shop.example", privacy=PrivacyEdit(mode=PrivacyMode.PROXY, service="SHIELD")
        ),
    )
    before = _aliases(registry)
    registry.apply(UpdateDomain(name="shop.example", links=links(tech="CA2")))
    assert _aliases(registry) == before
    registry.apply(UpdateDomain(name="shop.example", links=links(registrant="CA2")))
    assert len(before) == 3
    assert not set(before) & set(_aliases(registry))
