"""The limits of all workers: what they share, and what each of them asks.

The parent makes :class:`SharedLimits` before it forks; each worker makes
:class:`ClientLimits` of them. New settings are new limits: every budget is full again.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rdds.limits.buckets import Buckets, Budget, shared_words, slots_for
from rdds.limits.crowd import Crowd, Stripes
from rdds.limits.visitors import Visitors
from store.names import Address
from store.watch import EXEMPT, Door

if TYPE_CHECKING:
    from rdds.settings.sections import Limits

__all__ = ["ClientLimits", "LimitCounts", "SharedLimits"]

_STRIPE = 8  # words of counts for each worker: a line of the processor's cache
_QUESTIONS, _CONNECTIONS, _PERSONS, _SERVER = 0, 2, 4, 5  # the first two for each door
_EVERYBODY = 0  # the visitor in whose one bucket all questions are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitCounts:
    """What the limits did since they were made; pairs are by :class:`Door`.

    ``questions``, ``persons``, ``server`` and ``connections`` count refusals: by each of the
    budgets, and of a connection. ``live`` of ``slots`` buckets of questions are in use.
    """

    questions: tuple[int, int]
    connections: tuple[int, int]
    persons: int
    server: int
    live: int
    slots: int


class SharedLimits:
    """The limits that *settings* set, in memory that *workers* share; fixed in size."""

    def __init__(
        self, settings: Limits, *, workers: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        def buckets(amount: int, seconds: float, clients: int) -> Buckets | None:
            if not amount:
                return None
            budget = Budget(amount=amount, seconds=seconds)
            return Buckets(budget, shared_words(slots_for(clients)), clock=clock)

        self.settings = settings
        self.secret = secrets.token_bytes(32)
        self.questions = buckets(settings.questions, settings.per_seconds, settings.clients)
        self.persons = buckets(settings.persons, settings.per_seconds, settings.clients)
        self.server = buckets(settings.server_questions, 1, 1)
        self.stripes = Stripes(clients=settings.clients, workers=workers)
        self.tally = shared_words(_STRIPE * workers)

    def counts(self) -> LimitCounts:
        """Add up what all workers counted, in any process that shares this."""
        whois, rdap, whois_in, rdap_in, persons, server = (
            sum(self.tally[which::_STRIPE]) for which in range(_SERVER + 1)
        )
        return LimitCounts(
            questions=(whois, rdap),
            connections=(whois_in, rdap_in),
            persons=persons,
            server=server,
            live=self.questions.count_live() if self.questions else 0,
            slots=self.questions.slots if self.questions else 0,
        )


class ClientLimits:
    """The limits as the worker at *place* asks them: that part of a watch.

    Each *place*, from 0, has one worker at a time; its successor goes on counting refusals
    where it ended, and has no connections yet.
    """

    def __init__(self, shared: SharedLimits, *, place: int) -> None:
        settings = shared.settings
        self.visitor: Callable[[Address | str | None], int] = Visitors(
            exempt=settings.exempt,
            ipv4_prefix=settings.ipv4_prefix,
            ipv6_prefix=settings.ipv6_prefix,
            secret=shared.secret,
        )
        most = settings.connections
        self._crowd = Crowd(shared.stripes, place=place, most=most) if most else None
        self._questions, self._persons = shared.questions, shared.persons
        self._server = shared.server
        self._tally = shared.tally[place * _STRIPE : (place + 1) * _STRIPE]

    def enter(self, door: Door, visitor: int) -> bool:
        """Count a connection in; false where *visitor* has too many, at both doors."""
        if visitor == EXEMPT or self._crowd is None or self._crowd.enter(visitor):
            return True
        self._tally[_CONNECTIONS + door] += 1
        return False

    def leave(self, door: Door, visitor: int) -> None:  # noqa: ARG002 - the port's signature
        """Count a connection out that :meth:`enter` let in."""
        if visitor != EXEMPT and self._crowd is not None:
            self._crowd.leave(visitor)

    def admit(self, door: Door, visitor: int) -> int:
        """Take one question of *visitor*: 0, or the whole seconds until it may ask again.

        Who is over its own budget takes nothing from everybody's.
        """
        if visitor == EXEMPT:
            return 0
        questions, server = self._questions, self._server
        if questions is not None:
            wait = questions.take(visitor)
            if wait:
                self._tally[_QUESTIONS + door] += 1
                return wait
        if server is not None:
            wait = server.take(_EVERYBODY)
            if wait:
                self._tally[_SERVER] += 1
                return wait
        return 0

    def charge(self, visitor: int, persons: int) -> int:
        """Take *persons*, whose data an answer shows, from the budget: 0, or seconds as above."""
        if not persons or visitor == EXEMPT or self._persons is None:
            return 0
        wait = self._persons.take(visitor, persons)
        if wait:
            self._tally[_PERSONS] += 1
        return wait
