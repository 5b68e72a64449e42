"""Connections of each client, counted for all workers together.

Each worker counts its own in a stripe that nobody else writes to, and reads the others'. So
no count is ever lost, and what a dead worker had counted goes when its successor clears the
stripe. A stripe doesn't name clients: each is counted in two of its cells, and the smaller
sum holds. Only who shares both with a crowd is taken for one, and nobody can choose to.
"""

from __future__ import annotations

from mmap import mmap

from rdds.limits.buckets import slots_for

__all__ = ["Crowd", "Stripes"]

MOST_CELLS = 1 << 16  # more clients than that are never connected at one time
_SECOND = 20  # the bits of a visitor from which its second cell is taken


class Stripes:
    """The counts of all *workers*, in memory that they share; made before they are."""

    def __init__(self, *, clients: int, workers: int) -> None:
        self.cells = min(slots_for(clients), MOST_CELLS)
        self.workers = workers
        self.counts = memoryview(mmap(-1, self.cells * workers * 4)).cast("I")


class Crowd:
    """Counts the connections of the worker at *place*, and refuses by those of all of them.

    *most* is the number for one client.
    """

    def __init__(self, stripes: Stripes, *, place: int, most: int) -> None:
        self._most = most
        self._last = stripes.cells - 1
        self._step = stripes.cells
        self._all = stripes.counts
        self._own = stripes.counts[place * self._step : (place + 1) * self._step]
        self._alone = stripes.workers == 1
        self._own[:] = memoryview(bytes(self._step * 4)).cast("I")

    def enter(self, visitor: int) -> bool:
        """Count a connection in; false, and not counted, where *visitor* has enough."""
        first = visitor & self._last
        second = first ^ (visitor >> _SECOND & self._last | 1)  # never the same one
        most, own = self._most, self._own
        here, there = own[first], own[second]
        if (here >= most or not self._alone) and self._has_enough(first, second):
            return False
        own[first] = here + 1
        own[second] = there + 1
        return True

    def _has_enough(self, first: int, second: int) -> bool:
        most, everyone, step = self._most, self._all, self._step
        return sum(everyone[first::step]) >= most and sum(everyone[second::step]) >= most

    def leave(self, visitor: int) -> None:
        """Count out a connection that was let in."""
        first = visitor & self._last
        self._own[first] -= 1
        self._own[first ^ (visitor >> _SECOND & self._last | 1)] -= 1
