"""What the doors ask and what they are told.

A door parses its question into one of the queries and hands it to a
:class:`Reader`; what comes back is complete, of one snapshot, and public.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from store.names import Address
from store.published import (
    Absence,
    Help,
    Notices,
    PublishedDomain,
    PublishedEntity,
    PublishedHost,
    PublishedRegistrar,
)

__all__ = [
    "Absent",
    "Answer",
    "FindDomain",
    "FindEntity",
    "FindHelp",
    "FindHost",
    "FindName",
    "FindRegistrar",
    "Found",
    "ListHosts",
    "Query",
    "Reader",
    "Result",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindDomain:
    """The registration of *name* (inner form). Answered by a domain."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindHost:
    """The name server *name* (inner form). Answered by a host."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListHosts:
    """The name servers with the address *address*. Answered by one or more hosts."""

    address: Address


@dataclass(frozen=True, slots=True, kw_only=True)
class FindRegistrar:
    """A registrar by name (case, blanks and punctuation aside), IANA id or own id."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindName:
    """A bare word of port 43 (conformance.md 6.2.2).

    ``name`` is the inner form where the word is a legal name, else ``None``; ``text``
    is the word as asked. Directly below a zone: a domain. Deeper, or a host outside
    the zones that the store knows: a host. Else a registrar.
    """

    name: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindEntity:
    """A registrar by IANA id or id, or a contact by ROID, link handle or id."""

    handle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FindHelp:
    """What is served here."""


Query = FindDomain | FindHost | ListHosts | FindRegistrar | FindName | FindEntity | FindHelp

Result = (
    PublishedDomain
    | PublishedHost
    | tuple[PublishedHost, ...]
    | PublishedRegistrar
    | PublishedEntity
    | Help
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked for, and the instant of the store's last commit."""

    result: Result
    notices: Notices
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Nothing to show, and why. ``asked`` says what kind of object was looked for.

    ``name`` is the inner form of the name asked for or ``None``; ``by`` names the
    service that blocks it.
    """

    absence: Absence
    asked: type[PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity]
    name: str | None
    by: str | None
    notices: Notices
    as_of: datetime


Answer = Found | Absent


class Reader(Protocol):
    """The read door as both protocol doors see it."""

    async def answer(self, query: Query) -> Answer:
        """Answer *query* from one snapshot, no older than the call.

        Where the store needs no waiting the coroutine never suspends, so a door may
        take its first step outside a task; a reader that waits suspends first of all.

        Raises:
            StoreUnavailableError: the store can't vouch for an answer. Never "not found".
        """
        ...
