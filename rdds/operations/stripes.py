"""Numbers that many processes write and one reads: a stripe of shared memory for each writer.

The parent makes the memory before it forks. A stripe has one writer at a time, so nothing
needs a lock: a worker takes one that nobody holds and goes on where the last holder ended,
and counts never fall. The kernel's record locks say who holds what, and let go of it with
the process, however that ends.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import time
from collections.abc import Iterator

from rdds.operations.cells import CELLS, Level

__all__ = ["Stripes"]

SPARE = 4  # stripes for each worker: at a renewal old and new ones work side by side
_CELL = 8  # bytes


def _shared_file() -> int:
    """Give a descriptor of memory without a name."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("rdds-operations", os.MFD_CLOEXEC)
    import tempfile  # a platform without it

    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


class Stripes:
    """The shared memory of a server with *workers* workers, ``started`` in Unix seconds."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.started = time.time()
        self._count = SPARE * workers
        self._file = _shared_file()
        size = (self._count + 1) * CELLS * _CELL
        os.ftruncate(self._file, size)
        whole = memoryview(mmap.mmap(self._file, size)).cast("d")
        *stripes, self._parents = (
            whole[place * CELLS : (place + 1) * CELLS] for place in range(self._count + 1)
        )
        self._stripes = tuple(stripes)
        self._mine: set[tuple[int, int]] = set()  # process and place: its own locks don't stop it

    @property
    def is_ending(self) -> bool:
        """Whether the server as a whole ends, not one process of it."""
        return bool(self._parents[0])

    def tell_ending(self) -> None:
        """Let every process know that the server ends."""
        self._parents[0] = 1.0

    @property
    def deaths(self) -> int:
        """How many children died that nobody had told to end."""
        return int(self._parents[1])

    def note_death(self) -> None:
        """Count a child that died; for the parent, who alone sees it."""
        self._parents[1] += 1

    def claim(self) -> memoryview[float]:
        """Take a stripe for this process, for as long as it lives.

        Where all are taken, which a server renewed again and again may come to, the stripe
        is one that nobody reads.
        """
        me = os.getpid()
        for place, stripe in enumerate(self._stripes):
            if (me, place) not in self._mine and self._lock(place):
                self._mine.add((me, place))
                for level in Level:
                    stripe[level] = 0.0
                stripe[Level.PID] = me
                stripe[Level.NUMBER] = place + 1
                return stripe
        return memoryview(bytearray(CELLS * _CELL)).cast("d")

    def all(self) -> tuple[memoryview[float], ...]:
        """Give every stripe, for sums of what was counted."""
        return self._stripes

    def held(self) -> Iterator[memoryview[float]]:
        """Give the stripes of those who live, for levels."""
        for place, stripe in enumerate(self._stripes):
            if (os.getpid(), place) in self._mine:
                yield stripe
            elif self._lock(place):
                fcntl.lockf(self._file, fcntl.LOCK_UN, 1, place)
            else:
                yield stripe

    def total(self, cell: int) -> float:
        """Sum what was counted in *cell*."""
        return float(sum(stripe[cell] for stripe in self._stripes))

    def _lock(self, place: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
        except OSError:
            return False
        return True
