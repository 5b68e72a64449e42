"""What both doors of a worker are given: limits, counts and the log of questions, as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from rdds.operations.counters import WorkerCounters
from rdds.operations.line_files import DayFiles, StandardError
from rdds.operations.query_log import LineLog
from rdds.settings.sections import Log
from store.names import Address
from store.watch import Door, Kind, Outcome, QueryLog

__all__ = ["Limiting", "WorkerWatch", "open_query_log"]


class Limiting(Protocol):
    """The limits' part of a watch."""

    @property
    def visitor(self) -> Callable[[Address | str | None], int]:
        """Give a client's number."""
        ...

    def enter(self, door: Door, visitor: int) -> bool:
        """Count a connection in."""
        ...

    def leave(self, door: Door, visitor: int) -> None:
        """Count a connection out."""
        ...

    def admit(self, door: Door, visitor: int) -> int:
        """Take a question."""
        ...

    def charge(self, visitor: int, persons: int) -> int:
        """Take persons."""
        ...


class _Note(Protocol):
    def __call__(
        self, door: Door, kind: Kind, outcome: Outcome, *, seconds: float, cached: bool
    ) -> None: ...


class WorkerWatch:
    """A worker's watch (``store.watch.Watch``).

    What is asked for every question are the parts' own methods: a call less for each.
    """

    __slots__ = ("_counters", "_limits", "admit", "charge", "log", "note", "visitor")

    def __init__(
        self, limits: Limiting, counters: WorkerCounters, log: QueryLog | None = None
    ) -> None:
        self._limits = limits
        self._counters = counters
        self.log = log
        self.visitor: Callable[[Address | str | None], int] = limits.visitor
        self.admit: Callable[[Door, int], int] = limits.admit
        self.charge: Callable[[int, int], int] = limits.charge
        self.note: _Note = counters.note

    def enter(self, door: Door, visitor: int) -> bool:
        """Count a connection in; false where *visitor* has too many of them."""
        entered = self._limits.enter(door, visitor)
        self._counters.came(door, refused=not entered)
        return entered

    def leave(self, door: Door, visitor: int) -> None:
        """Count a connection out that :meth:`enter` let in."""
        self._limits.leave(door, visitor)
        self._counters.went(door)


def open_query_log(settings: Log) -> LineLog | None:
    """Open the log of questions on the running loop; ``None`` where there is none."""
    if settings.questions == "off":
        return None
    name, clients = settings.questions_file, settings.client_days > 0
    return LineLog(
        StandardError() if name is None else DayFiles(name, clients=clients),
        one_in=settings.questions_sample if settings.questions == "sampled" else 1,
        clients=clients,
    )
