"""Finished answers, kept as long as they are true and there is room.

Each remembers from which objects it was made and the epoch at which it was known good.
Whoever reads the change log tells which objects were touched; an answer whose objects were
touched since is not given again. Nothing is searched for at an edit: what it made stale is
found out when it is asked for, or makes room like everything else.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from itertools import repeat
from time import time
from typing import Any

from store.queries import Made

__all__ = ["AnswerCache"]

MOST_TOUCHED = 16_384  # objects whose last change is remembered; then all answers are gone through

# What an entry costs beside its key, its payload and its subjects: a slot in the dictionary
# (a third of them is empty) and the object itself.
_ENTRY = 300

_NEVER = repeat(-1)


class _Entry:
    """One answer: ``good_at`` is the epoch at which it was last known good."""

    __slots__ = ("asked", "between", "good_at", "payload", "size", "subjects")

    def __init__(self, payload: Any, made: Made, size: int) -> None:
        self.payload = payload
        self.subjects = made.subjects
        self.good_at = made.epoch
        self.between = made.between
        self.size = size
        self.asked = False


class AnswerCache:
    """Answers of both doors by their keys, in *budget* bytes.

    ``epoch`` counts the checks that found something new; an answer is made at the epoch
    that stood before its snapshot was taken. Whoever finds an answer must have asked the
    store since the question arrived (``store.freshness``). ``holds`` tells whether something is
    kept under a key, true or not: if it is worth a check.

    ``hits`` counts answers that were found, ``misses`` those that had to be made, ``stale``
    those that were there and true no more, ``evicted`` those that made room; ``used`` is in
    bytes.
    """

    __slots__ = (
        *("_clock", "_entries", "_floor", "_touched"),
        *("budget", "epoch", "evicted", "hits", "holds", "misses", "stale", "used"),
    )

    def __init__(self, budget: int, *, clock: Callable[[], float] = time) -> None:
        self.budget = budget
        self._clock = clock
        self._entries: dict[bytes, _Entry] = {}  # in the order in which they make room
        self.holds: Callable[[bytes], bool] = self._entries.__contains__
        self._touched: dict[int, int] = {}  # object to the epoch of its last change
        self._floor = 0  # answers made before it can't be judged any more
        self.epoch = 0
        self.hits = self.misses = self.evicted = self.stale = self.used = 0

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, key: bytes) -> Any | None:
        """Give what is kept under *key*, if it is still true."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        # The second condition is for answers that time changes: few.
        if (entry.good_at == self.epoch or self._is_good(entry)) and (
            entry.between is None or self._is_timely(entry.between)
        ):
            entry.asked = True
            self.hits += 1
            return entry.payload
        self.stale += 1
        self._remove(key)
        return None

    def keep(self, key: bytes, payload: Any, *, size: int, made: Made) -> None:
        """Keep *payload*, which takes *size* bytes, under *key*.

        Nothing is kept that was made before what is still known of changes, or that nobody
        vouches for, nor what takes more than an eighth of the room.
        """
        self.misses += 1
        size += _ENTRY + sys.getsizeof(key) + 40 * len(made.subjects)
        size += size // 6  # what the allocator loses between texts that come and go
        if made.epoch < self._floor or size > self.budget >> 3:
            return
        self._remove(key)
        self._entries[key] = _Entry(payload, made, size)
        self.used += size
        while self.used > self.budget:
            self._make_room()

    def touch(self, subjects: Iterable[int]) -> None:
        """Begin a new epoch: *subjects* were changed."""
        self.epoch += 1
        self._touched.update(dict.fromkeys(subjects, self.epoch))
        if len(self._touched) > MOST_TOUCHED:
            self._judge_all()

    def clear(self) -> None:
        """Begin a new epoch with nothing: anything may have changed."""
        self.epoch += 1
        self._floor = self.epoch
        self._entries.clear()
        self._touched.clear()
        self.used = 0

    def _is_good(self, entry: _Entry) -> bool:
        # While edits are running nearly every answer is judged anew: a loop takes four times this.
        touched, subjects = self._touched, entry.subjects
        if not touched.keys().isdisjoint(subjects) and (
            max(map(touched.get, subjects, _NEVER)) > entry.good_at
        ):
            return False
        entry.good_at = self.epoch
        return True

    def _is_timely(self, between: tuple[float, float]) -> bool:
        since, until = between
        return since <= self._clock() < until

    def _judge_all(self) -> None:
        """Go through all answers, so that the changes up to now can be forgotten."""
        for key, entry in tuple(self._entries.items()):
            if not self._is_good(entry):
                self.stale += 1
                self._remove(key)
        self._floor = self.epoch
        self._touched.clear()

    def _make_room(self) -> None:
        """Give up the oldest answer that nobody has asked for since its last turn."""
        key, entry = next(iter(self._entries.items()))
        del self._entries[key]
        if entry.asked:
            entry.asked = False
            self._entries[key] = entry
            return
        self.used -= entry.size
        self.evicted += 1

    def _remove(self, key: bytes) -> None:
        entry = self._entries.pop(key, None)
        if entry is not None:
            self.used -= entry.size
