"""From what a person typed to a question for the store. Pure, and never raises."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import unquote_to_bytes, urlsplit

from store.queries import FindDomain, FindHost, FindName, FindRegistrar, ListHosts
from store.words import has_dot, is_meant_as_address, read_address, read_name

__all__ = ["MOST_TYPED", "Mistake", "Question", "Sought", "is_legible", "read_question"]

MOST_TYPED = 300  # characters; a name has 253 octets, a registrar's name 255

Question = FindDomain | FindHost | FindRegistrar | FindName | ListHosts

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_BAD_ESCAPE = re.compile("%(?![0-9A-Fa-f]{2})")


class Sought(Enum):
    """What a link asks for, where a bare word could mean several things."""

    ANY = ""
    DOMAIN = "domain"
    NAMESERVER = "nameserver"
    REGISTRAR = "registrar"


class Mistake(Enum):
    """Why what was typed asks nothing."""

    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    NAME = "name"
    ADDRESS = "address"
    KIND = "kind"


def read_question(typed: str, kind: str = "") -> Question | Mistake | None:
    """Read what was *typed*, sought as *kind* (a value of :class:`Sought`); ``None`` for nothing.

    Blanks are tidied and the URL of a web page stands for its host: people paste both.

    >>> read_question("https://Shop.example/cart")
    FindName(name='shop.example', text='shop.example')
    """
    if len(typed) > MOST_TYPED:
        return Mistake.TOO_LONG
    if _CONTROL.search(typed.replace("\t", " ")):
        return Mistake.CHARACTERS
    text = _without_url(" ".join(typed.split()))
    if not text:
        return None
    match kind:
        case Sought.ANY.value:
            return _bare(text)
        case Sought.DOMAIN.value:
            name = read_name(text)
            return Mistake.NAME if name is None else FindDomain(name=name)
        case Sought.NAMESERVER.value:
            return _name_server(text)
        case Sought.REGISTRAR.value:
            return FindRegistrar(text=text)
        case _:
            return Mistake.KIND


def is_legible(query: str) -> bool:
    """Tell whether the name in the raw query string *query* is UTF-8 in whole percent-escapes.

    >>> is_legible("name=b%C3%BCcher.example"), is_legible("name=%zz"), is_legible("name=%ff")
    (True, False, False)
    """
    for piece in query.split("&"):
        if piece.startswith("name="):
            try:
                unquote_to_bytes(piece).decode()
            except UnicodeError:
                return False
            if _BAD_ESCAPE.search(piece):
                return False
    return True


def _bare(text: str) -> Question | Mistake:
    """Read a word or a phrase (conformance.md 6.2.2): an address, a name, a registrar."""
    address = read_address(text)
    if address is not None:
        return ListHosts(address=address)
    one = " " not in text
    if one and is_meant_as_address(text):
        return Mistake.ADDRESS
    name = read_name(text) if one else None
    if name is None and one and has_dot(text):
        return Mistake.NAME
    return FindName(name=name, text=text)


def _name_server(text: str) -> Question | Mistake:
    address = read_address(text)
    if address is not None:
        return ListHosts(address=address)
    if is_meant_as_address(text):
        return Mistake.ADDRESS
    name = read_name(text)
    return Mistake.NAME if name is None else FindHost(name=name)


def _without_url(text: str) -> str:
    if "://" not in text:
        return text
    try:
        return urlsplit(text).hostname or text
    except ValueError:
        return text
