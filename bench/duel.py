"""Two servers, the same questions, turn about: what does one answer cost each of them?"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from generators import Generator, Load
from processes import cpu_seconds

__all__ = ["Duel", "Side", "fight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One server in a duel: its name, its process and the port to ask."""

    name: str
    pid: int
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: the load seen and the server's CPU time per answer in µs."""

    load: Load
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """All rounds of both sides; the opponent's are empty where there is none."""

    ours: tuple[Round, ...]
    theirs: tuple[Round, ...]

    @property
    def ratio(self) -> float | None:
        """The opponent's CPU time per answer over ours, the median of the rounds."""
        if not self.theirs:
            return None
        pairs = zip(self.ours, self.theirs, strict=True)
        return median(theirs.cost / ours.cost for ours, theirs in pairs)


def _round(generator: Generator, side: Side, seconds: float) -> Round:
    before = cpu_seconds(side.pid)
    load = generator.run(side.port, seconds)
    spent = cpu_seconds(side.pid) - before
    if not load.answers:
        raise RuntimeError(f"{side.name} gave no right answer ({load.errors} failures)")
    return Round(load=load, cost=spent * 1e6 / load.answers)


def fight(
    generator: Generator, ours: Side, theirs: Side | None, *, rounds: int, seconds: float
) -> Duel:
    """Warm both up, then load them in turn, *rounds* times.

    Raises:
        RuntimeError: a side gave no right answer.
    """
    sides = [side for side in (ours, theirs) if side is not None]
    for side in sides:
        generator.run(side.port, 1)
    turns = [[_round(generator, side, seconds) for side in sides] for _ in range(rounds)]
    return Duel(
        ours=tuple(turn[0] for turn in turns),
        theirs=tuple(turn[1] for turn in turns if len(turn) > 1),
    )
