"""The technical contact (contacts.md 1.1): what it may be and do, and what everyone sees."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from store import changes
from store.changes import ActingHolder, Actor, CardEdit, PrivacyEdit, UpdateContact
from store.errors import Code
from store.model import PrivacyMode, Role
from store.published import DsData, Kind
from store.sql.database import Database
from tests.store.editing_values import links, refused
from tests.store.privacy.veils import NAME, SECOND, Veils, an_order, switched, veils_over

KEY = DsData(key_tag=7, algorithm=13, digest_type=2, digest="AB" * 32)
TECH = Actor(name="quokka", door="portal", acting=ActingHolder(name=NAME, contact="CA2"))


@pytest.fixture
def veils(database: Database, store_url: str) -> Iterator[Veils]:
    """Give two names whose tech contact is CA2, open to the public."""
    with veils_over(database, store_url, mode=PrivacyMode.NONE) as veils:
        yield veils


@pytest.mark.parametrize("kind", Kind)
def test_tech_contact_is_a_person_or_an_entity_t01(veils: Veils, kind: Kind) -> None:
    """T-01: either kind stands on the same link, and is shown."""
    veils.registry.apply(UpdateContact(handle="CA2", kind=kind))
    assert "Tech Name: Quokka Person" in veils.whois().splitlines()


def test_each_role_is_a_link_of_its_own_t02_t12(veils: Veils) -> None:
    """T-02, T-12: admin, tech and billing are taken at registration; one contact may be all."""
    registry = veils.registry
    registry.register("many.co.example", links=links("CA1", "CA2", "CA2", "CA3"))
    found = {link.role: link.contact for link in registry.domain("many.co.example").links}
    assert found == {
        Role.REGISTRANT: "CA1",
        Role.ADMIN: "CA2",
        Role.TECH: "CA2",
        Role.BILLING: "CA3",
    }


@pytest.mark.parametrize("mode", PrivacyMode)
def test_tech_section_leads_somewhere_t03_t13(veils: Veils, mode: PrivacyMode) -> None:
    """T-03, T-10, T-13: in every mode the tech's e-mail is an address that reaches it."""
    veils.registry.apply(switched(mode))
    shown = veils.emails()["tech"]
    if mode is PrivacyMode.PROXY:
        assert veils.forward(shown) == "quokka@mail.example.net"
    else:
        assert shown == "quokka@mail.example.net"


def test_tech_contact_has_a_valid_address_t05(veils: Veils) -> None:
    """T-05: none without an e-mail, nor with a broken one."""
    for email, code in (("", Code.MISSING_VALUE), ("nobody", Code.INVALID_VALUE)):
        with refused(code, "email"):
            veils.registry.apply(UpdateContact(handle="CA2", card=CardEdit(email=email)))


def test_name_servers_that_tech_sets_show_at_once_t09(veils: Veils) -> None:
    """T-09: both doors have the new list in their next answer."""
    for add, remove in (
        (("ns1.elsewhere.net", "ns2.elsewhere.net"), ()),
        ((), ("ns1.elsewhere.net",)),
    ):
        edit = an_order(NAME, add_hosts=add, remove_hosts=remove)
        veils.registry.door.apply(edit, TECH)
        wanted = list(veils.registry.domain(NAME).hosts)
        lines = veils.whois().lower().splitlines()
        assert [line.split()[-1] for line in lines if line.startswith("name server:")] == wanted
        assert [each["ldhName"] for each in veils.rdap()["nameservers"]] == wanted


def test_keys_that_tech_sets_show_at_once_t11(veils: Veils) -> None:
    """T-11: port 43's DNSSEC line and RDAP's ``delegationSigned`` follow."""
    for edit, line, signed in (
        (an_order(NAME, add_ds=(KEY,)), "DNSSEC: signedDelegation", True),
        (an_order(NAME, remove_ds=(KEY,)), "DNSSEC: unsigned", False),
    ):
        veils.registry.door.apply(edit, TECH)
        assert line in veils.whois().splitlines()
        assert veils.rdap()["secureDNS"]["delegationSigned"] is signed


@pytest.mark.parametrize(
    "change",
    [
        an_order(NAME, links=links(registrant="CA3")),
        an_order(NAME, links=links(admin="CA3")),
        an_order(NAME, links=links(billing="CA3")),
        an_order(NAME, links=links(tech="CA3")),
        an_order(NAME, privacy=PrivacyEdit(mode=PrivacyMode.WITHHOLD)),
        changes.DeleteDomain(name=NAME),
        changes.TransferDomain(name=NAME, to="REG-B"),
        an_order(SECOND, add_ds=(KEY,)),
    ],
)
def test_tech_changes_no_holder_privacy_or_other_name_t12_t07(
    veils: Veils, change: changes.Change
) -> None:
    """T-12, T-07, D-16: holder, roles, privacy, transfer and deletion are not the tech's."""
    before = veils.said()
    with refused(Code.NOT_ALLOWED):
        veils.registry.door.apply(change, TECH)
    assert veils.said() == before


def test_privacy_is_off_until_somebody_asks_for_it_t15(veils: Veils) -> None:
    """T-15: a new name has no privacy, and each name is switched by itself."""
    veils.registry.register("fresh.co.example", links=links("CA1", "CA1", "CA2"))
    assert veils.registry.domain("fresh.co.example").privacy is PrivacyMode.NONE
    veils.registry.apply(switched(PrivacyMode.PROXY))
    assert veils.registry.domain(SECOND).privacy is PrivacyMode.NONE
