"""A watch that does as it is told, and keeps what it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from store.names import Address
from store.watch import EXEMPT, Door, Kind, Outcome


async def until(holds: Callable[[], bool]) -> None:
    """Let the loop turn until *holds*, which nothing tells of."""
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - turns of the loop, no time
            await asyncio.sleep(0)


@dataclass
class FakeWatch:
    """Limits as it is told to, and keeps what it is told."""

    wait: int = 0
    budget: int = 1000
    most_open: int = 1000
    exempt: tuple[str, ...] = ()
    open: int = 0
    admitted: list[int] = field(default_factory=list)
    noted: list[tuple[Kind, Outcome, bool]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    log: Any = None

    def visitor(self, address: Address | None) -> int:
        return EXEMPT if address is None or str(address) in self.exempt else int(address)

    def enter(self, door: Door, visitor: int) -> bool:
        if self.open >= self.most_open:
            return False
        self.open += 1
        return True

    def leave(self, door: Door, visitor: int) -> None:
        self.open -= 1

    def admit(self, door: Door, visitor: int) -> int:
        assert door is Door.RDAP
        self.admitted.append(visitor)
        return self.wait

    def charge(self, visitor: int, persons: int) -> int:
        self.budget -= persons
        return 0 if self.budget >= 0 else 77

    def note(
        self, door: Door, kind: Kind, outcome: Outcome, *, seconds: float, cached: bool
    ) -> None:
        assert door is Door.RDAP
        assert seconds >= 0
        self.noted.append((kind, outcome, cached))

    def write(self, door: Door, kind: Kind, outcome: Outcome, **line: Any) -> None:
        self.lines.append({"kind": kind, "outcome": outcome, **line})
