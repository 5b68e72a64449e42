"""What the fuzzer runs: bytes through one part of a door, and what must hold of the outcome.

Each takes the doors and any bytes, and raises where something other than an answer or a
refusal comes of them.
"""

from __future__ import annotations

import random
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from types import MappingProxyType

from rdap.connection import LONGEST_FIELD
from rdap.forwarding import FORWARDED, X_FORWARDED_FOR, client_behind, hops
from rdap.negotiation import WORTH_GZIP, accepted_extensions, smallest_gzip
from rdap.search.offers import SearchPath
from rdap.validators import holds, weak_tag
from rdds.serving.proxy_preface import MOST_OCTETS as LONGEST_PREFACE
from rdds.serving.proxy_preface import Preface, PrefaceError, parse_preface
from tests.fuzz.cursors import ask_with_cursor
from tests.fuzz.doors import LOOPBACK, TRUSTED, Doors
from tests.fuzz.http_answers import HttpAnswer, assert_is_rdap, read_answers
from whois43.connection import MOST_OCTETS as LONGEST_QUESTION
from whois43.render import TOO_LONG

__all__ = ["TARGETS", "Target", "pieces_of"]

Target = Callable[[Doors, bytes], None]

BROKEN = frozenset({400, 405, 414, 431, 505})
MOST = 16_384  # octets of an input: what is longer is the business of tests/rdap/test_hostile.py
PEER = ip_address(LOOPBACK)

_PATHS = tuple(SearchPath)
_CONTROL = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]")


def request_target(doors: Doors, octets: bytes) -> None:
    """A request target as HTTP hands it over: raw bytes come in as surrogates."""
    target = octets.decode("utf-8", "surrogateescape")
    for each in (target, f"/{target}"):
        reply = doors.answer_target(each)
        assert_is_rdap(reply.status, reply.body)
        assert (reply.tag is not None) == (reply.status == 200)


def query_string(doors: Doors, octets: bytes) -> None:
    """A query string at the search that the first octet chooses."""
    path = _PATHS[octets[0] % len(_PATHS)] if octets else _PATHS[0]
    reply = doors.answer_target(f"/{path}?{octets[1:].decode('utf-8', 'surrogateescape')}")
    assert_is_rdap(reply.status, reply.body)


def cursor(doors: Doors, octets: bytes) -> None:
    """A cursor that the store gave, altered, or for another search: 400 unless it is the same."""
    status, body, is_own = ask_with_cursor(doors, octets)
    assert_is_rdap(status, body)
    assert status == (200 if is_own else 400)


def http_stream(doors: Doors, octets: bytes) -> None:
    """All that a client sends on one connection, at once and in pieces: the same answers."""
    octets = octets[:MOST]
    heads_alone = b"HEAD" in octets
    at_once, in_pieces = (
        read_answers(doors.converse(doors.rdap, pieces), heads_alone=heads_alone)
        for pieces in ([octets], pieces_of(octets))
    )
    assert _outcomes(at_once) == _outcomes(in_pieces)
    if b"\r\n\r\n" in octets.lstrip(b"\r\n"):
        assert at_once, "a whole head without an answer"


def _outcomes(answers: Sequence[HttpAnswer]) -> list[tuple[int, bytes] | None]:
    """Give what each answer says; ``None`` for one that ends a stream which broke HTTP's rules.

    The parser refuses at the first wrong octet, so what came until then decides which of
    the rules was broken.
    """
    return [
        None if answer.status in BROKEN else (answer.status, answer.document) for answer in answers
    ]


