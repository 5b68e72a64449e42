"""What links a contact to a name: four roles, each filled once, three of them always."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from store.changes import CreateDomain, DeleteContact, DeleteDomain, UpdateContact, UpdateDomain
from store.deposit.remarks import Remark
from store.errors import Code, StoreUnavailableError
from store.model import PostalType, PrivacyMode, Role
from store.policy import CHANGE_PROFILES, PROFILES
from store.published import Kind
from store.sql.database import Database
from store.sql.schema import metadata
from tests.store.deposit import deposits
from tests.store.editing_values import Registry, a_card, a_contact, a_registry, links, refused

REQUIRED = (Role.REGISTRANT, Role.ADMIN, Role.TECH)
ELSEWHERE = {"change_log", "history"}  # what happened, not what is


def test_types_of_contact_are_a_closed_set_a01(database: Database) -> None:
    """A-01: the store itself refuses another type, and a deposit's other type is no link."""
    assert {role.value for role in Role} == {"registrant", "admin", "tech", "billing"}
    reseller = '<d:contact type="reseller">CON1</d:contact>'
    summary = deposits.load(
        database,
        deposits.deposit(
            deposits.a_domain(inside=reseller), deposits.a_contact(), deposits.a_registrar()
        ),
    )
    assert deposits.remarks(summary)[Remark.UNREADABLE_VALUE] == 1
    assert set(deposits.links(database, "shop.example")) == {"registrant", "admin", "tech"}
    table = metadata.tables["domain_contact"]
    rename = update(table).where(table.c.role == "tech").values(role="reseller")
    with pytest.raises(StoreUnavailableError):
        database.write(lambda connection: connection.execute(rename))


def test_contacts_of_every_origin_are_in_one_store_a03_a04(database: Database) -> None:
    """A-03, A-04: a deposit's and an editor's are listed together; an id is enough to use one."""
    deposits.load(database, deposits.small())
    registry = Registry(database)
    registry.apply(a_contact("CA1"))
    registry.register("next.example", links=links("CON1", "CA1", "con1"))
    assert [each.contact.handle for each in registry.inquiries.list_contacts()] == ["CA1", "CON1"]
    found = {link.role: link.contact for link in registry.domain("next.example").links}
    assert found == {Role.REGISTRANT: "CON1", Role.ADMIN: "CA1", Role.TECH: "CON1"}
    registry.apply(DeleteDomain(name="next.example"))
    assert registry.contact("CA1").card.email == "aroha@example.net"


def test_rows_of_names_hold_no_value_of_a_contact_a05(database: Database) -> None:
    """A-05: what a contact says stands in its own row and nowhere beside a name."""
    registry = a_registry(database)
    marks = {"name": "Quokka One", "org": "Quokka Two", "city": "Quokkaton", "sp": "Quokkashire"}
    card = a_card(**marks, street=("3 Quokka St",), email="quokka@example.net")
    registry.apply(a_contact("CA1", card=card))
    registry.register("one.example")
    registry.register("two.co.example")
    told = {
        table
        for table, rows in registry.rows().items()
        if table not in ELSEWHERE and "quokka" in repr(rows).lower()
    }
    assert told == {"contact", "contact_sight"}  # the second is its own index (decision 0009)


@pytest.mark.parametrize("zone", ["example", "co.example"])
@pytest.mark.parametrize("role", REQUIRED)
def test_required_role_is_never_empty_i02_e37(database: Database, role: Role, zone: str) -> None:
    """I-02, D-23, D-18, E-37: refused without it, and refused to leave it empty."""
    registry = a_registry(database, "CA1", "CA2")
    name = f"shop.{zone}"
    others = tuple(link for link in links("CA1", "CA1", "CA1") if link.role is not role)
    registry.refuses(
        [(CreateDomain(name=name, registrar="REG-A", links=others), Code.ROLE_REQUIRED, role.value)]
    )
    registry.register(name)
    removal = links(**{role.value: ""})
    registry.refuses([(UpdateDomain(name=name, links=removal), Code.ROLE_REQUIRED, role.value)])


