"""Random records: each line is well formed, and only what is published is printed."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from store.published import (
    Field,
    Party,
    PublicRole,
    PublishedDomain,
    PublishedRegistrar,
    Reason,
    Withheld,
)
from store.statuses import Status
from tests.published_values import a_domain, a_host, a_party, a_registrar, found, notices
from whois43.charset import Charset, in_charset
from whois43.labels import DOMAIN_KEYS, PARTY_KEYS, ROLE_WORDS
from whois43.render import answer_bytes

REDACTION = "REDACTED FOR PRIVACY"
LINE = re.compile(r"([A-Z][A-Za-z/ ]*): (\S(?:.*\S)?)")
COMPLAINTS = "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf"
STATUS_CODES = "For more information on Whois status codes, please visit https://icann.org/epp"
STAMP = ">>> Last update of WHOIS database: 2026-05-29T20:15:00Z <<<"

# Letters, and what has broken out of a line somewhere before.
HOSTILE = st.sampled_from("\r\n\t\x00\x0b\x1c\x85\u2028\u2029\u202e\xa0\ud800>: ")
TEXTS = st.text(st.one_of(st.characters(), HOSTILE), max_size=12)
WITHHELD = st.sampled_from(Reason).map(Withheld)
FIELDS = st.one_of(TEXTS, WITHHELD, st.none())


@st.composite
def parties(draw: st.DrawFn, role: PublicRole) -> Party:
    """Draw a party with any value, reason or nothing in each field."""
    members = {member: draw(FIELDS) for _, member in PARTY_KEYS if member != "street"}
    return a_party(
        role,
        handle=draw(FIELDS),
        street=draw(st.one_of(WITHHELD, st.lists(TEXTS, max_size=3).map(tuple))),
        contact_uri=draw(st.one_of(st.none(), TEXTS)),
        **members,
    )


@st.composite
def domains(draw: st.DrawFn) -> PublishedDomain:
    """Draw a registration."""
    roles = draw(st.sets(st.sampled_from(PublicRole)))
    return a_domain(
        handle=draw(st.one_of(st.none(), TEXTS)),
        registrar=a_registrar(
            name=draw(TEXTS), url=draw(TEXTS), whois_server=draw(TEXTS), abuse_email=draw(TEXTS)
        ),
        statuses=tuple(draw(st.sets(st.sampled_from(Status), min_size=1))),
        parties=tuple(draw(parties(role)) for role in PublicRole if role in roles),
        hosts=tuple(a_host(f"ns{n}.shop.example") for n in range(draw(st.integers(0, 3)))),
    )


def shown(text: str) -> str:
    """Say how *text* prints, by another road than the door's."""
    parts = []
    for letter in text:
        code = ord(letter)
        if code < 32 or 127 <= code < 160 or code in {0x2028, 0x2029}:
            parts.append(" ")
        else:
            parts.append("\ufffd" if 0xD800 <= code < 0xE000 else letter)
    return "".join(parts).strip()


def expected(field: Field) -> list[str]:
    """Give the values that a key of *field* has."""
    if isinstance(field, Withheld):
        return [REDACTION]
    return [shown(field)] if field and shown(field) else []


def facts(party: Party) -> list[tuple[str, str]]:
    """List keys and values of a section in their order."""
    word = ROLE_WORDS[party.role]
    pairs = [(f"Registry {word} ID", value) for value in expected(party.handle)]
    for key, member in PARTY_KEYS:
        field = getattr(party, member)
        if member == "street" and isinstance(field, tuple):
            found_values = [value for line in field for value in expected(line)]
        elif member == "email" and party.contact_uri and not isinstance(field, str):
            found_values = expected(party.contact_uri)
        else:
            found_values = expected(field)
        pairs += [(f"{word} {key}", value) for value in found_values]
    return pairs


def clean_lines(reply: bytes) -> list[str]:
    """Cut an answer into its lines; each ends in CR LF and holds no control character."""
    lines = reply.decode().removesuffix("\r\n").split("\r\n")
    assert reply.endswith(b"\r\n")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", "".join(lines))
    return lines


def key_and_value(lines: list[str]) -> list[tuple[str, str]]:
    """Read a record; each of its lines has a key and a value."""
    read = [LINE.fullmatch(line) for line in lines]
    assert all(read)
    return [(match[1], match[2]) for match in read if match]


