"""What a check looks at: one question and its answer, or two that belong together."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

__all__ = [
    "Exchange",
    "Pair",
    "Subject",
    "Twins",
    "WhoisExchange",
    "parse_json",
]


class Subject(Enum):
    """What an RDAP answer, or a WHOIS answer, is about."""

    DOMAIN = "domain"
    NAMESERVER = "nameserver"
    REGISTRAR = "registrar"
    CONTACT = "contact"
    HELP = "help"
    SEARCH = "search"
    ERROR = "error"


RESULTS = ("domainSearchResults", "nameserverSearchResults", "entitySearchResults")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An RDAP question and what came back.

    ``url`` is the absolute URL as it was asked, ``base`` the configured public one.
    ``headers`` have lower-case names and are ``None`` where only the body is known.
    ``gtld``: the answer must follow ICANN's profile; ``registrar_mode`` as its tool's switch.
    """

    method: str = "GET"
    url: str
    base: str
    status: int = 200
    headers: Mapping[str, str] | None = None
    body: bytes
    gtld: bool = True
    registrar_mode: bool = False

    @property
    def document(self) -> Any:
        """Parse the body; ``None`` where it is empty or not JSON. No check changes it."""
        return _document(self.body)

    @property
    def is_bodiless(self) -> bool:
        """Tell whether the method or the status rules a body out (RFC 9110 §6.4.1)."""
        return self.method == "HEAD" or self.status in {204, 304}

    @property
    def subject(self) -> Subject | None:
        """Tell what the answer is about by its shape; ``None``: nothing that is known."""
        document = self.document
        if not isinstance(document, dict):
            return None
        if self.status >= 300 or "errorCode" in document:
            return Subject.ERROR
        match document.get("objectClassName"):
            case "domain":
                return Subject.DOMAIN
            case "nameserver":
                return Subject.NAMESERVER
            case "entity":
                is_registrar = "registrar" in document.get("roles", ())
                return Subject.REGISTRAR if is_registrar else Subject.CONTACT
            case None:
                searched = any(name in document for name in RESULTS)
                return Subject.SEARCH if searched else Subject.HELP
            case _:
                return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoisExchange:
    """A line sent to port 43 and all bytes that came back."""

    question: bytes
    answer: bytes
    gtld: bool = True
    registrar_mode: bool = False
    redaction_text: str = "REDACTED FOR PRIVACY"

    @property
    def lines(self) -> list[str]:
        """Give the answer's lines without their ends."""
        return self.answer.decode("utf-8", "replace").removesuffix("\r\n").split("\r\n")

    @property
    def record(self) -> list[tuple[str, str]]:
        """Give the keys and values of the first record, in order.

        A line without a key has the key ``""``.
        """
        found: list[tuple[str, str]] = []
        for line in self.lines:
            if not line:
                break
            key, colon, value = line.partition(":")
            found.append((key, value.removeprefix(" ")) if colon else ("", line))
        return found

    @property
    def subject(self) -> Subject | None:
        """Tell what the answer is about by its first key."""
        first = self.lines[0].partition(":")[0]
        subjects = {
            "Domain Name": Subject.DOMAIN,
            "Server Name": Subject.NAMESERVER,
            "Registrar": Subject.REGISTRAR,
            "Questions, one line each": Subject.HELP,
        }
        return subjects.get(first, Subject.ERROR)

    def values(self, key: str) -> list[str]:
        """List the values of *key* in the first record."""
        return [value for name, value in self.record if name == key]

    def value(self, key: str) -> str | None:
        """Give the only value of *key*, ``None`` where there is none."""
        return next(iter(self.values(key)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The answers of both protocols about one object at one instant."""

    rdap: Exchange
    whois: WhoisExchange

    @property
    def subject(self) -> Subject | None:
        """Tell what both are about, by RDAP."""
        return self.rdap.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Twins:
    """The same target asked with GET and with HEAD, or in two ways that must not differ."""

    get: Exchange
    other: Exchange

    @property
    def subject(self) -> Subject | None:
        """Tell what the answer to GET is about."""
        return self.get.subject


@lru_cache(maxsize=16)
def _document(body: bytes) -> Any:
    """Parse a body once for all the checks that look at it."""
    try:
        return parse_json(body)
    except ValueError:
        return None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def parse_json(body: bytes) -> Any:
    """Parse JSON as a strict reader does.

    Raises:
        ValueError: not UTF-8, a byte order mark, not JSON, or a key that stands twice.
    """
    text = body.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("a byte order mark")
    return json.loads(text, object_pairs_hook=_object)
