"""What the connections of one server share: limits, deadlines, and what is told of answers."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable
from time import monotonic
from typing import Protocol

from store.answer_cache import AnswerCache
from store.freshness import Freshness
from store.names import peer_address
from store.queries import Reader
from store.watch import EXEMPT, Door, Kind, Outcome, Unwatched, Watch
from whois43.answering import Answering
from whois43.deadlines import Deadlines
from whois43.door import WhoisDoor
from whois43.finished import Finished
from whois43.lingering import Lingering
from whois43.render import limited_bytes
from whois43.visit import Visit

__all__ = ["Desk", "Guest"]

_DOOR = Door.WHOIS  # a member of an enumeration is found at a cost


class Guest(Hashable, Protocol):
    """A connection, as the desk deals with it."""

    def give_up(self) -> None:
        """End: the question did not come in time."""
        ...

    def break_off(self) -> None:
        """End: the answer was not found or not read in time."""
        ...

    def wind_up(self) -> None:
        """End as soon as the answer, if one is owed, is sent."""
        ...

    def abort(self) -> None:
        """End at once."""
        ...


class Desk:
    """What the connections of one server share.

    Args:
        loop: The loop they run on.
        reader: Whom they ask.
        door: How the server presents and protects itself.
        cache: Keeps answers for which *freshness* vouches.
        freshness: Asks the store if what is kept is true.
        watch: Limits and counts.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        reader: Reader,
        door: WhoisDoor,
        *,
        cache: AnswerCache | None = None,
        freshness: Freshness | None = None,
        watch: Watch | None = None,
    ) -> None:
        self.loop = loop
        self.answering = Answering(reader, door, cache=cache, freshness=freshness)
        self.watch: Watch = watch or Unwatched()
        self.most = door.most_connections
        self.connections: set[Guest] = set()
        self.reading: Deadlines[Guest] = Deadlines(loop, door.patience, lambda each: each.give_up())
        self.finishing: Deadlines[Guest] = Deadlines(
            loop, door.finish, lambda each: each.break_off()
        )
        self.empty = asyncio.Event()
        self.empty.set()
        self.lingering = Lingering(
            loop,
            seconds=door.finish,
            most=self.most,
            left=self.let_out,
            occupied=self.empty.clear,
            settled=self.settle,
        )
        self.in_hand = 0  # questions that no connection waits with
        self.winding_up = False  # nobody is waited for any more
        self.cutting_off = False  # nor is anything owed

    def enter(self, guest: Guest, *, owed: bool = False) -> bool:
        """Count *guest* in, unless there are as many as may be and it isn't *owed* an answer."""
        if len(self.connections) >= self.most and not owed:
            return False
        self.connections.add(guest)
        self.empty.clear()
        return True

    def leave(self, guest: Guest) -> None:
        """Count *guest* out."""
        self.reading.discard(guest)
        self.finishing.discard(guest)
        self.connections.discard(guest)
        self.settle()

    def settle(self) -> None:
        """Note it if nobody is left."""
        if not self.connections and not self.in_hand and not self.lingering:
            self.empty.set()

    def hold(self, questions: int = 1) -> None:
        """Count in *questions* that no connection waits with."""
        self.in_hand += questions
        self.empty.clear()

    def release(self, questions: int = 1) -> None:
        """Count them out: answered, or with a connection."""
        self.in_hand -= questions
        self.settle()

    def let_in(self, visit: Visit) -> bool:
        """Count *visit* among its number's connections; false where they are too many."""
        visit.number = number = self.watch.visitor(visit.address)
        if number != EXEMPT:
            self.lingering.make_room(number)
        visit.entered = entered = self.watch.enter(_DOOR, number)
        return entered

    def let_out(self, visit: Visit) -> None:
        """Count *visit* out, if it was let in."""
        if visit.entered:
            visit.entered = False
            self.watch.leave(_DOOR, visit.number)

    def refusal(self, visit: Visit) -> bytes | None:
        """Take one question of *visit*: ``None``, or what to say to who has asked too much."""
        if visit.number == EXEMPT:
            return None
        seconds = self.watch.admit(_DOOR, visit.number)
        if not seconds:
            return None
        self.tell(visit, Kind.OTHER, Outcome.LIMITED)
        return limited_bytes(seconds)

    def conclude(self, visit: Visit, finished: Finished, *, cached: bool) -> bytes:
        """Charge, count and log the answer to *visit*; give what to send."""
        watch, kind, outcome = self.watch, finished.kind, finished.outcome
        if finished.persons and visit.number != EXEMPT:
            wait = watch.charge(visit.number, finished.persons)
            if wait:
                self.tell(visit, kind, Outcome.LIMITED)
                return limited_bytes(wait, shown=True)
        seconds = monotonic() - visit.began
        watch.note(_DOOR, kind, outcome, seconds=seconds, cached=cached)
        if watch.log is not None:
            self._log(visit, kind, outcome, seconds, finished.question)
        return finished.text

    def tell(self, visit: Visit, kind: Kind, outcome: Outcome) -> None:
        """Count, and log if that is wanted, that the question of *visit* was turned away."""
        seconds = monotonic() - visit.began
        self.watch.note(_DOOR, kind, outcome, seconds=seconds, cached=False)
        self._log(visit, kind, outcome, seconds, None)

    def _log(
        self, visit: Visit, kind: Kind, outcome: Outcome, seconds: float, question: str | None
    ) -> None:
        log = self.watch.log
        if log is not None:
            client = None if visit.address is None else peer_address(visit.address)
            log(_DOOR, kind, outcome, client=client, question=question, seconds=seconds)
