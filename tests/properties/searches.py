"""Searches that could lead to a hidden person, and what a server says to them, page by page."""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from store.handles import link_handle
from tests.registrations import REPOSITORY, PrivateContact, Registration
from tests.running_doors import RunningDoors

__all__ = ["SearchAnswer", "ask_pages", "searches_about", "searches_for_many"]

MOST_PAGES = 40
SECONDS = 20.0
SORTS = {
    "domains": ("name", "registrationDate", "lastChangedDate", "expirationDate", "transferDate"),
    "nameservers": ("name", "registrationDate", "lastChangedDate"),
    "entities": ("fn", "handle", "registrationDate", "lastChangedDate"),
}
REVERSE = ("domains/reverse_search/entity", "nameservers/reverse_search/entity")
_CURSOR = re.compile(rb"([?&]cursor=)([^&\"\\]+)")


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """An answer as its bytes came: status, head and body, cursors by their length alone.

    The entity-tag of an answer with a cursor is made of the cursor too and left out.
    """

    status: int
    head: bytes
    body: bytes
    next: str | None


def ask_pages(doors: RunningDoors, search: str) -> Iterator[SearchAnswer]:
    """Ask for *search* and then for each page after it, as its links lead.

    Of an order beside the natural one it is two pages: its other end comes first in another.
    """
    cursor = ""
    for number in range(MOST_PAGES):
        answer = _ask(doors, search + cursor)
        yield answer
        if answer.next is None or ("&sort=" in search and number):
            return
        cursor = f"&cursor={answer.next}"
    raise AssertionError("the pages don't end")


def _ask(doors: RunningDoors, target: str) -> SearchAnswer:
    base = urlsplit(doors.rdap)
    client = http.client.HTTPConnection(str(base.hostname), base.port, timeout=SECONDS)
    try:
        client.request("GET", f"{base.path}{target}")
        response = client.getresponse()
        body = response.read()
    finally:
        client.close()
    asked = target.partition("&cursor=")[2].encode()
    found = [cursor for _, cursor in _CURSOR.findall(body) if cursor != asked]
    blurred = _CURSOR.sub(lambda match: match[1] + b"x" * len(match[2]), body)
    changing = {"date", *({"etag"} if blurred != body else ())}
    head = "\n".join(f"{k}: {v}" for k, v in response.getheaders() if k.lower() not in changing)
    return SearchAnswer(
        response.status, head.encode(), blurred, found[0].decode() if found else None
    )


def searches_about(*registrations: Registration) -> Iterator[str]:
    """Give what somebody may ask who knows, or guesses, all that is private of *registrations*."""
    for registration in registrations:
        name = registration.held.name
        yield f"domains?name={name}&count=true"
        yield f"domains?name={name[:5]}*&count=true&fieldSet=brief"
        yield f"domains?nsLdhName=ns1.{name}"
        yield f"nameservers?name=ns*.{name}&count=true"
        for role in registration.contacts:
            handle = registration.handle(role)
            yield from _by_text("handle", handle)
        yield from _by_text("handle", link_handle(registration.serial * 8 + 7, REPOSITORY))
        for contact in registration.everyone():
            yield from _about(contact)


def _about(contact: PrivateContact) -> Iterator[str]:
    card = contact.held.card
    for text in (card.name, contact.second_name):
        yield from _by_text("fn", text)
    for text in (contact.held.roid, contact.handle):
        yield from _by_text("handle", text)
    for mailbox in filter(None, (card.email, card.org)):
        for path in REVERSE:
            yield f"{path}?email={quote(mailbox, safe='')}&count=true"


def _by_text(word: str, text: str) -> Iterator[str]:
    if not text.strip():
        return
    whole, begun = quote(text, safe=""), quote(text[: max(1, len(text) // 2)], safe="")
    yield f"entities?{word}={whole}&count=true"
    yield f"entities?{word}={begun}*&count=true"
    yield f"{REVERSE[0]}?{word}={whole}&count=true"
    yield f"{REVERSE[0]}?{word}={whole}&role=registrant"
    yield f"{REVERSE[1]}?{word}={whole}&count=true"


def searches_for_many(*, by_dates: bool) -> Iterator[str]:
    """Give searches that find several pages among many hidden ones, in every order.

    Orders by dates are made in memory, by the same code over either engine.
    """
    patterns = {
        "domains": ("name=many*", "nsIp=192.0.2.55", "name=many*.example", "nsLdhName=ns.many*"),
        "nameservers": ("name=ns*", "ip=192.0.2.55"),
        "entities": ("fn=many*", "handle=c9*", "fn=m*"),
    }
    for path, each in patterns.items():
        for pattern in each:
            yield f"{path}?{pattern}&count=true"
            for sort in (each for each in SORTS[path] if by_dates or not each.endswith("Date")):
                for direction in "ad":
                    yield f"{path}?{pattern}&sort={sort}:{direction}&fieldSet=brief"
        yield f"{path}?{each[0]}&fieldSet=id&count=true"
    for text in ("fn=Many%20007", "handle=C9000007-EXAMPLE", "email=holder9000007%40example.net"):
        yield f"{REVERSE[0]}?{text}&count=true"
        yield f"{REVERSE[0]}?{text}&role=registrant"
