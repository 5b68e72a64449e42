"""jCard: the contact's values in RFC 7095's form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from rdap.jcard import abuse_card, party_card, registrar_card, registrar_name_card
from rdap.text import clean, web_url
from store.published import Kind, Party
from tests.published_values import (
    POLICY,
    a_party,
    a_proxied_party,
    a_redacted_party,
    a_registrar,
)


def _properties(party: Party) -> list[Any]:
    card: Any = party_card(party)
    assert card[0] == "vcard"
    assert card[1][0] == ["version", {}, "text", "4.0"]
    return list(card[1][1:])


def _property(party: Party, name: str) -> Any:
    (found,) = [item for item in _properties(party) if item[0] == name]
    return found


def _names(party: Party) -> list[str]:
    return [item[0] for item in _properties(party)]


def test_an_open_contact_shows_all_its_values() -> None:
    """conformance.md 2.2: each value in its property, with its type."""
    assert _properties(a_party()) == [
        ["fn", {}, "text", "Aroha Ngata"],
        ["kind", {}, "text", "individual"],
        ["org", {}, "text", "Ngata Orchards"],
        [
            "adr",
            {"cc": "NZ"},
            "text",
            [
                "",
                "",
                ["1 Kōwhai Street", "Unit 4"],
                "Te Whanganui-a-Tara",
                "Wellington",
                "6011",
                "",
            ],
        ],
        ["tel", {"type": "voice"}, "uri", "tel:+64.211234567;ext=12"],
        ["tel", {"type": "fax"}, "uri", "tel:+64.211234568;ext=34"],
        ["email", {}, "text", "registrant@orchard.example"],
    ]


def test_a_redacted_contact_shows_state_and_country_alone() -> None:
    """D-25: the name is empty, slots of the address are empty, all else is left out."""
    assert _properties(a_redacted_party()) == [
        ["fn", {}, "text", ""],
        ["adr", {"cc": "NZ"}, "text", ["", "", "", "", "Wellington", "", ""]],
    ]


def test_a_service_shows_its_card() -> None:
    """P-13, P-15: the card of a privacy service is values like any other."""
    shown = _properties(a_proxied_party())
    assert ["org", {}, "text", "Example Privacy Service"] in shown
    assert ["kind", {}, "text", "org"] in shown
    assert ["email", {}, "text", "7f3c0b2a@alias.example"] in shown


@pytest.mark.parametrize(
    ("street", "slot"),
    [((), ""), (("One",), "One"), (("One", "Two"), ["One", "Two"]), (POLICY, "")],
)
def test_a_street_of_one_line_is_a_string(street: Any, slot: Any) -> None:
    """conformance.md 11.1.4: several lines are an array, never an array of one."""
    assert _property(a_party(street=street), "adr")[3][2] == slot


def test_the_country_is_a_parameter() -> None:
    """conformance.md 2.2.8: `cc` holds the code, the seventh slot is empty."""
    adr = _property(a_party(cc="SE"), "adr")
    assert adr[1] == {"cc": "SE"}
    assert len(adr[3]) == 7
    assert adr[3][6] == ""
    assert _property(a_party(cc=POLICY), "adr")[1] == {}


def test_a_contact_without_any_address_has_no_adr() -> None:
    """conformance.md 2.2.8: no seven empty slots without a country, not given or withheld."""
    nowhere: dict[str, Any] = {"city": None, "sp": None, "pc": None, "cc": None}
    hidden: dict[str, Any] = dict.fromkeys(nowhere, POLICY)
    for street in ((), POLICY, ("\r",)):
        assert "adr" not in _names(a_party(street=street, **nowhere))
        assert "adr" not in _names(a_party(street=street, **hidden))
    abroad = _property(a_party(street=POLICY, **{**hidden, "cc": "NZ"}), "adr")
    assert abroad == ["adr", {"cc": "NZ"}, "text", [""] * 7]


def test_a_registrar_without_any_address_has_no_adr() -> None:
    """A registrar known by its name alone shows no empty address."""
    nowhere: Any = {"street": (), "city": None, "sp": None, "pc": None, "cc": ""}
    card: Any = registrar_card(replace(a_registrar(), **nowhere))
    assert "adr" not in [item[0] for item in card[1]]


@pytest.mark.parametrize("name", [None, POLICY, "", "\r\n"])
def test_fn_is_always_there(name: Any) -> None:
    """conformance.md 2.1.4: an empty text where there is no name to show."""
    assert _property(a_party(name=name), "fn") == ["fn", {}, "text", ""]


def test_an_unknown_kind_is_left_out() -> None:
    """conformance.md 2.2.4: never guessed."""
    assert "kind" not in _names(a_party(kind=None))
    assert _property(a_party(kind=Kind.ORGANISATION), "kind")[3] == "org"


@pytest.mark.parametrize(
    ("number", "extension", "shown"),
    [
        ("+1.7035550100", None, ["tel", {"type": "voice"}, "uri", "tel:+1.7035550100"]),
        ("+1.7035550100", "9", ["tel", {"type": "voice"}, "uri", "tel:+1.7035550100;ext=9"]),
        ("+1.7035550100", POLICY, ["tel", {"type": "voice"}, "uri", "tel:+1.7035550100"]),
        ("+1.7035550100", "x9", ["tel", {"type": "voice"}, "text", "+1.7035550100 ext. x9"]),
        ("7035550100", None, ["tel", {"type": "voice"}, "text", "7035550100"]),
    ],
)
def test_a_phone_is_a_tel_uri(number: str, extension: Any, shown: Any) -> None:
    """conformance.md 2.2.10 to 2.2.13, 11.1.3: digits in `ext`; oddities are plain text."""
    assert _property(a_party(voice=number, voice_ext=extension, fax=None), "tel") == shown


def test_an_extension_without_its_number_is_left_out() -> None:
    """A withheld number takes its extension with it."""
    assert "tel" not in _names(a_party(voice=POLICY, voice_ext="12", fax=None, fax_ext="34"))


def test_a_form_stands_in_for_an_address_never_beside_it() -> None:
    """conformance.md 2.2.15: `email` or `contact-uri`."""
    form = "https://form.example/contact?name=shop.example&role=registrant"
    assert _property(a_party(email=POLICY, contact_uri=form), "contact-uri") == [
        "contact-uri",
        {},
        "uri",
        form,
    ]
    both = _names(a_party(contact_uri=form))
    assert "email" in both
    assert "contact-uri" not in both
    assert "email" not in _names(a_party(email=POLICY, contact_uri=form))


def test_values_lose_control_characters_and_broken_text() -> None:
    """conformance.md 1.12.5: an imported oddity never breaks the JSON."""
    party = a_party(name="A\x00B\u2028C\x85D", org="x\ud800y", city="\x1b[31mRed")
    assert _property(party, "fn")[3] == "A B C D"
    assert _property(party, "org")[3] == "x\ufffdy"
    assert _property(party, "adr")[3][3] == "[31mRed"
    assert clean("Kōwhai \u202e 山") == "Kōwhai \u202e 山"


def test_a_registrar_inside_a_domain_shows_name_and_site() -> None:
    """conformance.md 4.5.2; the rest is behind its self link."""
    assert registrar_name_card(a_registrar())[1] == [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", "Example Registrar, Inc."],
        ["url", {}, "uri", "https://www.registrar.example"],
    ]


def test_a_registrar_looked_up_shows_its_whole_card() -> None:
    """conformance.md 4.10.1."""
    assert registrar_card(a_registrar())[1] == [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", "Example Registrar, Inc."],
        [
            "adr",
            {"cc": "US"},
            "text",
            ["", "", ["1 Registrar Road", "Floor 2"], "Marina del Rey", "CA", "90292", ""],
        ],
        ["tel", {"type": "voice"}, "uri", "tel:+1.3105551212;ext=7"],
        ["tel", {"type": "fax"}, "uri", "tel:+1.3105551213;ext=8"],
        ["email", {}, "text", "office@registrar.example"],
        ["url", {}, "uri", "https://www.registrar.example"],
    ]


def test_an_abuse_contact_shows_phone_and_address() -> None:
    """conformance.md 4.5.5."""
    assert abuse_card(a_registrar())[1] == [
        ["version", {}, "text", "4.0"],
        ["fn", {}, "text", "Abuse Contact"],
        ["tel", {"type": "voice"}, "uri", "tel:+1.1235551234"],
        ["email", {}, "text", "abuse@registrar.example"],
    ]


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("https://www.registrar.example", "https://www.registrar.example"),
        (
            "https://www.registrar.example/a b?c=<d>",
            "https://www.registrar.example/a%20b?c=%3Cd%3E",
        ),
        ("www.registrar.example", "http://www.registrar.example"),
        ("https://bücher.example:8443/ü", "https://xn--bcher-kva.example:8443/%C3%BC"),
        ("http://[2001:db8::1]/x", "http://[2001:db8::1]/x"),
        ("HTTPS://Www.Registrar.Example/", "https://Www.Registrar.Example/"),
        ("ftp://registrar.example", None),
        ("javascript://registrar.example/%0aalert(1)", None),
        ("https://user:word@registrar.example/", None),
        ("https://", None),
        ("https://[::1", None),
        ("https://a_b.example/", None),
        ("https://registrar.example:99999/", None),
        ("call us", None),
        ("", None),
        (None, None),
    ],
)
def test_a_link_is_an_http_url_or_none(text: str | None, url: str | None) -> None:
    """conformance.md 1.7.3: http or https, a valid host, A-labels, ASCII."""
    assert web_url(text) == url
