"""Two workers beside one, where there are cores for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from duel import Side, fight
from goals import Goal, Line, Skip
from ground import CHECKED, DOORS, Ground, port_of

__all__ = ["GOALS", "measure"]

GOALS = tuple(
    Goal(what=f"{door}, hot, throughput of two workers against one", sense="≥", bound=1.8)
    for door in DOORS
)
CONNECTIONS = 64  # so that each worker has some, however they fall


def measure(ground: Ground) -> Iterator[Line]:
    """Serve with one worker on one core and with two on two; load from what is left.

    Raises:
        Skip: there are fewer than three cores.
    """
    if len(ground.cores) < 3:
        raise Skip("it takes three cores")
    options, program = ground.options, ground.program()
    generators = ground.generators("hot", ground.hot_names())
    one, two, *rest = map(str, ground.cores)
    single, double = replace(program, core=one), replace(program, core=f"{one},{two}")
    with (
        single.serve(variables=CHECKED) as alone,
        double.serve(workers=2, variables=CHECKED) as both,
    ):
        for door, goal in zip(DOORS, GOALS, strict=True):
            load = replace(generators[door], core=",".join(rest), connections=CONNECTIONS)  # type: ignore[type-var]
            sides = [
                Side(name=name, pid=serving.pid, port=port_of(serving, door), generator=load)
                for name, serving in (("one", alone), ("two", both))
            ]
            duel = fight(sides, rounds=options.rounds, seconds=options.seconds)
            seen = duel.ratio("two", "one", lambda each: each.rate)
            yield Line(goal=goal, seen=seen, how="answers a second")
