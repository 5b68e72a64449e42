"""The plan of a stripe: which number stands in which of its cells.

A cell is a double: counts stay exact up to 2**53. What is counted goes on in the stripe's
next owner; a level is the present owner's alone.
"""

from __future__ import annotations

from enum import IntEnum

from store.watch import Door, Kind, Outcome

__all__ = ["CELLS", "DURATIONS", "LIMITS", "QUESTIONS", "SUM", "Count", "Level"]

# Seconds: the upper ends of the histograms' buckets. A hot answer takes some 20 µs, and a
# question may wait seconds for a store on the network.
LIMITS = (*(digit * 10.0**power for power in range(-5, 1) for digit in (1, 2.5, 5)), 10.0)
SUM = len(LIMITS) + 1  # behind the buckets, the last of which has no end

_OUTCOMES, _KINDS, _DOORS = len(Outcome), len(Kind), len(Door)

# [door][kind][outcome] is the first of two cells: answers that were made, and cached ones.
QUESTIONS = tuple(
    tuple(
        tuple(2 * ((door * _KINDS + kind) * _OUTCOMES + outcome) for outcome in range(_OUTCOMES))
        for kind in range(_KINDS)
    )
    for door in range(_DOORS)
)
_AFTER_QUESTIONS = 2 * _DOORS * _KINDS * _OUTCOMES

# [door][cached] is the first cell of a histogram.
DURATIONS = tuple(
    tuple(_AFTER_QUESTIONS + (2 * door + cached) * (SUM + 1) for cached in range(2))
    for door in range(_DOORS)
)
_AFTER_DURATIONS = _AFTER_QUESTIONS + 2 * _DOORS * (SUM + 1)


class Count(IntEnum):
    """Cells that only grow."""

    CONNECTIONS_WHOIS = _AFTER_DURATIONS
    CONNECTIONS_RDAP = _AFTER_DURATIONS + 1  # in the order of the doors
    REFUSED_WHOIS = _AFTER_DURATIONS + 2
    REFUSED_RDAP = _AFTER_DURATIONS + 3
    CACHE_HITS = _AFTER_DURATIONS + 4
    CACHE_MISSES = _AFTER_DURATIONS + 5
    CACHE_EVICTED = _AFTER_DURATIONS + 6
    CACHE_STALE = _AFTER_DURATIONS + 7
    LOOKS = _AFTER_DURATIONS + 8
    LOOKS_FAILED = _AFTER_DURATIONS + 9
    LINES = _AFTER_DURATIONS + 10
    LINES_LOST = _AFTER_DURATIONS + 11


class Level(IntEnum):
    """Cells that hold what is so now; instants are of the machine's monotonic clock."""

    PID = _AFTER_DURATIONS + len(Count)
    BEAT = PID + 1  # when the worker last wrote this
    VOUCHED = PID + 2  # when the store was last asked for news with success
    POSITION = PID + 3  # in the change log
    OPEN_WHOIS = PID + 4
    OPEN_RDAP = PID + 5
    CACHE_ENTRIES = PID + 6
    CACHE_BYTES = PID + 7
    CACHE_ROOM = PID + 8
    NUMBER = PID + 9  # the stripe's own, from 1


CELLS = 512  # a page of memory for each stripe, so that no two workers write on one
assert max(Level) < CELLS  # noqa: S101 - the plan's own proof
