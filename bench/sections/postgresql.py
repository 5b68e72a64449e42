"""Cold and hot names on PostgreSQL: our own CPU time counts, PostgreSQL's stands beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from duel import Side, fight
from goals import Goal, Line
from ground import CHECKED, DOORS, Ground, port_of
from table import DUEL_HEAD, columns, duel_rows

__all__ = ["GOALS", "measure"]

GOALS = (
    Goal(what="RDAP domain, cold, PostgreSQL, against nginx", sense="≥", bound=0.12),
    Goal(what="WHOIS domain, cold, PostgreSQL, against nginx", sense="≥", bound=0.22),
    Goal(what="RDAP domain, hot, PostgreSQL, against nginx", sense="≥", bound=0.50),
    Goal(what="WHOIS domain, hot, PostgreSQL, against nginx", sense="≥", bound=0.50),
)


def measure(ground: Ground) -> Iterator[Line]:
    """Ask for any name, then for hot ones, turn about with nginx."""
    store, options = ground.postgresql, ground.options
    hot, cold = ground.hot_names(), ground.cold_names()
    loads = {"hot": ground.generators("hot", hot), "cold": ground.generators("cold", cold)}
    goals, rows = iter(GOALS), []
    program = ground.on_postgresql(store)
    for kind, cache in (("cold", ground.cold_cache()), ("hot", {})):
        with (
            program.serve(variables={**CHECKED, **cache}) as serving,
            ground.nginx(serving, hot) as nginx,
        ):
            for door in DOORS:
                ours = Side(name="rdds", pid=serving.pid, port=port_of(serving, door),
                            generator=loads[kind][door], beside=store.cpu_seconds)  # fmt: skip
                port = nginx.http if door == "RDAP" else nginx.whois
                theirs = replace(ours, name="nginx", pid=nginx.pid, port=port, beside=None,
                                 generator=loads["hot"][door])  # fmt: skip
                duel = fight([ours, theirs], rounds=options.rounds, seconds=options.seconds, warm=3)
                rows += duel_rows(f"{door}, {kind}", duel)
                beside = sorted(each.beside for each in duel.rounds["rdds"])[options.rounds // 2]
                how = f"CPU per answer; PostgreSQL's own beside: {beside:.0f} µs"
                yield Line(goal=next(goals), seen=duel.cost_ratio("nginx"), how=how)
    print(columns(DUEL_HEAD, rows))
