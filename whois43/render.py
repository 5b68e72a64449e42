"""Answers as the bytes that go out: a record or a reason, a stamp, the terms.

Nothing here decides what the public may see; a published value prints as it is.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from store.published import (
    Help,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import Absent, Answer, Found, Page, Result
from whois43.absent import absent_line
from whois43.domain import domain_text
from whois43.lines import encoded, timestamp
from whois43.nameserver import host_lines, hosts_lines
from whois43.parse import Refusal
from whois43.registrar import registrar_lines
from whois43.usage import help_lines
from whois43.wording import wording_of

__all__ = [
    "BUSY",
    "CROWDED",
    "TOO_LONG",
    "UNAVAILABLE",
    "answer_bytes",
    "answer_parts",
    "limited_bytes",
    "refusal_bytes",
    "stamp_bytes",
]


def answer_bytes(
    answer: Answer, own_name: str | None = None, limits: tuple[str, ...] = ()
) -> bytes:
    """Give the whole text of *answer* in UTF-8, every line ended by CR LF.

    *own_name* is this server's host name in inner form, if it is known; *limits* are what
    help says of how much a client may ask.
    """
    before, after = answer_parts(answer, own_name, limits)
    return before + stamp_bytes(answer.as_of) + after


def answer_parts(
    answer: Answer, own_name: str | None = None, limits: tuple[str, ...] = ()
) -> tuple[bytes, bytes]:
    """Give what stands before and behind the stamp in the text of *answer*."""
    wording = wording_of(answer.notices)
    codes = b""
    match answer:
        case Found(result=PublishedDomain() as domain):
            same = domain.notices is answer.notices
            zone = wording if same else wording_of(domain.notices)
            record, codes = domain_text(domain, zone, own_name), zone.codes
        case Found(result=result):
            record = encoded(_record_lines(result, own_name, limits))
        case Absent():
            record = encoded([absent_line(answer)])
    age = _age(answer.as_of) if isinstance(answer, Found) and answer.is_old else b""
    return record + _BEFORE_STAMP, _AFTER_STAMP + age + codes + wording.terms


def _age(as_of: datetime) -> bytes:
    """Say that nobody vouches for there being no change after *as_of*."""
    lines = (
        "",  # conformance.md 6.3.4: free text comes after a blank line
        "The registry's store cannot be reached at present.",
        f"Changes made after {timestamp(as_of)} may be missing from this answer.",
    )
    return encoded(lines)


_BEFORE_STAMP = b">>> Last update of WHOIS database: "
_AFTER_STAMP = b" <<<\r\n"


@lru_cache(maxsize=16)
def stamp_bytes(as_of: datetime) -> bytes:
    """Give the stamp as it stands in an answer."""
    return timestamp(as_of).encode()


def refusal_bytes(refusal: Refusal) -> bytes:
    """Give the reply to a question that can't be asked."""
    return encoded(_error_lines(refusal.message))


def limited_bytes(seconds: int, *, shown: bool = False) -> bytes:
    """Give the reply to who has asked too much, and may again in *seconds* (6.1.10).

    *shown*: it was shown the data of too many contacts.
    """
    unit = "second" if seconds == 1 else "seconds"
    why = "You were shown the data of too many contacts." if shown else "Too many questions."
    return encoded([f"{why} Please try again in {seconds} {unit}."])


def _error_lines(message: str) -> list[str]:
    return [f"Error: {message}", "Ask for help to see the forms of a question."]


def _record_lines(result: Result, own_name: str | None, limits: tuple[str, ...]) -> list[str]:
    match result:
        case PublishedDomain():
            raise TypeError("a domain's record is text already")
        case PublishedHost():
            return host_lines(result, own_name)
        case PublishedRegistrar():
            return registrar_lines(result, own_name)
        case Help():
            return help_lines(result, limits)
        case PublishedEntity():
            # No line of port 43 is parsed to a question that has this answer.
            raise TypeError("a contact is no answer of this door")
        case tuple():
            return hosts_lines(result, own_name)
        case Page():
            raise TypeError("no question of this door is a search")


# conformance.md 6.8.5: never "not found", which would tell the world that a name is free.
UNAVAILABLE = encoded(["The service is temporarily unavailable. Please try again later."])
BUSY = encoded(["The service is busy. Please try again later."])
CROWDED = encoded(["Too many connections from your network. Please try again later."])
TOO_LONG = encoded(_error_lines("A question has 512 octets at most."))
