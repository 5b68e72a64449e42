"""One timer for the deadlines of all connections that are in the same phase."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

__all__ = ["Deadlines"]

Member = TypeVar("Member", bound=Hashable)


class Deadlines(Generic[Member]):
    """Calls *late* with each member that stays longer than *seconds*.

    All members wait equally long, so the order in which they came is the order
    of their deadlines, and a connection costs two dictionary operations in place
    of a timer of its own.
    """

    __slots__ = ("_due", "_late", "_loop", "_seconds", "_timer")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, late: Callable[[Member], None]
    ) -> None:
        self._loop = loop
        self._seconds = seconds
        self._late = late
        self._due: dict[Member, float] = {}  # in ascending order of the instants
        self._timer: asyncio.TimerHandle | None = None

    def add(self, member: Member) -> None:
        """Start the wait of *member*."""
        due = self._loop.time() + self._seconds
        self._due[member] = due
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._fire)

    def discard(self, member: Member) -> bool:
        """End the wait of *member*; tell if it had one. The timer may fire once for nothing."""
        return self._due.pop(member, None) is not None

    def members(self) -> tuple[Member, ...]:
        """List who waits, the longest wait first."""
        return tuple(self._due)

    def stop(self) -> None:
        """Forget all members and the timer."""
        self._due.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        self._timer = None
        now = self._loop.time()
        late = []
        for member, due in self._due.items():
            if due > now:
                self._timer = self._loop.call_at(due, self._fire)
                break
            late.append(member)
        for member in late:
            self._due.pop(member, None)
            self._late(member)
