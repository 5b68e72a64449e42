"""The sample that `serve --demo` loads: its deposits, then its changes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from rdds.demo import demo_policy, load_demo
from store.changes import Actor, CardEdit, CreateRegistrar
from store.inquiries import Inquiries
from store.model import PrivacyMode
from store.policy import PROFILES, RegistryPolicy
from store.sql.database import Database
from store.write_door import WriteDoor

NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def clock() -> datetime:
    """Give the one instant of these tests."""
    return NOW


@pytest.fixture
def sample(database: Database) -> Inquiries:
    """Give the sample in a fresh store, on each engine in turn."""
    assert load_demo(database, RegistryPolicy(), clock=clock)
    return Inquiries(database, demo_policy(RegistryPolicy()), clock=clock)


def test_sample_has_every_kind_of_name(sample: Inquiries) -> None:
    """The sample shows what the product can: each case of the manual has a name."""
    names = {each.domain.name: each.domain for each in sample.list_domains()}
    privacy = {name: domain.privacy for name, domain in names.items() if domain.privacy != "none"}
    assert privacy == {
        "veiled.example": PrivacyMode.PROXY,
        "garden.co.example": PrivacyMode.WITHHOLD,
    }
    shop = names["shop.example"]
    assert {link.role.value: link.contact for link in shop.links} == {
        "registrant": "AROHA1",
        "admin": "AROHA1",
        "tech": "TEKAU1",
        "billing": "PUTEA1",
    }
    assert len(list(sample.list_domains(contact="AROHA1"))) >= 3
    assert any(name.startswith("xn--") for name in names)
    assert any(domain.dnssec.ds for domain in names.values())
    assert sample.find_host("ns1.shop.example").host.addresses
    assert {domain.zone for domain in names.values()} == {"example", "co.example"}
    assert {each.blocked for each in sample.list_reserved_names()} == {True, False}


def test_sample_has_what_no_deposit_carries(sample: Inquiries) -> None:
    """Abuse contacts, RDAP bases, consents and aliases come through the write door."""
    for registrar in sample.list_registrars():
        assert registrar.abuse_email
        assert registrar.abuse_phone
        assert registrar.rdap_url
        assert registrar.whois_server
    contact = sample.find_contact("AROHA1").contact
    assert {each.element.value for each in contact.disclosures if each.show} == {
        "name", "org", "addr", "voice", "fax", "email"
    }  # fmt: skip
    assert {each.at for each in contact.disclosures} == {NOW}
    roles = {each.role.value: each.forwards_to for each in sample.list_aliases("SHIELD")}
    assert set(roles) == {"registrant", "admin", "tech"}
    assert all(roles.values())


def test_sample_is_loaded_once(database: Database) -> None:
    """A store that holds the sample keeps it as it is."""
    assert load_demo(database, RegistryPolicy(), clock=clock)
    inquiries = Inquiries(database, RegistryPolicy(), clock=clock)
    before = list(inquiries.list_contacts())
    assert not load_demo(database, RegistryPolicy(), clock=clock)
    assert list(inquiries.list_contacts()) == before


def test_sample_spares_a_store_in_use(database: Database) -> None:
    """A store that holds anything of somebody's is left alone."""
    door = WriteDoor(database, RegistryPolicy(), clock=clock)
    door.apply(CreateRegistrar(handle="REG1", card=CardEdit(name="Mine")), Actor(name="me"))
    assert not load_demo(database, RegistryPolicy(), clock=clock)
    assert list(Inquiries(database, RegistryPolicy(), clock=clock).list_domains()) == []


def test_settings_that_name_the_second_zone_win(sqlite_url: str) -> None:
    """Where the settings say otherwise of a zone, the sample follows them."""
    policy = RegistryPolicy(zones={"co.example": PROFILES["gtld"], "example": PROFILES["irs"]})
    assert demo_policy(policy) == policy
    assert demo_policy(RegistryPolicy()).zone("co.example").profile == "irs"
    database = Database.open(sqlite_url)
    try:
        assert load_demo(database, policy, clock=clock)
        inquiries = Inquiries(database, policy, clock=clock)
        assert {each.domain.privacy.value for each in inquiries.list_domains()} == {"none"}
    finally:
        database.close()
