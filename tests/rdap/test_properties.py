"""What holds for every answer, whatever is published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv6Address
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rdap.answer import answer_object
from rdap.members import PROFILE, Place
from rdap.replies import render
from store.published import (
    Absence,
    Help,
    Kind,
    Party,
    PublicRole,
    PublishedDomain,
    PublishedHost,
    PublishedRegistrar,
    Reason,
    Standing,
    Withheld,
)
from store.queries import Answer, Found
from store.statuses import Status
from tests.published_values import (
    UNSIGNED,
    a_domain,
    a_help,
    a_host,
    a_party,
    a_registrar,
    a_signature,
    absent,
    an_entity,
    found,
)

BASE = "https://rdap.nic.example/"
PLACE = Place(value=BASE + "x", base=BASE)

PARTY_FIELDS = (
    "handle",
    "name",
    "org",
    "city",
    "sp",
    "pc",
    "cc",
    "voice",
    "voice_ext",
    "fax",
    "fax_ext",
    "email",
)
REGISTRAR_FIELDS = (
    "city",
    "sp",
    "pc",
    "cc",
    "voice",
    "voice_ext",
    "fax",
    "fax_ext",
    "email",
    "url",
    "rdap_url",
    "whois_server",
    "abuse_email",
    "abuse_phone",
)

texts = st.text(max_size=12)  # any code point, controls and lone surrogates among them
optional = st.none() | texts
withheld = st.sampled_from(Reason).map(Withheld)
fields = optional | withheld
moments = st.none() | st.datetimes(
    min_value=datetime(1985, 1, 1),  # noqa: DTZ001 - made aware by `timezones`
    max_value=datetime(2100, 1, 1),  # noqa: DTZ001 - made aware by `timezones`
    timezones=st.just(UTC),
)
statuses = st.lists(st.sampled_from(Status), max_size=4).map(tuple)


def _parties(role: PublicRole) -> st.SearchStrategy[Party]:
    return st.builds(
        lambda **values: a_party(role, **values),
        **dict.fromkeys(PARTY_FIELDS, fields),
        kind=st.none() | st.sampled_from(Kind),
        standing=st.sampled_from(Standing),
        street=st.lists(texts, max_size=3).map(tuple) | withheld,
        contact_uri=optional,
        statuses=statuses,
        created=moments,
        updated=moments,
    )


registrars: st.SearchStrategy[PublishedRegistrar] = st.builds(
    a_registrar,
    handle=texts,
    iana_id=st.none() | st.integers(1, 9999),
    name=texts,
    street=st.lists(texts, max_size=3).map(tuple),
    **dict.fromkeys(REGISTRAR_FIELDS, optional),
    created=moments,
    updated=moments,
)
hosts: st.SearchStrategy[PublishedHost] = st.builds(
    a_host,
    handle=optional,
    statuses=statuses,
    addresses=st.lists(
        st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address),
        max_size=3,
    ).map(tuple),
    registrar=st.none() | registrars,
    created=moments,
    updated=moments,
)
domains: st.SearchStrategy[PublishedDomain] = st.builds(
    a_domain,
    handle=optional,
    registrar=registrars,
    statuses=statuses,
    created=moments,
    updated=moments,
    expires=moments,
    registrar_expires=moments,
    transferred=moments,
    parties=st.tuples(*(_parties(role) for role in PublicRole)),
    hosts=st.lists(hosts, max_size=2).map(tuple),
    dnssec=st.sampled_from([UNSIGNED, a_signature(), a_signature(ds=()), a_signature(keys=())]),
)
answers: st.SearchStrategy[Answer] = st.one_of(
    domains.map(found),
    hosts.map(found),
    registrars.map(found),
    st.builds(
        lambda asked, party: found(an_entity(asked, party=party)), texts, _parties(PublicRole.TECH)
    ),
    st.builds(lambda absence, by: absent(absence, by=by), st.sampled_from(Absence), optional),
    st.just(found(a_help())),
)


def _sent(answer: Answer) -> Any:
    return json.loads(render(answer_object(answer, PLACE)[1]))


def _objects(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from _objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value)


def _strings(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for value in node:
            yield from _strings(value)
    elif isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from _strings(value)


@given(answers)
def test_every_answer_is_well_formed(answer: Answer) -> None:
    """conformance.md 1.7: no null, nothing empty, whole links, one event of a kind."""
    document = _sent(answer)
    claims = document["rdapConformance"]
    assert claims[:3] == ["rdap_level_0", *PROFILE]
    if not (isinstance(answer, Found) and isinstance(answer.result, Help)):
        assert claims[3:] == (["redacted"] if "redacted" in document else [])
    assert ("notices" in document) is ("errorCode" not in document)
    for member in _objects(document):
        for key, value in member.items():
            assert value is not None
            assert value not in ("", [], {}) or key == "nameservers"
        if "rel" in member:
            assert set(member) == {"value", "rel", "href", "type"}
            assert all(text.isascii() and text.isprintable() for text in member.values())
            assert member["href"].startswith(("http://", "https://"))
        actions = [event["eventAction"] for event in member.get("events", [])]
        assert len(actions) == len(set(actions))
        roles = member.get("roles", [])
        assert len(roles) == len(set(roles))


@given(answers)
def test_every_card_is_well_formed(answer: Answer) -> None:
    """conformance.md 2.1, 2.2, 11.1.3: version first, one `fn`, seven slots, plain types."""
    for member in _objects(_sent(answer)):
        if "vcardArray" not in member:
            continue
        word, properties = member["vcardArray"]
        assert word == "vcard"
        assert properties[0] == ["version", {}, "text", "4.0"]
        names = [item[0] for item in properties]
        assert names.count("fn") == 1
        assert not {"email", "contact-uri"} <= set(names)
        for name, parameters, _, value in properties:
            assert set(parameters) <= {"adr": {"cc"}, "tel": {"type"}}.get(name, set())
            if name == "adr":
                assert len(value) == 7
                assert value[6] == ""
                assert isinstance(value[2], str) or len(value[2]) > 1
            else:
                assert isinstance(value, str)


@given(answers)
def test_no_text_breaks_its_line(answer: Answer) -> None:
    """conformance.md 1.12.5: no control character, whatever an import brought in."""
    for text in _strings(_sent(answer)):
        assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" for c in text)


@given(st.sampled_from(PublicRole).flatmap(_parties))
def test_no_placeholder_stands_for_a_withheld_value(party: Party) -> None:
    """conformance.md 4.7.4: RDAP leaves out; the redaction text belongs to port 43."""
    domain = _sent(found(a_domain(parties=(party,))))
    everything = json.dumps([domain["entities"], domain.get("links")]).lower()
    assert "redacted" not in everything
    assert "withheld" not in everything
    assert "REDACTED FOR PRIVACY" not in json.dumps(domain)


@given(domains)
def test_no_answer_knows_the_fourth_role(domain: PublishedDomain) -> None:
    """D-35: the word stands in no answer, help and errors included."""
    known = {"registrar", "abuse", "registrant", "administrative", "technical"}
    for member in _objects(_sent(found(domain))):
        assert set(member.get("roles", [])) <= known
    fixed: list[Answer] = [
        found(a_help()),
        found(a_domain()),
        *(absent(absence) for absence in Absence),
    ]
    for answer in fixed:
        assert "billing" not in json.dumps(_sent(answer)).lower()


@given(domains)
def test_a_document_is_made_from_its_value_alone(domain: PublishedDomain) -> None:
    """DESIGN: renderers are pure; the same value gives the same bytes."""
    first = render(answer_object(found(domain), PLACE)[1])
    assert first == render(answer_object(found(domain), PLACE)[1])
