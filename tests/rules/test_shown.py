"""Values of a contact as both doors show them, in the next answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from store.changes import CardEdit, CreateHost, UpdateContact, UpdateHost
from store.errors import Code
from store.model import PostalType, PrivacyMode
from store.policy import PROFILES, RegistryPolicy
from store.published import Kind
from store.sql.database import Database
from tests.running_doors import running_doors
from tests.store.deposit import deposits
from tests.store.editing_values import Registry, a_contact, a_registry, refused, with_zone
from tests.store.privacy.veils import NAME, OPEN_ZONE, Veils, veils_over

EVIL = "X\r\nRegistrar: Evil"
LONG = [
    "\U0001f600" * 255,
    "א" * 255,
    "شركة " * 51,
    "q\u0323\u0307" * 85,  # no letter has both, so three code points stay three
    "漢字かな交じり" * 36 + "문자열",
]


@pytest.fixture
def veils(database: Database, store_url: str) -> Iterator[Veils]:
    """Give a name that shows all of its contacts; CA2 is its tech and no registrant."""
    with veils_over(database, store_url, mode=PrivacyMode.NONE) as veils:
        yield veils


def _tech(veils: Veils) -> dict[str, list[Any]]:
    """Give the tech contact's card in RDAP, by property."""
    (_, properties) = veils.parties()["technical"]["vcardArray"]
    return {name: value for name, _, _, value in properties}


def _line(veils: Veils, key: str) -> list[str]:
    """Give the values that port 43 prints for *key*, line by line as clients split them."""
    lines = veils.running.ask_whois(NAME).decode().split("\r\n")
    return [line.removeprefix(f"{key}: ") for line in lines if line.startswith(f"{key}:")]


@pytest.mark.parametrize(
    ("kind", "word"), [(Kind.INDIVIDUAL, "individual"), (Kind.ORGANISATION, "org"), (None, None)]
)
def test_kind_says_what_the_name_names_i18_i19(
    veils: Veils, kind: Kind | None, word: str | None
) -> None:
    """I-18, I-19: Name is the company's name; without an organisation nothing is said of one."""
    card = CardEdit(name="Kōwhai Limited", org="")
    veils.registry.apply(UpdateContact(handle="CA2", kind=kind, card=card))
    shown = _tech(veils)
    assert (shown["fn"], shown.get("kind")) == ("Kōwhai Limited", word)
    assert "org" not in shown
    assert _line(veils, "Tech Name") == ["Kōwhai Limited"]
    assert _line(veils, "Tech Organization") == []
    assert "redacted" not in veils.rdap()


@pytest.mark.parametrize("kind", Kind)
def test_organisation_is_a_detail_beside_the_name_i11(veils: Veils, kind: Kind) -> None:
    """I-11: it stands beside the name and never in its place."""
    card = CardEdit(name="Kōwhai Limited", org="Trading as Quay")
    veils.registry.apply(UpdateContact(handle="CA2", kind=kind, card=card))
    shown = _tech(veils)
    assert (shown["fn"], shown["org"]) == ("Kōwhai Limited", "Trading as Quay")
    assert _line(veils, "Tech Name") == ["Kōwhai Limited"]
    assert _line(veils, "Tech Organization") == ["Trading as Quay"]


@pytest.mark.parametrize("org", LONG, ids=["emoji", "hebrew", "arabic", "combining", "mixed"])
def test_255_characters_come_back_exactly_e35(veils: Veils, org: str) -> None:
    """E-35, I-09, I-10, C-03: what was typed is what both doors say, code point by code point."""
    typed = org.strip()
    veils.registry.apply(UpdateContact(handle="CA2", card=CardEdit(org=org)))
    assert len(org) == 255
    assert _line(veils, "Tech Organization") == [typed]
    assert _tech(veils)["org"] == typed