@settings(deadline=None)
@given(domains())
def test_record_reads_back_as_exactly_what_is_published(domain: PublishedDomain) -> None:
    """Each line is a key and a value, and the sections hold the published values alone."""
    lines = clean_lines(answer_bytes(found(domain, notices=notices(terms=()))))
    assert lines[-4:] == [COMPLAINTS, STAMP, "", STATUS_CODES]
    pairs = key_and_value(lines[:-4])
    assert {key for key, _ in pairs} <= DOMAIN_KEYS
    sections = [pair for pair in pairs if re.search(r"\b(Registrant|Admin|Tech)\b", pair[0])]
    assert sections == [fact for party in domain.parties for fact in facts(party)]


# conformance.md 6.7, and extensions on keys of their own (6.3.7).
REGISTRAR_KEYS = (
    *(("Registrar", "name"), ("Street", "street"), ("City", "city"), ("State/Province", "sp")),
    *(("Postal Code", "pc"), ("Country", "cc"), ("Phone Number", "voice")),
    *(("Phone Ext", "voice_ext"), ("Fax Number", "fax"), ("Fax Ext", "fax_ext")),
    *(("Email", "email"), ("Registrar WHOIS Server", "whois_server"), ("Registrar URL", "url")),
)
REGISTRARS = st.fixed_dictionaries(
    {
        member: st.lists(TEXTS, max_size=3).map(tuple)
        if member == "street"
        else (TEXTS if member == "name" else st.one_of(st.none(), TEXTS))
        for _, member in REGISTRAR_KEYS
    }
).map(lambda drawn: a_registrar(**drawn))


def registrar_facts(registrar: PublishedRegistrar) -> list[tuple[str, str]]:
    """List keys and values of a registrar's record in their order."""
    pairs = []
    for key, member in REGISTRAR_KEYS:
        value = getattr(registrar, member)
        values = value if isinstance(value, tuple) else (value,)
        pairs += [(key, shown) for each in values for shown in expected(each)]
    return pairs


@settings(deadline=None)
@given(REGISTRARS)
def test_registrar_record_holds_its_values_in_their_order(registrar: PublishedRegistrar) -> None:
    """Each value stands under its key and the stamp ends the record (6.7)."""
    lines = clean_lines(answer_bytes(found(registrar, notices=notices(terms=()))))
    assert lines[-1] == STAMP
    assert key_and_value(lines[:-1]) == registrar_facts(registrar)


@settings(deadline=None)
@given(st.lists(REGISTRARS, min_size=1, max_size=4))
def test_list_of_hosts_is_records_between_blank_lines(registrars: list[PublishedRegistrar]) -> None:
    """Each record begins with its server name, then addresses and registrar (6.2.5, 6.6)."""
    hosts = tuple(
        a_host(f"ns{number}.shop.example", registrar=registrar)
        for number, registrar in enumerate(registrars)
    )
    lines = clean_lines(answer_bytes(found(hosts, notices=notices(terms=()))))
    assert lines[-1] == STAMP
    records = "\n".join(lines[:-1]).split("\n\n")
    assert len(records) == len(hosts)
    for record, host, registrar in zip(records, hosts, registrars, strict=True):
        facts = dict(registrar_facts(registrar))
        keys = ("Registrar", "Registrar WHOIS Server", "Registrar URL")
        assert key_and_value(record.split("\n")) == [
            ("Server Name", host.name.upper()),
            *(("IP Address", str(address)) for address in host.addresses),
            *((key, facts[key]) for key in keys if key in facts),
        ]


@settings(deadline=None)
@given(domains(), st.sampled_from(Charset))
def test_answer_in_any_character_set_has_the_same_lines(
    domain: PublishedDomain, charset: Charset
) -> None:
    """A character that the set lacks becomes a question mark and nothing else (6.1.8)."""
    plain = answer_bytes(found(domain)).decode()
    read = in_charset(plain.encode(), charset).decode(charset.value)
    assert len(read) == len(plain)
    assert all(one == two or one == "?" for one, two in zip(read, plain, strict=True))
    fits = {Charset.UTF_8: 0x110000, Charset.LATIN_1: 0x100, Charset.ASCII: 0x80}[charset]
    lost = [two for one, two in zip(read, plain, strict=True) if one != two]
    assert all(ord(letter) >= fits for letter in lost)
