"""The `redacted` member: whole, true of the answer that carries it, and never more."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonpath_rfc9535 import find

from rdap.answer import answer_object
from rdap.domain import domain_object
from rdap.members import Place
from rdap.replies import render
from store.published import Party, PublicRole, PublishedDomain, Reason, Standing, Withheld
from store.queries import Found
from tests.published_values import (
    POLICY,
    a_domain,
    a_party,
    a_proxied_party,
    a_redacted_party,
    an_entity,
    found,
    notices,
)
from tests.registrations import Registration, registrations
from whois43.lines import clean
from whois43.render import answer_bytes

BASE = "https://rdap.nic.example/"
PLACE = Place(value=BASE + "x", base=BASE)

# conformance.md 4.7.8, spelled again: the renderer's own table is under test.
REGISTERED = {
    *("Registry Domain ID", "Registry Registrant ID", "Registrant Name"),
    *("Registrant Organization", "Registrant Street", "Registrant City", "Registrant Postal Code"),
    *("Registrant Phone", "Registrant Phone Ext", "Registrant Fax", "Registrant Fax Ext"),
    *("Registrant Email", "Registry Tech ID", "Tech Name", "Tech Phone", "Tech Phone Ext"),
    "Tech Email",
}
FIELDS = {
    "handle": "ID",
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


def sent(answer: Found) -> dict[str, Any]:
    """Give the document as a client reads it."""
    document: dict[str, Any] = json.loads(render(answer_object(answer, PLACE)[1]))
    return document


def name_of(entry: dict[str, Any]) -> str:
    (name,) = entry["name"].values()
    assert isinstance(name, str)
    return name


def names(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the entries by name; no name stands twice."""
    entries = document.get("redacted", [])
    by_name = {name_of(entry): entry for entry in entries}
    assert len(by_name) == len(entries)
    return by_name


def withheld(party: Party) -> Iterator[str]:
    """Name what is withheld of *party*, as port 43 spells its keys."""
    for field, key in FIELDS.items():
        if isinstance(getattr(party, field), Withheld):
            word = WORDS[party.role]
            yield f"Registry {word} ID" if field == "handle" else f"{word} {key}"


def assert_true_of(document: dict[str, Any]) -> None:
    """conformance.md 4.7.1 to 4.7.3: each entry has its form, and its paths do what it says."""
    for entry in document.get("redacted", []):
        kind = "type" if name_of(entry) in REGISTERED else "description"
        assert list(entry["name"]) == [kind]
        match entry["method"]:
            case "removal":
                assert set(entry) == {"name", "reason", "method", "prePath"}
                assert list(find(entry["prePath"], document)) == []
            case "emptyValue":
                assert set(entry) == {"name", "reason", "method", "postPath"}
                assert [node.value for node in find(entry["postPath"], document)] == [""]
            case "replacementValue":
                assert set(entry) == {"name", "reason", "method", "prePath", "replacementPath"}
                assert list(find(entry["prePath"], document)) == []
                assert len(find(entry["replacementPath"], document)) == 1
            case method:
                pytest.fail(f"unknown method {method}")


@settings(max_examples=300, deadline=None)
@given(registrations())
def test_every_withheld_value_has_a_true_entry(registration: Registration) -> None:
    """Issue, 4.7.9, 4.7.18: the entries are the withheld values, and their paths are true."""
    domain = registration.published()
    document = sent(found(domain))
    assert_true_of(document)
    told = {
        name
        for name, entry in names(document).items()
        if entry["reason"]["description"] != "Not provided"
    }
    assert told == {name for party in domain.parties for name in withheld(party)}
    assert ("redacted" in document["rdapConformance"]) is bool(document.get("redacted"))


@settings(max_examples=200, deadline=None)
@given(registrations())
def test_port_43_redacts_the_same_set(registration: Registration) -> None:
    """D-32, 6.5.5: a key with the redaction text, or a form, has an entry and the reverse."""
    domain = registration.published()
    text = answer_bytes(found(domain)).decode()
    printed = {domain.notices.redaction_text}
    for party in domain.parties:
        if party.contact_uri and party.standing is not Standing.PROXY:
            printed.add(clean(party.contact_uri))
    lines = [line.partition(": ") for line in text.splitlines()]
    keys = {key for key, _, value in lines if value in printed and key != "Registrar URL"}
    told = {
        name
        for name, entry in names(sent(found(domain))).items()
        if entry["reason"]["description"] != "Not provided"
    }
    assert told == keys


def test_the_fields_of_a_gtld_holder_are_listed_by_their_methods() -> None:
    """conformance.md 4.7.8: the table, row by row, for a registry."""
    entries = names(sent(found(a_domain(parties=(a_redacted_party(),)))))
    assert {name: entry["method"] for name, entry in entries.items()} == {
        "Registry Registrant ID": "removal",
        "Registrant Name": "emptyValue",
        "Registrant Organization": "removal",
        "Registrant Street": "emptyValue",
        "Registrant City": "emptyValue",
        "Registrant Postal Code": "emptyValue",
        "Registrant Phone": "removal",
        "Registrant Email": "removal",
    }
    path = "$.entities[?(@.roles[0]=='registrant')].vcardArray[1][?(@[0]=='adr')][3][5]"
    assert entries["Registrant Postal Code"]["postPath"] == path


