"""Servers that are asked turn about: what does one answer cost each of them?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from generators import Generator, Load
from processes import cpu_seconds

__all__ = ["Duel", "Round", "Side", "fight"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One server in a duel: its name, its process, the port to ask, and what asks it.

    ``beside`` gives the CPU seconds so far of what works for it elsewhere: its database.
    ``before`` is called before each of its rounds.
    """

    name: str
    pid: int
    port: int
    generator: Generator
    beside: Callable[[], float] | None = None
    before: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round: the load seen, and the server's CPU time per answer in µs, and ``beside``'s."""

    load: Load
    cost: float
    beside: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.load.answers / self.load.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Duel:
    """All rounds of every side by its name, in the order in which they were asked."""

    rounds: Mapping[str, tuple[Round, ...]]

    def ratio(self, over: str, under: str, of: Callable[[Round], float]) -> float | None:
        """Give *of* the side *over* to that of *under*: the median of the rounds' ratios.

        ``None`` where one of them isn't here.
        """
        if not self.rounds.get(over) or not self.rounds.get(under):
            return None
        pairs = zip(self.rounds[over], self.rounds[under], strict=True)
        return median(of(first) / max(of(second), 1e-9) for first, second in pairs)

    def cost_ratio(self, opponent: str) -> float | None:
        """Give the CPU time per answer of *opponent* over ours."""
        return self.ratio(opponent, "rdds", lambda each: each.cost)


def _round(side: Side, seconds: float) -> Round:
    if side.before is not None:
        side.before()
    aside = side.beside() if side.beside else 0.0
    before = cpu_seconds(side.pid)
    load = side.generator.run(side.port, seconds)
    spent = cpu_seconds(side.pid) - before
    aside = (side.beside() if side.beside else 0.0) - aside
    if not load.answers:
        raise RuntimeError(f"{side.name} gave no right answer ({load.errors} failures)")
    return Round(load=load, cost=spent * 1e6 / load.answers, beside=aside * 1e6 / load.answers)


def fight(sides: Sequence[Side], *, rounds: int, seconds: float, warm: float = 1) -> Duel:
    """Warm all up for *warm* seconds each, then load them in turn, *rounds* times.

    Raises:
        RuntimeError: a side gave no right answer.
    """
    for side in sides:
        if side.before is not None:
            side.before()
        side.generator.run(side.port, warm)
    turns = [[_round(side, seconds) for side in sides] for _ in range(rounds)]
    return Duel(
        rounds={side.name: tuple(turn[at] for turn in turns) for at, side in enumerate(sides)}
    )
