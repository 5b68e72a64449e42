"""What the doors ask and what they are told.

A door parses its question into one of the queries and hands it to a
:class:`Reader`; what comes back is complete, of one snapshot, and public.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum
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
from store.values import value

__all__ = [
    "Absent",
    "Answer",
    "By",
    "FindDomain",
    "FindEntity",
    "FindHelp",
    "FindHost",
    "FindName",
    "FindRegistrar",
    "Found",
    "ListHosts",
    "LookUp",
    "Made",
    "NamePattern",
    "Page",
    "Query",
    "Reader",
    "RelatedBy",
    "Result",
    "ReverseSearch",
    "Search",
    "SortBy",
    "Sorting",
    "Sought",
    "TextPattern",
    "Window",
]


@value(frozen=True, slots=True, kw_only=True)
class FindDomain:
    """The registration of *name* (inner form). Answered by a domain."""

    name: str


@value(frozen=True, slots=True, kw_only=True)
class FindHost:
    """The name server *name* (inner form). Answered by a host."""

    name: str


@value(frozen=True, slots=True, kw_only=True)
class ListHosts:
    """The name servers with the address *address*. Answered by one or more hosts."""

    address: Address


@value(frozen=True, slots=True, kw_only=True)
class FindRegistrar:
    """A registrar by name (case, blanks and punctuation aside), IANA id or own id."""

    text: str


@value(frozen=True, slots=True, kw_only=True)
class FindName:
    """A bare word of port 43 (conformance.md 6.2.2).

    ``name`` is the inner form where the word is a legal name, else ``None``; ``text``
    is the word as asked. Directly below a zone: a domain. Deeper, or a host outside
    the zones that the store knows: a host. Else a registrar.
    """

    name: str | None
    text: str


@value(frozen=True, slots=True, kw_only=True)
class FindEntity:
    """A registrar by IANA id or id, or a contact by ROID, link handle or id."""

    handle: str


@value(frozen=True, slots=True, kw_only=True)
class FindHelp:
    """What is served here."""


class Sought(Enum):
    """The class of object that a search gives."""

    DOMAINS = "domains"
    NAMESERVERS = "nameservers"
    ENTITIES = "entities"


@value(frozen=True, slots=True, kw_only=True)
class NamePattern:
    """A domain or host name, or the beginning of one (conformance.md 1.6.1).

    ``text`` is in inner form. Not ``partial``: the whole name. ``partial``: what the name
    begins with, at least one character; ``parent`` is then what follows the first label of
    the names sought, or ``None`` for whatever follows (``ex*.co.example``, ``ex*``).
    """

    text: str
    partial: bool = False
    parent: str | None = None


@value(frozen=True, slots=True, kw_only=True)
class TextPattern:
    """A handle or a person's name, or the beginning of one, as asked (not yet folded)."""

    text: str
    partial: bool = False


class By(Enum):
    """What a search looks at (RFC 9082 §3.2)."""

    NAME = "name"  # of a domain or a host: a NamePattern
    NS_NAME = "nsLdhName"  # domains by a host of theirs: a NamePattern
    ADDRESS = "ip"  # hosts by an address, domains by one of a host of theirs: an Address
    FULL_NAME = "fn"  # entities: a TextPattern
    HANDLE = "handle"  # entities: a TextPattern


class RelatedBy(Enum):
    """What a reverse search looks at in an entity of the object sought (RFC 9536 §8)."""

    FULL_NAME = "fn"
    HANDLE = "handle"
    EMAIL = "email"
    ROLE = "role"  # RDAP's word, already checked to be one that is published


class SortBy(Enum):
    """What results can be put in order by (RFC 8977 §2.3.1)."""

    NAME = "name"
    FULL_NAME = "fn"
    HANDLE = "handle"
    REGISTRATION = "registrationDate"
    LAST_CHANGED = "lastChangedDate"
    EXPIRATION = "expirationDate"
    TRANSFER = "transferDate"


