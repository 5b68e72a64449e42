"""JSContact in whole answers: on request alone, beside the jCard, with redactions of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from jsonpath_rfc9535 import find

from rdap.answer import answer_object
from rdap.members import Place
from rdap.replies import render
from store.published import Party, PublicRole, PublishedDomain, PublishedEntity, Withheld
from store.queries import Found
from tests.published_values import (
    a_domain,
    a_host,
    a_proxied_party,
    a_redacted_party,
    a_registrar,
    an_entity,
    found,
)
from tests.rdap.doors import Door
from tests.registrations import Registration, registrations

BASE = "https://rdap.nic.example/"
OWN = " (JSContact)"
KEYS = {
    "name": "Name",
    "org": "Organization",
    "street": "Street",
    "city": "City",
    "sp": "State/Province",
    "pc": "Postal Code",
    "cc": "Country",
    "voice": "Phone",
    "voice_ext": "Phone Ext",
    "fax": "Fax",
    "fax_ext": "Fax Ext",
    "email": "Email",
}
WORDS = {PublicRole.REGISTRANT: "Registrant", PublicRole.ADMIN: "Admin", PublicRole.TECH: "Tech"}


def sent(answer: Found, *, jscontact: bool) -> dict[str, Any]:
    """Give the document as a client reads it, with or without the second form of cards."""
    place = Place(value=BASE + "x", base=BASE, jscontact=jscontact)
    document: dict[str, Any] = json.loads(render(answer_object(answer, place)[1]))
    return document


def without_cards(value: Any) -> Any:
    """Give a document less its JSContact cards, their redactions and their id."""
    match value:
        case dict():
            kept = {key: without_cards(each) for key, each in value.items()}
            kept.pop("jscontact_card", None)
            return {key: each for key, each in kept.items() if key != "redacted" or each}
        case list():
            kept_items = [without_cards(each) for each in value if each != "jscontact"]
            return [each for each in kept_items if not is_own(each)]
        case _:
            return value


def is_own(entry: Any) -> bool:
    """Tell whether *entry* is a redaction of a JSContact card."""
    match entry:
        case {"name": {"description": str(name)}}:
            return name.endswith(OWN)
        case _:
            return False


def own_entries(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the redactions of JSContact cards by the WHOIS key in their name."""
    entries = [entry for entry in document.get("redacted", []) if is_own(entry)]
    by_key = {entry["name"]["description"].removesuffix(OWN): entry for entry in entries}
    assert len(by_key) == len(entries)
    return by_key


def assert_true_of(document: dict[str, Any], parties: tuple[Party, ...]) -> None:
    """See that the entries are those of what is withheld, and that their paths hold."""
    entries = own_entries(document)
    assert set(entries) == {
        f"{WORDS[party.role]} {key}"
        for party in parties
        for member, key in KEYS.items()
        if isinstance(getattr(party, member), Withheld)
    }
    for entry in entries.values():
        assert list(find(entry["prePath"], document)) == []
        if entry["method"] == "replacementValue":
            assert len(find(entry["replacementPath"], document)) == 1
        else:
            assert entry["method"] == "removal"


@settings(deadline=None)
@given(registrations())
def test_cards_stand_beside_the_jcards_and_change_nothing_else(registration: Registration) -> None:
    """Every entity of a domain has both forms; the rest of the answer stays as it was (2.3.4)."""
    domain = registration.published()
    answer = Found(result=domain, notices=domain.notices, as_of=None)
    document = sent(answer, jscontact=True)
    assert document["rdapConformance"][-1] == "jscontact"
    entities = [*document["entities"], *document["entities"][0].get("entities", [])]
    assert all({"vcardArray", "jscontact_card"} < set(entity) for entity in entities)
    assert without_cards(document) == sent(answer, jscontact=False)


@settings(deadline=None)
@given(registrations())
def test_withheld_values_are_redacted_in_both_cards(registration: Registration) -> None:
    """Each withheld value of a card has an entry whose path is true of it (2.3.5, 4.7.3)."""
    domain = registration.published()
    answer = Found(result=domain, notices=domain.notices, as_of=None)
    assert_true_of(sent(answer, jscontact=True), domain.parties)


@pytest.mark.parametrize(
    "party", [a_redacted_party(), a_redacted_party(contact_uri="https://f.example/"),
              a_proxied_party()]
)  # fmt: skip
def test_paths_begin_at_the_entity_that_is_looked_up(party: Party) -> None:
    """A contact as the topmost object has its own paths (4.10.4)."""
    entity: PublishedEntity = an_entity(party=party)
    document = sent(found(entity), jscontact=True)
    assert_true_of(document, (party,))
    assert "jscontact_card" in document
    forms = [entry for entry in own_entries(document).values() if "replacementPath" in entry]
    assert len(forms) == (1 if party.contact_uri else 0)


def test_uid_of_a_contact_is_the_same_in_a_domain_and_by_itself() -> None:
    """Whoever reads both finds that they are one (2.3.3)."""
    entity = an_entity()
    domain: PublishedDomain = a_domain(parties=(entity.party,))
    nested = sent(found(domain), jscontact=True)["entities"][1]
    topmost = sent(found(entity), jscontact=True)
    assert nested["jscontact_card"]["uid"] == topmost["jscontact_card"]["uid"]


@pytest.mark.parametrize("result", [a_host(), a_registrar()])
def test_registrar_has_a_card_wherever_it_stands(result: Any) -> None:
    """A name server's registrar and a registrar by itself have both forms as well."""
    document = sent(found(result), jscontact=True)
    entity = document["entities"][0] if "ldhName" in document else document
    assert entity["jscontact_card"]["name"] == {"full": "Example Registrar, Inc."}
    assert "jscontact" in document["rdapConformance"]


def test_answer_without_an_entity_does_not_claim_the_extension() -> None:
    """The id stands only where a card does (1.7.1)."""
    document = sent(found(a_host(registrar=None)), jscontact=True)
    assert "jscontact" not in document["rdapConformance"]


ACCEPT = 'Accept: application/rdap+json;exts_list="rdap_level_0 jscontact"'


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("?jscontact=1", ()),
        ("?_=2&jsContact=true", ()),
        ("?jscard=1", ()),
        ("", (ACCEPT,)),
        ("?jscontact=0", ("Accept: text/html", ACCEPT)),
    ],
)
async def test_client_that_asks_for_jscontact_gets_it(
    door: Door, query: str, fields: tuple[str, ...]
) -> None:
    """A parameter of the query string or of the media type asks for it (2.3.4)."""
    response = await door.ask(f"/rdap/domain/shop.example{query}", fields=fields)
    assert response.status == 200
    assert response.headers["content-type"] == "application/rdap+json"
    assert "jscontact_card" in response.document["entities"][1]
    assert "accept" in response.headers["vary"].lower()


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ("", ()),
        ("?jscontact", ()),
        ("?jscontact=0&jscontact_card=1", ()),
        ("?x=jscontact=1&%zz=1", ()),
        ("", ("Accept: application/rdap+json, jscontact",)),
        ("", ("Accept: application/json;exts_list=jscontact",)),
    ],
)
async def test_client_that_does_not_ask_gets_no_jscontact(
    door: Door, query: str, fields: tuple[str, ...]
) -> None:
    """Off by default, and what can't be read is passed over (2.3.4)."""
    response = await door.ask(f"/rdap/domain/shop.example{query}", fields=fields)
    assert response.status == 200
    assert b'"jscontact_card"' not in response.body
    assert "jscontact" not in response.document["rdapConformance"]