def header_fields(doors: Doors, octets: bytes) -> None:
    """Fields that the door reads itself: functions of their own, then a whole request."""
    text = octets.decode("utf-8", "surrogateescape")
    for field in (text, _stretched(text)):
        assert not any(re.search(r"\s", word) for word in accepted_extensions(field))
        assert smallest_gzip(field) in {None, 0, WORTH_GZIP}
        tag = weak_tag(field.encode("utf-8", "surrogateescape"))
        assert holds(f"{field}, {tag}", tag)
    for name in (FORWARDED, X_FORWARDED_FOR):
        lines = text.split("\n")
        found = list(hops(name, lines))
        assert 0 < len(found) <= len(lines) + text.count(",")
        assert client_behind(PEER, found, TRUSTED) in {PEER, *found}
    if not {0, 10, 13} & set(octets):
        _ask_with_fields(doors, octets[: LONGEST_FIELD // 2])


def _stretched(text: str) -> str:
    """Repeat *text* up to the length that a field may have: no pattern may mind."""
    return (text * (LONGEST_FIELD // (len(text) or 1) + 1))[:LONGEST_FIELD]


def _ask_with_fields(doors: Doors, value: bytes) -> None:
    names = (b"Accept", b"Accept-Encoding", b"If-None-Match", b"If-Match", b"Forwarded")
    lines = (b"GET /help HTTP/1.1", b"Host: x", *(name + b": " + value for name in names))
    (answer,) = read_answers(
        doors.converse(doors.rdap, [b"\r\n".join((*lines, b"", b""))]), heads_alone=False
    )
    assert answer.status in {200, 304, 400, 412}


def whois_line(doors: Doors, octets: bytes) -> None:
    """A line as port 43 reads it: clean lines come back."""
    line = re.split(b"[\r\n]", octets, maxsplit=1)[0]
    _assert_is_whois(doors.answer_line(line))


def whois_stream(doors: Doors, octets: bytes) -> None:
    """All that a client of port 43 sends: its first line is answered, in whatever pieces."""
    octets = octets[:MOST]
    owed = _owed(doors, octets)
    for pieces in ([octets], pieces_of(octets)):
        assert doors.converse(doors.whois, pieces) == owed


def proxy_preface(doors: Doors, octets: bytes) -> None:
    """A preface and a question: who is named asks, and no other way of cutting says otherwise."""
    octets = octets[: LONGEST_PREFACE + LONGEST_QUESTION]
    outcome = _prefaced(octets)
    for end in range(min(len(octets), 300)):
        begun = _prefaced(octets[:end])
        assert begun is None or begun == outcome
    reply, made = doors.converse_through_proxy(pieces_of(octets))
    if isinstance(outcome, Preface):
        assert reply == _owed(doors, octets[outcome.length :])
        assert made == [outcome.client]
    else:
        assert (reply, made) == (b"", [])


def _prefaced(octets: bytes) -> Preface | type[PrefaceError] | None:
    try:
        return parse_preface(octets) if octets else None
    except PrefaceError:
        return PrefaceError


def _owed(doors: Doors, octets: bytes) -> bytes:
    """Say what a client of port 43 that sends just this is to get."""
    line = re.split(b"[\r\n]", octets, maxsplit=1)[0]
    if len(line) > LONGEST_QUESTION:
        return TOO_LONG
    reply = doors.answer_line(line) if octets else b""  # nothing: a port probe
    _assert_is_whois(reply)
    return reply


def _assert_is_whois(reply: bytes) -> None:
    assert not reply or reply.endswith(b"\r\n")
    assert reply.count(b"\r") == reply.count(b"\n") == reply.count(b"\r\n")
    assert not _CONTROL.search(reply.decode("utf-8", "replace"))


def pieces_of(octets: bytes) -> list[bytes]:
    """Cut *octets* at places of their own, always the same ones."""
    places = random.Random(zlib.crc32(octets))
    cuts = sorted(places.randrange(len(octets) + 1) for _ in range(places.randrange(8)))
    return [octets[begin:end] for begin, end in zip([0, *cuts], [*cuts, None], strict=True)]


TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            *(request_target, query_string, cursor, http_stream, header_fields),
            *(whois_line, whois_stream, proxy_preface),
        )
    }
)
