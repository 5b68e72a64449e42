"""Latency and throughput against the size of the store, names drawn uniformly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from statistics import median

from duel import Duel, Side, fight
from goals import Goal, Line
from ground import CHECKED, DOORS, Ground, port_of
from table import columns

__all__ = ["GOALS", "measure"]

SMALLEST = 10_000
GOALS = tuple(
    Goal(what=f"{door}, p50 of the largest store against ten thousand names", sense="≤", bound=1.3)
    for door in DOORS
)
HEAD = ("door", "names", "CPU µs/answer", "answers/s", "p50 µs", "p99 µs", "p50 of smallest")


def _sizes(names: int) -> list[int]:
    """Give the sizes from ten thousand names to *names*, ten times more each.

    A store that is no larger is set against a tenth of it.
    """
    sizes = [SMALLEST if names > SMALLEST else names // 10]
    while sizes[-1] * 10 < names:
        sizes.append(sizes[-1] * 10)
    return [*sizes, names]


def measure(ground: Ground) -> Iterator[Line]:
    """Serve a store of each size at once, and ask them turn about.

    The cache holds fewer than a tenth of the names, whatever their number.
    """
    options, sizes = ground.options, _sizes(ground.options.names)
    rows: list[tuple[str, ...]] = []
    sides: dict[str, list[Side]] = {door: [] for door in DOORS}
    with ExitStack() as stack:
        for size in sizes:
            generators = ground.generators(f"cold-{size}", ground.cold_names(size))
            variables = {**CHECKED, **ground.cold_cache(size)}
            serving = stack.enter_context(ground.program(size).serve(variables=variables))
            for door in DOORS:
                port = port_of(serving, door)
                side = Side(name=str(size), pid=serving.pid, port=port, generator=generators[door])
                sides[door].append(side)
        for door, goal in zip(DOORS, GOALS, strict=True):
            duel = fight(sides[door], rounds=options.rounds, seconds=options.seconds)
            rows += [_row(ground, door, size, sizes[0], duel) for size in sizes]
            seen = duel.ratio(str(sizes[-1]), str(sizes[0]), lambda each: each.load.p50)
            yield Line(goal=goal, seen=seen, how=f"{sizes[-1]:,} names against {sizes[0]:,}")
    print(columns(HEAD, rows))


def _row(ground: Ground, door: str, size: int, smallest: int, duel: Duel) -> tuple[str, ...]:
    rounds = duel.rounds[str(size)]
    slower = duel.ratio(str(size), str(smallest), lambda each: each.load.p50)
    ground.plot("size-latency", door, size, slower)
    share = duel.ratio(str(size), str(smallest), lambda each: each.rate)
    ground.plot("size-throughput", door, size, share)
    return (
        door,
        f"{size:,}",
        f"{median(each.cost for each in rounds):.1f}",
        f"{median(each.rate for each in rounds):.0f}",
        f"{median(each.load.p50 for each in rounds):.0f}",
        f"{median(each.load.p99 for each in rounds):.0f}",
        f"{slower:.3f}",
    )
