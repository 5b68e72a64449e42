"""Names drawn uniformly from all of a store whose answers the cache can't hold."""

from __future__ import annotations

from collections.abc import Iterator

from duel import Side, fight
from goals import Goal, Line
from ground import CHECKED, DOORS, Ground, port_of
from table import DUEL_HEAD, columns, duel_rows

__all__ = ["GOALS", "measure"]

GOALS = (
    Goal(what="RDAP domain, cold, SQLite, against nginx", sense="≥", bound=0.15),
    Goal(what="WHOIS domain, cold, SQLite, against nginx", sense="≥", bound=0.25),
)


def measure(ground: Ground) -> Iterator[Line]:
    """Ask for any name, turn about with nginx, which is asked for a thousand hot ones."""
    hot, cold, options = ground.hot_names(), ground.cold_names(), ground.options
    hot_load, cold_load = ground.generators("hot", hot), ground.generators("cold", cold)
    rows = []
    variables = {**CHECKED, **ground.cold_cache()}
    with (
        ground.program().serve(variables=variables) as serving,
        ground.nginx(serving, hot) as nginx,
    ):
        for door, goal in zip(DOORS, GOALS, strict=True):
            port = nginx.http if door == "RDAP" else nginx.whois
            sides = (
                Side(name="rdds", pid=serving.pid, port=port_of(serving, door),
                     generator=cold_load[door]),
                Side(name="nginx", pid=nginx.pid, port=port, generator=hot_load[door]),
            )  # fmt: skip
            duel = fight(sides, rounds=options.rounds, seconds=options.seconds)
            rows += duel_rows(door, duel)
            how = f"CPU per answer, {len(cold):,} of {options.names:,} names"
            yield Line(goal=goal, seen=duel.cost_ratio("nginx"), how=how)
    print(columns(DUEL_HEAD, rows))