def test_a_registrar_replaces_an_address_by_a_form() -> None:
    """conformance.md 4.6.9, 11.1.9: the entry names both places."""
    party = a_redacted_party(contact_uri="https://www.registrar.example/contact")
    domain = a_domain(
        parties=(party,), expires=None, registrar_expires=datetime(2027, 10, 8, tzinfo=UTC)
    )
    entry = names(sent(found(domain)))["Registrant Email"]
    card = "$.entities[?(@.roles[0]=='registrant')].vcardArray[1]"
    assert entry["method"] == "replacementValue"
    assert entry["prePath"] == f"{card}[?(@[0]=='email')]"
    assert entry["replacementPath"] == f"{card}[?(@[0]=='contact-uri')]"


def test_a_form_that_is_no_url_leaves_a_removal() -> None:
    """An entry never points at a property that isn't there."""
    document = sent(found(a_domain(parties=(a_redacted_party(contact_uri="mailto:me"),))))
    assert_true_of(document)
    assert names(document)["Registrant Email"]["method"] == "removal"


def test_a_proxied_holder_is_redacted_by_its_handle_alone() -> None:
    """P-15: substitution is no redaction; the handle is left out and says so."""
    parties = tuple(
        a_proxied_party(role, **({"handle": "L1-EXAMPLE"} if role is PublicRole.ADMIN else {}))
        for role in PublicRole
    )
    document = sent(found(a_domain(parties=parties)))
    assert_true_of(document)
    assert set(names(document)) == {"Registry Registrant ID", "Registry Tech ID"}


def test_a_shown_gtld_holder_without_phone_street_or_postcode_says_so() -> None:
    """D-32, conformance.md 4.7.10: the checker's entries, with their true reason."""
    party = a_party(voice=None, voice_ext=None, street=(), pc=None)
    document = sent(found(a_domain(parties=(party,))))
    assert_true_of(document)
    entries = names(document)
    assert set(entries) == {"Registrant Phone", "Registrant Street", "Registrant Postal Code"}
    assert {entry["reason"]["description"] for entry in entries.values()} == {"Not provided"}


def test_no_other_zone_says_what_was_not_provided() -> None:
    """D-32: the entries are the gTLD profile's."""
    party = a_party(voice=None, voice_ext=None, street=(), pc=None)
    domain = a_domain(parties=(party,), notices=notices(icann_profile=False), handle=None)
    document = sent(found(domain, notices=domain.notices))
    assert "redacted" not in document
    assert document["rdapConformance"] == ["rdap_level_0"]


def test_a_domain_without_a_handle_says_so() -> None:
    """conformance.md 4.4.4."""
    document = sent(found(a_domain(handle=None)))
    assert_true_of(document)
    assert names(document)["Registry Domain ID"]["prePath"] == "$.handle"


def test_nothing_withheld_leaves_no_trace_of_redaction() -> None:
    """conformance.md 4.2.3: neither the member nor the id."""
    document = sent(found(a_domain()))
    assert "redacted" not in document
    assert "redacted" not in document["rdapConformance"]


@pytest.mark.parametrize("role", PublicRole)
def test_a_contact_with_no_address_at_all_removes_its_parts(role: PublicRole) -> None:
    """conformance.md 2.2.8: no `adr` without a country, so its parts are removed with it."""
    party = a_redacted_party(role, sp=POLICY, cc=POLICY)
    document = sent(found(a_domain(parties=(party,))))
    assert_true_of(document)
    entries = names(document)
    assert entries[f"{WORDS[role]} Country"]["method"] == "removal"
    assert entries[f"{WORDS[role]} Street"]["method"] == "removal"


def test_a_contact_looked_up_has_paths_from_itself() -> None:
    """conformance.md 4.10.4."""
    party = a_redacted_party()
    document = sent(found(an_entity(party=party)))
    assert_true_of(document)
    assert set(names(document)) == set(withheld(party))
    name = names(document)["Registrant Name"]
    assert name["postPath"] == "$.vcardArray[1][?(@[0]=='fn')][3]"


def test_an_item_of_a_list_has_paths_from_the_root() -> None:
    """conformance.md 1.6.12."""
    items = []
    for number in range(2):
        root = f"$.domainSearchResults[{number}]"
        domain = a_domain(parties=(a_redacted_party(),) if number else ())
        items.append(domain_object(domain, replace(PLACE, root=root), as_of=None))
    document = json.loads(render({"domainSearchResults": items}))
    assert "redacted" not in document["domainSearchResults"][0]
    for entry in document["domainSearchResults"][1]["redacted"]:
        nodes = list(find(entry.get("prePath", entry.get("postPath")), document))
        assert len(nodes) == (entry["method"] == "emptyValue")


@given(st.sampled_from(Reason))
def test_every_reason_is_told_in_words(reason: Reason) -> None:
    """The table of reasons is total."""
    domain: PublishedDomain = a_domain(parties=(a_party(name=Withheld(reason), kind=None),))
    entry = names(sent(found(domain)))["Registrant Name"]
    assert entry["reason"]["description"]
