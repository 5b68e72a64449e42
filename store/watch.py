"""What belongs to both doors: who may ask how often, what is counted, what is logged.

One object for both doors of a worker (DESIGN, "The shells are thin"). The doors know this
port; what stands behind it counts over all workers together.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

from store.names import Address

__all__ = ["EXEMPT", "Door", "Kind", "Outcome", "QueryLog", "Unwatched", "Watch"]

EXEMPT = -1  # the visitor whom nothing limits


class Door(IntEnum):
    """A public door."""

    WHOIS = 0
    RDAP = 1


class Kind(IntEnum):
    """What a question is about, for counting."""

    DOMAIN = 0
    NAMESERVER = 1
    REGISTRAR = 2
    ENTITY = 3
    NAME = 4  # a bare word of port 43
    HELP = 5
    SEARCH = 6
    OTHER = 7  # what could not be read, or asks for nothing served here


class Outcome(IntEnum):
    """How a question ended."""

    FOUND = 0
    NOT_FOUND = 1
    REFUSED = 2  # the question itself: 400, 404 of a path, 405, 414, 422, an "Error:" line
    LIMITED = 3
    UNAVAILABLE = 4
    FAILED = 5  # a fault of our own
    OLD = 6  # found, where nobody could vouch that it is up to date


class QueryLog(Protocol):
    """Writes a question down."""

    def __call__(
        self,
        door: Door,
        kind: Kind,
        outcome: Outcome,
        *,
        client: Address | None,
        question: str | None,
        seconds: float,
    ) -> None:
        """Write one line; *question* is ``None`` for what may hold contact data."""
        ...


class Watch(Protocol):
    """What a door tells and asks, each in well under a microsecond.

    ``log`` is ``None`` where questions are not written down: then a door puts nothing
    together for it.
    """

    log: QueryLog | None

    def visitor(self, address: Address | str | None) -> int:
        """Give the number under which a client's limits are counted, or ``EXEMPT``.

        A text is an address as the kernel spells a peer's.
        """
        ...

    def enter(self, door: Door, visitor: int) -> bool:
        """Count a connection in; false where *visitor* has too many of them."""
        ...

    def leave(self, door: Door, visitor: int) -> None:
        """Count a connection out that :meth:`enter` let in."""
        ...

    def admit(self, door: Door, visitor: int) -> int:
        """Take one question of *visitor*: 0, or the whole seconds until it may ask again."""
        ...

    def charge(self, visitor: int, persons: int) -> int:
        """Take *persons*, whose data an answer shows, from the budget: 0, or seconds as above."""
        ...

    def note(
        self, door: Door, kind: Kind, outcome: Outcome, *, seconds: float, cached: bool
    ) -> None:
        """Count an answer, and the *seconds* from the whole question to its bytes."""
        ...


class Unwatched:
    """Limits nobody and counts nothing."""

    log: QueryLog | None = None

    def visitor(self, address: Address | str | None) -> int:  # noqa: ARG002 - the port's signature
        """Exempt everybody."""
        return EXEMPT

    def enter(self, door: Door, visitor: int) -> bool:  # noqa: ARG002 - the port's signature
        """Let in."""
        return True

    def leave(self, door: Door, visitor: int) -> None:
        """Do nothing."""

    def admit(self, door: Door, visitor: int) -> int:  # noqa: ARG002 - the port's signature
        """Admit."""
        return 0

    def charge(self, visitor: int, persons: int) -> int:  # noqa: ARG002 - the port's signature
        """Take nothing."""
        return 0

    def note(
        self, door: Door, kind: Kind, outcome: Outcome, *, seconds: float, cached: bool
    ) -> None:
        """Count nothing."""
