"""Cursors of real pages, and what a client may make of them."""

from __future__ import annotations

from urllib.parse import parse_qs, quote, urlsplit

import orjson

from tests.fuzz.doors import Doors

__all__ = ["SEARCHES", "ask_with_cursor", "cursors_of"]

# Searches of more than a page, no two of them with one order of the same results.
SEARCHES = (
    "domains?name=many*",
    "domains?name=many*.co.example&sort=registrationDate:d",
    "domains?nsIp=192.0.2.77",
    "nameservers?name=ns*.many.example&count=true",
    "nameservers?ip=192.0.2.77&sort=name:d",
    "entities?fn=Many*&sort=fn:d",
    "entities?handle=C1000*",
    "entities?fn=%E6%BC%A2*&sort=fn:d,registrationDate",
)


def cursors_of(doors: Doors) -> dict[str, str]:
    """Ask each of the searches for its first page; give the cursors of the second."""
    found = {}
    for search in SEARCHES:
        reply = doors.answer_target(f"/{search}")
        assert reply.status == 200, search
        (link,) = orjson.loads(reply.body)["paging_metadata"]["links"]
        (found[search],) = parse_qs(urlsplit(link["href"]).query)["cursor"]
    return found


def ask_with_cursor(doors: Doors, octets: bytes) -> tuple[int, bytes, bool]:
    """Ask with the cursor that *octets* make; give status, body, and whether it was the store's.

    The first octet chooses the search, the second what is done to its cursor: characters
    exchanged (a place and a character each), any text, or the cursor of another search.
    """
    known = doors.cursors
    if not known:
        known.update(cursors_of(doors))
    search = SEARCHES[octets[0] % len(SEARCHES)] if octets else SEARCHES[0]
    own, rest = known[search], octets[2:]
    match octets[1] % 3 if len(octets) > 1 else 0:
        case 0:
            cursor = _edited(own, rest)
        case 1:
            cursor = rest.decode("latin-1")
        case _:
            cursor = known[SEARCHES[rest[0] % len(SEARCHES)]] if rest else own
    reply = doors.answer_target(f"/{search}&cursor={quote(cursor, safe='')}")
    return reply.status, reply.body, cursor == own


def _edited(text: str, edits: bytes) -> str:
    characters = list(text)
    for place, character in zip(edits[::2], edits[1::2], strict=False):
        at = place * len(characters) // 256
        characters[at] = chr(character)
    return "".join(characters)
