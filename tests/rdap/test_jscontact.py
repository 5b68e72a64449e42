"""JSContact: the same contacts in RFC 9553's form, and nothing more than the jCard says."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdap.jcard import abuse_card, party_card, registrar_card, registrar_name_card
from rdap.jscontact import (
    abuse_contact,
    party_contact,
    registrar_contact,
    registrar_name_contact,
)
from store.published import Kind, Party, PublishedRegistrar, Reason, Withheld
from tests.published_values import (
    a_party,
    a_proxied_party,
    a_redacted_party,
    a_registrar,
)
from tests.registration_parts import registrars
from tests.registrations import registrations

SELF = "https://rdap.example/entity/C-REGISTRANT-EXAMPLE"

Facts = list[tuple[str, str]]


def jcard_facts(card: Any) -> Facts:
    """Read a jCard back."""
    facts: Facts = []
    for name, parameters, _, value in card[1]:
        match name:
            case "fn":
                facts.append(("name", value))
            case "adr":
                street = value[2] if isinstance(value[2], list) else [value[2]]
                facts += [("street", line) for line in street]
                facts += zip(("city", "sp", "pc"), value[3:6], strict=True)
                facts.append(("cc", parameters.get("cc", "")))
            case "tel":
                facts.append((parameters["type"], value))
            case "version":
                pass
            case _:
                facts.append((name, value))
    return [fact for fact in facts if fact[1]]


KINDS = {"name": "street", "locality": "city", "region": "sp", "postcode": "pc"}


def contact_facts(card: Any) -> Facts:
    """Read a JSContact card back; a member that isn't known here is a fact of its own."""
    heading = {"@type", "version", "uid"}
    found = [member_facts(*member) for member in card.items() if member[0] not in heading]
    return [fact for facts in found for fact in facts if fact[1]]


def member_facts(member: str, value: Any) -> Facts:
    """Read one member of a card."""
    match member, value:
        case "name", {"full": str(full), **rest} if not rest:
            return [("name", full)]
        case "kind", str(kind):
            return [("kind", kind)]
        case "organizations", {"org": {"name": str(name)}}:
            return [("org", name)]
        case "addresses", {"addr": address}:
            parts = [(KINDS[each["kind"]], each["value"]) for each in address.get("components", [])]
            return [*parts, ("cc", address.get("countryCode", ""))]
        case "phones", phones:
            assert all(phone["features"] == {feature: True} for feature, phone in phones.items())
            return [(feature, phone["number"]) for feature, phone in phones.items()]
        case "emails", {"email": {"address": str(address)}}:
            return [("email", address)]
        case "links", links:
            return link_facts(links)
        case _:
            return [(member, repr(value))]


def link_facts(links: Any) -> Facts:
    """Read the links of a card: a web site, or a form to reach the contact by."""
    match links:
        case {"contact-uri": {"kind": "contact", "uri": str(uri)}, **rest} if not rest:
            return [("contact-uri", uri)]
        case {"url": {"uri": str(uri)}, **rest} if not rest:
            return [("url", uri)]
        case _:
            return [("links", repr(links))]


def assert_same_facts(jcard: Any, contact: Any) -> None:
    """See that both cards say the same, that both are JSON, and that nothing in one is empty."""
    assert sorted(jcard_facts(jcard)) == sorted(contact_facts(contact))
    streets = [value for key, value in jcard_facts(jcard) if key == "street"]
    assert [value for key, value in contact_facts(contact) if key == "street"] == streets
    assert contact["@type"] == "Card"
    assert contact["version"] == "1.0"
    assert orjson.loads(orjson.dumps(contact)) == contact
    assert not has_empty(contact)


def has_empty(value: Any) -> bool:
    """Tell whether an empty text, map or list, or none at all, stands anywhere in *value*."""
    if isinstance(value, dict):
        return not value or any(has_empty(each) for each in value.values())
    if isinstance(value, list):
        return not value or any(has_empty(each) for each in value)
    return value in (None, "")


HOSTILE = st.sampled_from("\r\n\t\x00\x85\u2028\ud800 ")
TEXTS = st.text(st.one_of(st.characters(), HOSTILE), max_size=8)
WITHHELD = st.sampled_from(Reason).map(Withheld)
FIELDS = st.one_of(TEXTS, WITHHELD, st.none())
PHONES = st.one_of(FIELDS, st.from_regex(r"\+[0-9]{1,3}\.[0-9]{1,14}", fullmatch=True))
EXTENSIONS = st.one_of(FIELDS, st.from_regex(r"[0-9]{1,5}", fullmatch=True))


