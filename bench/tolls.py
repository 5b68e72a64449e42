"""What a soak counts: answers by what is wrong with them, and how memory goes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

__all__ = ["FAULTS", "Life", "Toll"]

FAULTS = ("wrong", "stale", "mixed", "lost")  # none of them may happen

_FEWEST = 8  # samples of a life that tell something
_GROWTH, _SPARE = 1.1, 4_000_000  # how much more it may be at its end than half-way


@dataclass(slots=True)
class Toll:
    """Questions, those asked again, and faults with some examples."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: list[str] = field(default_factory=list)

    def note(self, fault: str, example: str) -> None:
        """Count a *fault*; keep the first few examples."""
        self.counts[fault] += 1
        if len(self.examples) < 5:
            self.examples.append(f"{fault}: {example}")

    @property
    def faults(self) -> int:
        """How many answers were at fault."""
        return sum(self.counts[fault] for fault in FAULTS)


@dataclass(slots=True)
class Life:
    """The memory of one process, from its beginning to its end, in bytes."""

    name: str
    samples: list[int] = field(default_factory=list)

    def growth(self) -> float | None:
        """Give the end's share of the middle; ``None`` for a life too short to tell.

        >>> Life(name="worker", samples=[1, 5, 9, 10, 10, 10, 10, 12]).growth()
        1.2
        """
        if len(self.samples) < _FEWEST:
            return None
        return _end(self.samples) / max(_middle(self.samples), 1)

    def is_flat(self) -> bool:
        """Tell whether it grew no more from its middle to its end than is allowed."""
        if len(self.samples) < _FEWEST:
            return True
        return _end(self.samples) <= _GROWTH * _middle(self.samples) + _SPARE


def _middle(samples: Sequence[int]) -> int:
    """Give the most that was seen from a quarter to the half: it has warmed up by then."""
    return max(samples[len(samples) // 4 : len(samples) // 2 + 1])


def _end(samples: Sequence[int]) -> int:
    return max(samples[len(samples) * 3 // 4 :])
