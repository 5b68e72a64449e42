"""Token buckets of many clients, in words that all workers share.

A bucket is one word of eight bytes, read and written whole: the upper 24 bits say whose it
is, the lower 40 when it will be full again. So what a worker writes never mixes with what
another one does, without a lock. Where two workers take from one bucket in the same moment,
one of them may be forgotten: a question too many for the client, never one too few. Nothing
written is further ahead than a whole budget, so nobody waits longer than that takes to fill.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from mmap import mmap

__all__ = ["SHELF", "Buckets", "Budget", "shared_words", "slots_for"]

SHELF = 8  # buckets among which a client's place is: one line of the processor's cache

_PART = 64  # of one token: what the lower bits count time in
_DUE = (1 << 40) - 1  # at 100 tokens a second it begins anew after five years
_SAMPLE = 1 << 16  # buckets that are read to count the live ones: 10 ms
_OWNER = ((1 << 24) - 1) << 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """``amount`` tokens at once; an empty bucket is full again after ``seconds``."""

    amount: int
    seconds: float


def slots_for(clients: int) -> int:
    """Give the number of buckets for *clients*: a power of two, a shelf at least."""
    return 1 << max(clients - 1, SHELF - 1).bit_length()


def shared_words(count: int) -> memoryview:
    """Give *count* words of 64 bits, all 0, that this process and its children share."""
    return memoryview(mmap(-1, count * 8)).cast("Q")


class Buckets:
    """Takes from the buckets in *words*, a power of two of them, each with the same *budget*.

    Whoever is not on its shelf is a newcomer and has a full bucket. It gets one of nobody,
    or the one that will be full soonest: so a full table forgets those who asked least.
    """

    def __init__(
        self, budget: Budget, words: memoryview, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.slots = len(words)
        self._words = words
        self._last = len(words) - 1
        self._whole = budget.amount * _PART
        self._speed = self._whole / budget.seconds
        self._clock = clock
        self._began = clock()

    def take(self, visitor: int, tokens: int = 1) -> int:
        """Take *tokens* from a visitor's bucket: 0, or the whole seconds until they are there.

        *visitor* is a random number of 64 bits. Who can't have all gets none. More than the
        whole budget takes all of it. It takes 0.5 µs, for a newcomer 8; the words are read
        0.3 µs before they are written, which is how long another worker's writing is missed.
        """
        words, place, whole = self._words, visitor & self._last, self._whole
        now = int((self._clock() - self._began) * self._speed)
        word = words[place]
        if (word ^ visitor) > _DUE:  # another's
            place, word = self._find(visitor, now)
        used = (word - now) & _DUE
        if used > whole:  # full, for however long
            used = 0
        used += _PART if tokens == 1 else min(tokens * _PART, whole)
        if used > whole:
            return int((used - whole) / self._speed) + 1
        words[place] = (visitor & _OWNER) | ((now + used) & _DUE)
        return 0

    def _find(self, visitor: int, now: int) -> tuple[int, int]:
        """Give the place of *visitor* on its shelf, and when its bucket is full."""
        home = visitor & self._last
        first = home - home % SHELF
        shelf = list(self._words[first : first + SHELF])
        for place, word in enumerate(shelf, first):
            if (word ^ visitor) <= _DUE:
                return place, word
        used = [self._used(word, now) for word in shelf]
        place = home - first if not used[home - first] else used.index(min(used))
        return first + place, now

    def _used(self, word: int, now: int) -> int:
        used = (word - now) & _DUE
        return used if used <= self._whole else 0

    def count_live(self) -> int:
        """Count the buckets that are not full; in a large table, by those of a part of it."""
        now = int((self._clock() - self._began) * self._speed)
        read = min(self.slots, _SAMPLE)
        live = sum(1 for word in list(self._words[:read]) if self._used(word, now))
        return live * (self.slots // read)
