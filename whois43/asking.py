"""Under which key an answer is kept, and for whom."""

from __future__ import annotations

import re

from store.published import Absence, PublishedRegistrar
from store.queries import (
    Absent,
    Answer,
    FindDomain,
    FindHelp,
    FindHost,
    FindName,
    FindRegistrar,
    ListHosts,
    LookUp,
)

__all__ = ["DOOR", "is_by_text", "key_of", "keyed_as_asked"]

DOOR = b"W"  # begins the keys of this door: they share a cache with another's

# Texts of registrars that are kept. One in other letters may mean another (`r-one`, `R-ONE`),
# and all its spellings would crowd the cache. Without flags and quotes, so that a line of
# these characters is read as this text again.
_PLAIN = re.compile(r"[a-z0-9][a-z0-9.,& ]{0,63}")


def key_of(query: LookUp) -> bytes | None:
    """Give the key of *query*: the door and its canonical line, or ``None`` where it has none.

    The line, asked as it is, is read as *query*; its letters' case and whatever else a line
    may have doesn't matter.

    >>> key_of(FindName(name="shop.example", text="Shop.Example."))
    b'Wshop.example'
    """
    match query:
        case FindName(name=str(name)) if "." in name:
            line = name
        case FindName(text=text) if _PLAIN.fullmatch(text):
            line = text
        case FindDomain(name=name):
            line = f"domain {name}"
        case FindHost(name=name):
            line = f"nameserver {name}"
        case ListHosts(address=address):
            line = f"nameserver {address}"
        case FindRegistrar(text=text) if _PLAIN.fullmatch(text):
            line = f"registrar {text}"
        case FindHelp():
            line = "help"
        case _:
            return None
    return DOOR + line.encode("ascii")


def is_by_text(answer: Answer) -> bool:
    """Tell whether *answer* to a name depends on its text too: on how it was spelled.

    So it is with what lies outside our zones: a registrar may have such a name (6.2.2).
    """
    if isinstance(answer, Absent):
        return answer.absence is Absence.UNSERVED
    return isinstance(answer.result, PublishedRegistrar)


def keyed_as_asked(query: LookUp) -> bool:
    """Tell whether *query* has no other text than its key."""
    if not isinstance(query, FindName) or query.name is None:
        return True
    return "." not in query.name or query.text == query.name  # a bare word's key is its text