def test_fourth_role_may_be_empty_i02(database: Database) -> None:
    """I-02: a name is made without billing, gets one, and loses it again."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register()
    for billing, roles in (("CA2", 4), ("", 3)):
        registry.apply(UpdateDomain(name="shop.example", links=links(billing=billing)))
        assert len(registry.domain("shop.example").links) == roles


def test_one_contact_has_every_role_of_many_names_i06(database: Database) -> None:
    """I-06, I-01: four roles of each of two names are eight links of one contact."""
    registry = a_registry(database, "CA1", "CA2")
    for name in ("one.example", "two.co.example"):
        registry.register(name, links=links("CA1", "CA1", "CA1", "CA1"))
    held = registry.inquiries.find_contact("CA1").links
    assert sorted((link.name, link.role) for link in held) == sorted(
        (name, role) for name in ("one.example", "two.co.example") for role in Role
    )
    registry.apply(UpdateDomain(name="one.example", links=links(tech="CA2")))
    assert len(registry.inquiries.find_contact("CA1").links) == 7


def test_contact_of_one_name_is_edited_apart_from_its_roles_i01(database: Database) -> None:
    """I-01: what a contact is on one name says nothing of another, and an edit moves no role."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("one.example", links=links("CA2", "CA2", "CA1"))
    registry.register("two.example", links=links("CA2", "CA1", "CA2"))
    registry.apply(UpdateContact(handle="CA1", card=a_card(city="Nelson")))
    held = {link.name: link.role for link in registry.inquiries.find_contact("CA1").links}
    assert held == {"one.example": Role.TECH, "two.example": Role.ADMIN}


@pytest.mark.parametrize("kind", [None, *Kind])
def test_fourth_role_takes_either_kind_i04(database: Database, kind: Kind | None) -> None:
    """I-04: whoever sees to the money may be a person or an organisation, in every zone."""
    registry = a_registry(database, "CA1")
    registry.apply(a_contact("MONEY", kind=kind))
    for name in ("one.example", "two.co.example"):
        registry.register(name, links=links("CA1", "CA1", "CA1", "MONEY"))
        assert registry.domain(name).link(Role.BILLING).contact == "MONEY"  # type: ignore[union-attr]


@pytest.mark.parametrize(("names", "told"), [(3, "3 names"), (4, "more than 3 names")])
def test_count_of_a_refused_deletion_stops_e03(
    database: Database, monkeypatch: pytest.MonkeyPatch, names: int, told: str
) -> None:
    """E-03: nobody counts a hundred thousand names to say that there are many."""
    for module in ("sql.records.saving", "editing.contacts"):
        monkeypatch.setattr(f"store.{module}.COUNT_CAP", 3)
    registry = a_registry(database, "CA1")
    for number in range(names):
        registry.register(f"name{number}.example")
    with refused(Code.IN_USE, "id") as said:
        registry.apply(DeleteContact(handle="CA1"))
    assert f" {told}" in said[0].message


def test_two_profiles_differ_in_what_they_ask_d21_d23() -> None:
    """D-21, D-23, D-20, D-27: what each asks of contacts; approvals are asked by both."""
    gtld, irs = PROFILES["gtld"], PROFILES["irs"]
    assert set(PROFILES) == {"gtld", "irs"}
    assert gtld.required_roles == irs.required_roles == set(REQUIRED)
    assert (gtld.phone_required_roles, irs.phone_required_roles) == ({Role.TECH}, set())
    assert (gtld.postal_types, irs.postal_types) == (set(PostalType), {PostalType.LOC})
    assert gtld.privacy_modes == {PrivacyMode.NONE, PrivacyMode.PROXY}
    assert irs.privacy_modes == {PrivacyMode.NONE, PrivacyMode.WITHHOLD}
    assert gtld.change_profile is irs.change_profile is CHANGE_PROFILES["seed"]
