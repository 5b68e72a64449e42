"""From a raw request target to a question for the store (RFC 9082 §3).

Pure, and never raises: whatever a client sends is a question or a problem.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from rdap.errors import HTTP_STATUS, Problem
from store.errors import RegistryError
from store.names import ascii_name
from store.queries import FindDomain, FindEntity, FindHelp, FindHost, Query

__all__ = ["LONGEST_HANDLE", "LONGEST_PATH", "origin_form", "parse_target"]

LONGEST_PATH = 4096  # characters as sent; conformance.md 1.12.1
LONGEST_HANDLE = 255  # characters; a longer one is nobody's (conformance.md 1.12.3)

_SEARCHES = frozenset({"domains", "nameservers", "entities"})
_NUMBERS = frozenset({"ip", "ips", "autnum", "autnums"})  # RFC 9082 §3.1.1; RFC 9910
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_MALFORMED = Problem(status=400, description="The path is malformed.")
_NOTHING_HERE = Problem(status=404, description="Nothing is served at this path.")
_NO_SUCH_HANDLE = Problem(status=404, description="There is no such object here.")
_TOO_LONG = Problem(status=414, description="The path is too long.")
_NO_SEARCHES = Problem(status=501, description="Searches are not offered here.")
_NO_NUMBERS = Problem(
    status=501, description="Addresses and autonomous systems are not registered here."
)


def origin_form(target: str) -> str:
    """Give a request target as path and query; a full URL loses scheme and host.

    RFC 9112 §3.2.2 has servers take both forms.

    >>> origin_form("http://rdap.example/help?x")
    '/help?x'
    """
    if target.startswith("/"):
        return target
    match = _ABSOLUTE.match(target)
    if match is None:
        return target
    rest = target[match.end() :]
    return rest if rest.startswith("/") else "/" + rest


def parse_target(target: str, *, prefix: str = "/") -> Query | Problem:
    """Read the raw request target *target* (origin-form, percent-encoding as sent).

    *prefix* is the path of the public URL and ends in a slash. The query string
    is passed over: lookups have no parameters (RFC 7480 §4.3, conformance.md 1.1.10).
    Each segment is percent-decoded exactly once (1.4.8).

    >>> parse_target("/domain/B%C3%BCcher.example?_=1")
    FindDomain(name='xn--bcher-kva.example')
    """
    path = target.partition("#")[0].partition("?")[0]
    if not path.startswith(prefix):
        return _TOO_LONG if len(path) > LONGEST_PATH else _NOTHING_HERE
    segments = path.removeprefix(prefix).split("/")
    if len(path) > LONGEST_PATH:
        return _NO_SUCH_HANDLE if segments[0] == "entity" else _TOO_LONG
    if segments == [""]:
        return _NOTHING_HERE
    words = [_decode(segment) for segment in segments]
    if any(word is None for word in words):
        return _MALFORMED
    return _route([word for word in words if word is not None])


def _route(words: list[str]) -> Query | Problem:
    match words:
        case ["domain", name]:
            return _name_question(FindDomain, name)
        case ["nameserver", name]:
            return _name_question(FindHost, name)
        case ["entity", handle]:
            return FindEntity(handle=handle) if len(handle) <= LONGEST_HANDLE else _NO_SUCH_HANDLE
        case ["help"]:
            return FindHelp()
        case ["domain" | "nameserver" | "entity"]:
            return _MALFORMED
        case [word, *_] if word in _SEARCHES:
            return _NO_SEARCHES
        case [word, *_] if word in _NUMBERS:
            return _NO_NUMBERS
        case _:
            return _NOTHING_HERE


def _name_question(question: type[FindDomain | FindHost], name: str) -> Query | Problem:
    try:
        return question(name=ascii_name(name))
    except RegistryError as error:
        return Problem(status=HTTP_STATUS[error.code], description=error.message)


def _decode(segment: str) -> str | None:
    """Percent-decode *segment* once; ``None`` if it is empty or no clean UTF-8 text.

    conformance.md 1.2.6, 1.12.2: bad escapes, invalid UTF-8 and controls are malformed.
    """
    if not segment:
        return None
    if segment.isalnum() and segment.isascii():
        return segment
    if _BAD_ESCAPE.search(segment):
        return None
    try:
        # A byte that HTTP let through as it was came in as a surrogate.
        text = unquote_to_bytes(segment.encode("utf-8", "surrogateescape")).decode("utf-8")
    except UnicodeError:
        return None
    return None if _CONTROL.search(text) else text