@value(frozen=True, slots=True, kw_only=True)
class Sorting:
    """One key of an order."""

    by: SortBy
    descending: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Window:
    """Which part of the results is asked for, and in which order.

    ``cursor`` is what an earlier page gave as its ``next``; ``sorting`` is empty for the
    order that costs nothing. ``counted``: the number of all results is wanted too.
    """

    size: int = 20
    sorting: tuple[Sorting, ...] = ()
    cursor: str | None = None
    counted: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Search:
    """Objects by one property of their own (RFC 9082 §3.2). Answered by a :class:`Page`.

    A search matches only what the published view of the object shows (1.6.10).
    """

    sought: Sought
    by: By
    pattern: NamePattern | TextPattern | Address
    window: Window = Window()


@value(frozen=True, slots=True, kw_only=True)
class ReverseSearch:
    """Objects by the entities they show (RFC 9536). Answered by a :class:`Page`.

    All of ``terms`` hold for one and the same entity of the object; at least one of them
    is no ``ROLE``. Texts match whole, folded as handles and names are.
    """

    sought: Sought
    terms: tuple[tuple[RelatedBy, str], ...]
    window: Window = Window()


LookUp = FindDomain | FindHost | ListHosts | FindRegistrar | FindName | FindEntity | FindHelp
Query = LookUp | Search | ReverseSearch


@value(frozen=True, slots=True, kw_only=True)
class Page:
    """A part of what a search found; never empty, an empty one is ``Absent``.

    ``number`` counts from 1. ``next`` is the cursor of the page after it, ``None`` on the
    last. ``total`` is there where it was asked for and could be counted within bounds;
    ``uncounted`` tells that it was asked for and couldn't.
    """

    sought: Sought
    items: tuple[PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity, ...]
    number: int
    next: str | None
    total: int | None = None
    uncounted: bool = False


Result = (
    PublishedDomain
    | PublishedHost
    | tuple[PublishedHost, ...]
    | PublishedRegistrar
    | PublishedEntity
    | Help
    | Page
)


@value(frozen=True, slots=True, kw_only=True)
class Found:
    """What was asked for, and the instant of the store's last commit.

    ``is_old``: nobody vouches that there was none after it, and the answer has to say so.
    """

    result: Result
    notices: Notices
    as_of: datetime
    is_old: bool = False


@value(frozen=True, slots=True, kw_only=True)
class Absent:
    """Nothing to show, and why. ``asked`` says what kind of object was looked for.

    ``name`` is the inner form of the name asked for or ``None``; ``by`` names the
    service that blocks it.
    """

    absence: Absence
    asked: type[PublishedDomain | PublishedHost | PublishedRegistrar | PublishedEntity | Page]
    name: str | None
    by: str | None
    notices: Notices
    as_of: datetime


Answer = Found | Absent


@value(frozen=True, slots=True, kw_only=True)
class Made:
    """An answer and what it was made from, for a cache (``store.answer_cache``).

    ``subjects`` are the numbers of the objects it shows or missed; ``epoch`` is the cache's
    from before its snapshot, or -1 for what is not to be kept. Time changes nothing about it
    from the first instant of ``between`` on and before the second, in unix seconds; ``None``
    where it never does.
    """

    answer: Answer
    subjects: tuple[int, ...]
    epoch: int
    between: tuple[float, float] | None = None


class Reader(Protocol):
    """The read door as both protocol doors see it."""

    async def answer(self, query: Query) -> Answer:
        """Answer *query* from one snapshot, no older than the call.

        Where the store needs no waiting the coroutine never suspends, so a door may
        take its first step outside a task; a reader that waits suspends first of all.

        Raises:
            StoreUnavailableError: the store can't vouch for an answer. Never "not found".
            RegistryError: a search's cursor is not one of this store's for that search
                (``INVALID_VALUE``, field ``cursor``), its order can't be had at a bounded
                cost (``UNBOUNDED``, field ``sort``), or its time ran out (``TIMED_OUT``).
        """
        ...

    async def make(self, query: LookUp) -> Made:
        """Answer *query* as :meth:`answer` does, and tell what the answer was made from."""
        ...
