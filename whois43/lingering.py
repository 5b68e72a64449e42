"""Clients that have their answer and its end: kept until they end their stream too.

A connection that is closed while its client still sends is reset, and a reset may take the
answer's tail with it (conformance.md 6.1.4). So what comes is read, until the end or a limit.
As long as it is kept, a client counts among the connections of its number.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from socket import MSG_DONTWAIT

from store.watch import EXEMPT
from whois43.deadlines import Deadlines
from whois43.visit import Visit

__all__ = ["MOST_UNREAD", "Lingering"]

# What a client may send after its question and still see a clean end.
MOST_UNREAD = 65536

PERIOD = 0.05  # seconds: nearly all clients are gone by then, and cost one read and no event
_ROOM = 8192  # octets read at a time


class _Lot:
    """Visits of the time between two rounds, by the number under which they count."""

    __slots__ = ("by_number", "count")

    def __init__(self) -> None:
        self.by_number: dict[int, list[Visit]] = {}
        self.count = 0


class Lingering:
    """Closes clients as soon as they have ended their stream, *seconds* later at the latest.

    It holds *most* of them; one more, and those that are not gone yet are closed. *left* is
    called with each that is closed, *occupied* when one comes to nobody, *settled* when there
    is none left.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        seconds: float,
        most: int,
        left: Callable[[Visit], None],
        occupied: Callable[[], None],
        settled: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._most = most
        self._left = left
        self._occupied = occupied
        self._settled = settled
        self._fresh = _Lot()  # since the last round
        self._older = _Lot()  # for a round at least
        self._unread: dict[Visit, int] = {}  # octets of those waited for
        self._slow: Deadlines[Visit] = Deadlines(loop, seconds, self._close)
        self._timer: asyncio.TimerHandle | None = None

    def __len__(self) -> int:
        return self._fresh.count + self._older.count + len(self._unread)

    def add(self, visit: Visit) -> None:
        """Take over the client of *visit*, to which all was sent and our end of the stream."""
        fresh = self._fresh
        number = visit.number if visit.entered else EXEMPT
        fresh.by_number.setdefault(number, []).append(visit)
        fresh.count += 1
        if self._timer is None:
            self._occupied()
            self._timer = self._loop.call_later(PERIOD, self._go_round)
        elif fresh.count > self._most >> 1:
            self._timer.cancel()
            self._go_round()

    def make_room(self, number: int) -> None:
        """Close one client of *number* that has gone, if there is any.

        For one that has just come: who asks one question after another never meets a limit
        for those that it has ended. Each is looked at once, here or in a round.
        """
        for lot in (self._older, self._fresh):
            visits = lot.by_number.get(number)
            while visits:
                lot.count -= 1
                if self._look_at(visits.pop(0)):
                    return

    def close_all(self) -> None:
        """Close all clients now."""
        for lot in (self._fresh, self._older):
            for visits in lot.by_number.values():
                for visit in visits:
                    self._end(visit)
        self._fresh, self._older = _Lot(), _Lot()
        for visit in tuple(self._unread):
            self._close(visit)
        self._slow.stop()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._settled()

    def _go_round(self) -> None:
        """Close who is gone; wait for events of the others, which are few or far away."""
        self._timer = None
        older, self._older, self._fresh = self._older, self._fresh, _Lot()
        for visits in older.by_number.values():
            for visit in visits:
                self._look_at(visit)
        if self._older.count:
            self._timer = self._loop.call_later(PERIOD, self._go_round)
        elif not self._unread:
            self._settled()

    def _look_at(self, visit: Visit) -> bool:
        """Close a client that has gone, or else wait for its events; tell which."""
        if self._ended(visit) or len(self._unread) > self._most:
            self._unread.pop(visit, None)
            self._end(visit)
            return True
        visit.asked = visit.task = None  # it may stay long
        self._unread.setdefault(visit, 0)
        self._slow.add(visit)
        self._loop.add_reader(visit.client.fileno(), self._readable, visit)
        return False

    def _readable(self, visit: Visit) -> None:
        if self._ended(visit):
            self._close(visit)

    def _ended(self, visit: Visit) -> bool:
        """Read what is there; tell whether that was the end, or more than may be."""
        try:
            octets = len(visit.client.recv(_ROOM, MSG_DONTWAIT))
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True
        if octets:
            self._unread[visit] = unread = self._unread.get(visit, 0) + octets
            return unread > MOST_UNREAD
        return True

    def _close(self, visit: Visit) -> None:
        self._slow.discard(visit)
        if self._unread.pop(visit, None) is not None:
            self._loop.remove_reader(visit.client.fileno())
        self._end(visit)
        if not len(self):
            self._settled()

    def _end(self, visit: Visit) -> None:
        visit.client.close()
        self._left(visit)
