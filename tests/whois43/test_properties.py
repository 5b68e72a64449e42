"""Random registrations: each line is well formed, and only what is published is printed."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from store.published import Field, Party, PublicRole, PublishedDomain, Reason, Withheld
from store.statuses import Status
from tests.published_values import a_domain, a_host, a_party, a_registrar, found, notices
from whois43.labels import COMPLAINTS, PARTY_KEYS, ROLE_WORDS, STATUS_CODES
from whois43.render import answer_bytes

REDACTION = "REDACTED FOR PRIVACY"
LINE = re.compile(r"([A-Z][A-Za-z/ ]*): (\S(?:.*\S)?)")
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


@settings(deadline=None)
@given(domains())
def test_record_reads_back_as_exactly_what_is_published(domain: PublishedDomain) -> None:
    """Each line is a key and a value, and the sections hold the published values alone."""
    out = answer_bytes(found(domain, notices=notices(terms=()))).decode()
    lines = out.removesuffix("\r\n").split("\r\n")
    assert not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", "".join(lines))
    assert lines[-4:] == [COMPLAINTS, STAMP, "", STATUS_CODES]
    read = [LINE.fullmatch(line) for line in lines[:-4]]
    assert all(read)
    pairs = [(match[1], match[2]) for match in read if match]
    sections = [pair for pair in pairs if re.search(r"\b(Registrant|Admin|Tech)\b", pair[0])]
    assert sections == [fact for party in domain.parties for fact in facts(party)]
