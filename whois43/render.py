"""Answers as the bytes that go out: a record or a reason, a stamp, the terms.

Nothing here decides what the public may see; a published value prints as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from store.published import (
    Help,
    Notices,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)
from store.queries import Absent, Answer, Found, Page, Result
from whois43.absent import absent_line
from whois43.domain import domain_lines
from whois43.lines import clean, timestamp
from whois43.nameserver import host_lines, hosts_lines
from whois43.parse import Refusal
from whois43.registrar import registrar_lines
from whois43.usage import help_lines

__all__ = ["BUSY", "TOO_LONG", "UNAVAILABLE", "answer_bytes", "refusal_bytes"]


def answer_bytes(answer: Answer, own_name: str | None = None) -> bytes:
    """Give the whole text of *answer* in UTF-8, every line ended by CR LF.

    *own_name* is this server's host name in inner form, if it is known.
    """
    match answer:
        case Found(result=PublishedDomain() as domain):
            record = domain_lines(domain, own_name)
            lines = [*record, _stamp(answer.as_of), *_codes_lines(domain.notices)]
        case Found(result=result):
            lines = [*_record_lines(result, own_name), _stamp(answer.as_of)]
        case Absent():
            lines = [absent_line(answer), _stamp(answer.as_of)]
    return _encoded(lines + _terms_lines(answer.notices))


def refusal_bytes(refusal: Refusal) -> bytes:
    """Give the reply to a question that can't be asked."""
    return _encoded(_error_lines(refusal.message))


def _error_lines(message: str) -> list[str]:
    return [f"Error: {message}", "Ask for help to see the forms of a question."]


def _record_lines(result: Result, own_name: str | None) -> list[str]:
    match result:
        case PublishedDomain():
            return domain_lines(result, own_name)
        case PublishedHost():
            return host_lines(result, own_name)
        case PublishedRegistrar():
            return registrar_lines(result, own_name)
        case Help():
            return help_lines(result)
        case PublishedEntity():
            # No line of port 43 is parsed to a question that has this answer.
            raise TypeError("a contact is no answer of this door")
        case tuple():
            return hosts_lines(result, own_name)
        case Page():
            raise TypeError("no question of this door is a search")


def _stamp(as_of: datetime) -> str:
    return f">>> Last update of WHOIS database: {timestamp(as_of)} <<<"


def _codes_lines(notices: Notices) -> list[str]:
    url = clean(notices.status_url)
    return ["", f"For more information on Whois status codes, please visit {url}"]


def _terms_lines(notices: Notices) -> list[str]:
    """Give the terms after the blank line that free text needs (conformance.md 6.3.4)."""
    return ["", *(clean(line) for line in notices.terms)] if notices.terms else []


def _encoded(lines: Iterable[str]) -> bytes:
    # conformance.md 6.1.3: CR LF everywhere; 6.1.8: no byte order mark.
    return "".join(f"{line}\r\n" for line in lines).encode()


# conformance.md 6.8.5: never "not found", which would tell the world that a name is free.
UNAVAILABLE = _encoded(["The service is temporarily unavailable. Please try again later."])
BUSY = _encoded(["The service is busy. Please try again later."])
TOO_LONG = _encoded(_error_lines("A question has 512 octets at most."))