@st.composite
def parties(draw: st.DrawFn) -> Party:
    """Draw a party with any value, reason or nothing in each field."""
    fields = ("handle", "name", "org", "city", "sp", "pc", "cc", "email")
    return a_party(
        kind=draw(st.sampled_from((None, *Kind))),
        street=draw(st.one_of(WITHHELD, st.lists(TEXTS, max_size=3).map(tuple))),
        voice=draw(PHONES),
        voice_ext=draw(EXTENSIONS),
        fax=draw(PHONES),
        fax_ext=draw(EXTENSIONS),
        contact_uri=draw(st.sampled_from((None, "", "https://form.example/?a=b", "ftp://x"))),
        **{name: draw(FIELDS) for name in fields},
    )


@settings(deadline=None)
@given(parties())
def test_both_cards_of_any_party_say_the_same(party: Party) -> None:
    """Whatever stands in a field, the two forms read back to the same facts (2.3.5)."""
    assert_same_facts(party_card(party), party_contact(party, identity=None))


@settings(deadline=None)
@given(registrations())
def test_both_cards_of_what_the_store_publishes_say_the_same(registration: Any) -> None:
    """The same for contacts and registrars that went through the zone's policy."""
    domain = registration.published()
    for party in domain.parties:
        assert_same_facts(party_card(party), party_contact(party, identity=SELF))
    for_domain = registrar_name_contact(domain.registrar, identity=SELF)
    assert_same_facts(registrar_name_card(domain.registrar), for_domain)


@settings(deadline=None)
@given(registrars(1))
def test_both_cards_of_any_registrar_say_the_same(registrar: PublishedRegistrar) -> None:
    """The full card of a registrar and the one of its abuse contact hold what the jCards hold."""
    assert_same_facts(registrar_card(registrar), registrar_contact(registrar, identity=SELF))
    assert_same_facts(abuse_card(registrar), abuse_contact(registrar, identity=SELF))


def test_an_open_contact_has_the_keys_that_the_draft_fixes() -> None:
    """Maps have the keys `addr`, `voice`, `fax`, `email` and `org` (2.3.3)."""
    assert party_contact(a_party(), identity=None) == {
        "@type": "Card",
        "version": "1.0",
        "kind": "individual",
        "name": {"full": "Aroha Ngata"},
        "organizations": {"org": {"name": "Ngata Orchards"}},
        "addresses": {
            "addr": {
                "components": [
                    {"kind": "name", "value": "1 Kōwhai Street"},
                    {"kind": "name", "value": "Unit 4"},
                    {"kind": "locality", "value": "Te Whanganui-a-Tara"},
                    {"kind": "region", "value": "Wellington"},
                    {"kind": "postcode", "value": "6011"},
                ],
                "countryCode": "NZ",
            }
        },
        "phones": {
            "voice": {"features": {"voice": True}, "number": "tel:+64.211234567;ext=12"},
            "fax": {"features": {"fax": True}, "number": "tel:+64.211234568;ext=34"},
        },
        "emails": {"email": {"address": "registrant@orchard.example"}},
    }


def test_a_redacted_contact_shows_state_and_country_alone() -> None:
    """A withheld value is absent; no word stands in for it (4.7.4)."""
    assert party_contact(a_redacted_party(), identity=None) == {
        "@type": "Card",
        "version": "1.0",
        "addresses": {
            "addr": {
                "components": [{"kind": "region", "value": "Wellington"}],
                "countryCode": "NZ",
            }
        },
    }


def test_a_form_stands_in_for_a_withheld_address() -> None:
    """An e-mail address or a form, never both (2.2.15)."""
    form = "https://form.example/c?d=shop.example"
    withheld = party_contact(a_redacted_party(contact_uri=form), identity=None)
    assert withheld["links"] == {"contact-uri": {"kind": "contact", "uri": form}}
    assert "links" not in party_contact(a_party(contact_uri=form), identity=None)


def test_uid_is_made_of_the_public_handle_alone() -> None:
    """Whoever stands behind the handle, the uid is the same; a withheld handle has none (2.3.3)."""
    one = party_contact(a_party(), identity=SELF)
    assert one["uid"] == party_contact(a_proxied_party(), identity=SELF)["uid"]
    assert one["uid"] != party_contact(a_party(), identity=f"{SELF}2")["uid"]
    assert str(one["uid"]).startswith("urn:uuid:")
    assert "uid" not in party_contact(a_party(), identity=None)


def test_a_registrar_with_every_value_says_the_same_in_both_forms() -> None:
    """The full card holds address, phones with extensions, e-mail and web site (4.10.1)."""
    registrar = a_registrar()
    contact = registrar_contact(registrar, identity=SELF)
    assert_same_facts(registrar_card(registrar), contact)
    assert {"name", "addresses", "phones", "emails", "links"} < set(contact)


@pytest.mark.parametrize("make", [registrar_contact, registrar_name_contact])
def test_registrar_and_its_abuse_contact_are_two(make: Any) -> None:
    """The cards of a registrar and of its abuse contact have uids of their own."""
    registrar = a_registrar()
    abuse = abuse_contact(registrar, identity=SELF)
    assert make(registrar, identity=SELF)["uid"] != abuse["uid"]
