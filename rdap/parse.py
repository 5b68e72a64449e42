"""From a raw request target to a question for the store (RFC 9082 §3).

Pure, and never raises: whatever a client sends is a question or a problem.
"""

from __future__ import annotations

import re

from rdap.errors import HTTP_STATUS, Problem
from rdap.escapes import decoded
from rdap.search.offers import Offers, SearchPath
from rdap.search.parsing import parse_search
from rdap.search.question import SearchQuestion
from store.errors import RegistryError
from store.names import ascii_name
from store.queries import FindDomain, FindEntity, FindHelp, FindHost, Query

__all__ = ["LONGEST_HANDLE", "LONGEST_PATH", "origin_form", "parse_target"]

LONGEST_PATH = 4096  # characters as sent, and as many of a query; conformance.md 1.12.1
LONGEST_HANDLE = 255  # characters; a longer one is nobody's (conformance.md 1.12.3)

_SEARCHES = {tuple(path.split("/")): path for path in SearchPath}
_SEARCHED = frozenset(path.partition("/")[0] for path in SearchPath)
_BEYOND = frozenset({"reverse_search", "rirSearch1"})  # RFC 9536 §7; RFC 9910
_NUMBERS = frozenset({"ip", "ips", "autnum", "autnums"})  # RFC 9082 §3.1.1; RFC 9910
_ABSOLUTE = re.compile(r"https?://[^/?#]*", re.IGNORECASE)

_NOT_TEXT = Problem(
    status=400, description="The path is not UTF-8 in whole percent-escapes, or holds controls."
)
_EMPTY_SEGMENT = Problem(status=400, description="The path has an empty segment.")
_ENDS_IN_SLASH = Problem(status=400, description="The path ends in a slash.")
_UNNAMED = {
    word: Problem(status=400, description=f"Nothing is named: ask for {word}/{what}.")
    for word, what in (("domain", "NAME"), ("nameserver", "NAME"), ("entity", "HANDLE"))
}
_NOTHING_HERE = Problem(status=404, description="Nothing is served at this path.")
_NO_SUCH_HANDLE = Problem(status=404, description="There is no such object here.")
_TOO_LONG = Problem(status=414, description="The path or the query string is too long.")
_NO_SUCH_SEARCH = Problem(status=501, description="This search is not offered here; see help.")
_NO_NUMBERS = Problem(
    status=501, description="Addresses and autonomous systems are not registered here."
)

_DEFAULT_OFFERS = Offers()


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


def parse_target(
    target: str, *, prefix: str = "/", offers: Offers = _DEFAULT_OFFERS
) -> Query | SearchQuestion | Problem:
    """Read the raw request target *target* (origin-form, percent-encoding as sent).

    *prefix* is the path of the public URL and ends in a slash. The query string of a
    lookup is passed over: it has no parameters (RFC 7480 §4.3, conformance.md 1.1.10).
    Each segment is percent-decoded exactly once (1.4.8). *offers* are the searches that
    are on.

    >>> parse_target("/domain/B%C3%BCcher.example?_=1")
    FindDomain(name='xn--bcher-kva.example')
    """
    path, _, query = target.partition("#")[0].partition("?")
    if not path.startswith(prefix):
        return _TOO_LONG if len(path) > LONGEST_PATH else _NOTHING_HERE
    segments = path.removeprefix(prefix).split("/")
    if len(path) > LONGEST_PATH:
        return _NO_SUCH_HANDLE if segments[0] == "entity" else _TOO_LONG
    if segments == [""]:
        return _NOTHING_HERE
    words = [word for segment in segments if (word := decoded(segment))]
    if len(words) < len(segments):
        return _malformed(segments, words)
    searched = _SEARCHES.get(tuple(words))
    if searched is not None:
        return parse_search(searched, query, offers)
    # Every link of an answer repeats the question (conformance.md 11.1.5).
    return _TOO_LONG if len(query) > LONGEST_PATH else _route(words)


def _malformed(segments: list[str], words: list[str]) -> Problem:
    """Say what is wrong with *segments*, of which only *words* are any."""
    if len(words) + segments.count("") < len(segments):
        return _NOT_TEXT
    if segments.index("") < len(segments) - 1:
        return _EMPTY_SEGMENT
    return _UNNAMED.get(words[0], _ENDS_IN_SLASH) if len(words) == 1 else _ENDS_IN_SLASH


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
        case [word] if word in _UNNAMED:
            return _UNNAMED[word]
        case [word, below, *_] if word in _SEARCHED and below in _BEYOND:
            return _NO_SUCH_SEARCH
        case [word, *_] if word in _NUMBERS:
            return _NO_NUMBERS
        case _:
            return _NOTHING_HERE


def _name_question(question: type[FindDomain | FindHost], name: str) -> Query | Problem:
    try:
        return question(name=ascii_name(name))
    except RegistryError as error:
        return Problem(status=HTTP_STATUS[error.code], description=error.message)