def test_line_break_makes_no_line_e34(veils: Veils) -> None:
    """E-34: an edit's line break is a blank, so a false label begins no line."""
    before = _line(veils, "Registrar")
    veils.registry.apply(UpdateContact(handle="CA2", card=CardEdit(org=EVIL, name=EVIL)))
    assert _line(veils, "Registrar") == before
    assert _line(veils, "Tech Organization") == ["X Registrar: Evil"]
    assert _tech(veils)["org"] == _tech(veils)["fn"] == "X Registrar: Evil"


def test_line_break_of_a_deposit_makes_no_line_e34(database: Database, store_url: str) -> None:
    """E-34: the other entrance alike; XML says the break as characters of its own."""
    octets = deposits.small().replace(b"Aroha Ngata", b"X&#13;&#10;Registrar: Evil")
    deposits.load(database, octets)
    with running_doors(store_url, RegistryPolicy(zones={"example": PROFILES["irs"]})) as doors:
        lines = doors.ask_whois("shop.example").decode().split("\r\n")
        body = doors.ask_rdap("domain/shop.example")[1].decode()
    assert [line for line in lines if line.startswith("Registrar:")] == [
        "Registrar: Alpha Names, Ltd."
    ]
    assert "Registrant Name: X Registrar: Evil" in lines
    assert '"X Registrar: Evil"' in body


def test_glue_shows_in_the_next_answer_d19(veils: Veils) -> None:
    """D-19, T-09: name servers and their addresses are ours, and shown as they are now."""
    host = f"ns1.{NAME}"
    veils.registry.apply(CreateHost(name=host, addresses=("192.0.2.1",)))
    for add, remove, wanted in (
        ((), (), {"192.0.2.1"}),
        (("2001:db8::1",), ("192.0.2.1",), {"2001:db8::1"}),
    ):
        if add:
            edit = UpdateHost(name=host, add_addresses=add, remove_addresses=remove)
            veils.registry.apply(edit)
        lines = veils.running.ask_whois(f"nameserver {host}").decode().splitlines()
        assert {line.split()[-1] for line in lines if line.startswith("IP Address:")} == wanted
        body = veils.running.ask_rdap(f"nameserver/{host}")[1].decode()
        assert all(f'"{address}"' in body for address in wanted)
        assert "192.0.2.1" not in body or "192.0.2.1" in wanted


def test_zone_that_takes_local_forms_takes_no_other_i07_e36(database: Database) -> None:
    """I-07, E-36, D-20: `int` alone is refused at creation, or at the link where zones differ."""
    registry = a_registry(database)
    international = a_contact("INT", postal_type=PostalType.INT)
    registry.use(RegistryPolicy(zones={"co.example": OPEN_ZONE}))
    registry.refuses([(international, Code.POLICY, "postal_type")])
    registry.use(with_zone("example"))
    registry.apply(international)
    registry.register("shop.example", contact="INT")
    with refused(Code.POLICY, "registrant"):
        registry.register("shop.co.example", contact="INT")


def test_contact_of_both_forms_is_no_party_of_a_local_zone_e36(database: Database) -> None:
    """E-36, D-20: a deposit's two forms are kept, `loc` is shown, and such a zone takes neither."""
    forms = deposits.a_form("int", name="Juergen Gross") + deposits.a_form(
        "loc", name="Jürgen Groß"
    )
    octets = deposits.deposit(
        deposits.a_domain(), deposits.a_contact(forms=forms), deposits.a_registrar()
    )
    deposits.load(database, octets)
    registry = Registry(database)
    assert registry.contact("CON1").card.name == "Jürgen Groß"
    with refused(Code.POLICY, "registrant"):
        registry.register("shop.co.example", contact="CON1")


def test_local_form_is_any_text_i07(veils: Veils) -> None:
    """I-07: `loc` values are Unicode, and both doors print them as UTF-8."""
    edit = UpdateContact(handle="CA2", card=CardEdit(city="Te Whanganui-a-Tara · 웰링턴"))
    veils.registry.apply(edit)
    assert _line(veils, "Tech City") == ["Te Whanganui-a-Tara · 웰링턴"]
    assert "Te Whanganui-a-Tara · 웰링턴" in _tech(veils)["adr"]
