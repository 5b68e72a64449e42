"""From what a person typed to a question for the store. Pure, and never raises."""

from __future__ import annotations

import re
from enum import Enum
from urllib.parse import urlsplit

from store.errors import RegistryError
from store.names import Address, ascii_name, parse_address
from store.queries import FindDomain, FindHost, FindName, FindRegistrar, ListHosts

__all__ = ["MOST_TYPED", "Mistake", "Question", "Sought", "read_question"]

MOST_TYPED = 300  # characters; a name has 253 octets, a registrar's name 255

Question = FindDomain | FindHost | FindRegistrar | FindName | ListHosts

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# IDNA 2008 reads all four as the dot between labels (conformance.md 1.5.7).
_DOTS = frozenset(".\u3002\uff0e\uff61")


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
            name = _name(text)
            return Mistake.NAME if name is None else FindDomain(name=name)
        case Sought.NAMESERVER.value:
            return _name_server(text)
        case Sought.REGISTRAR.value:
            return FindRegistrar(text=text)
        case _:
            return Mistake.KIND


def _bare(text: str) -> Question | Mistake:
    """Read a word or a phrase (conformance.md 6.2.2): an address, a name, a registrar."""
    address = _address(text)
    if address is not None:
        return ListHosts(address=address)
    one = " " not in text
    if one and _meant_as_address(text):
        return Mistake.ADDRESS
    name = _name(text) if one else None
    if name is None and one and not _DOTS.isdisjoint(text):
        return Mistake.NAME
    return FindName(name=name, text=text)


def _name_server(text: str) -> Question | Mistake:
    address = _address(text)
    if address is not None:
        return ListHosts(address=address)
    if _meant_as_address(text):
        return Mistake.ADDRESS
    name = _name(text)
    return Mistake.NAME if name is None else FindHost(name=name)


def _without_url(text: str) -> str:
    if "://" not in text:
        return text
    try:
        return urlsplit(text).hostname or text
    except ValueError:
        return text


def _name(text: str) -> str | None:
    try:
        return ascii_name(text)
    except RegistryError:
        return None


def _address(text: str) -> Address | None:
    literal = text.strip("()[] ")
    if ":" not in literal and not literal[-1:].isdigit():
        return None
    try:
        return parse_address(literal)
    except RegistryError:
        return None


def _meant_as_address(text: str) -> bool:
    """Tell whether *text*, which is no address, looks like one: a colon, a number at its end."""
    _, dot, last = text.strip("()[]. ").rpartition(".")
    return ":" in text or (bool(dot) and last.isascii() and last.isdigit())
