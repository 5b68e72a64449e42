"""Hot names, which the cache holds, all checks on, beside nginx."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

from duel import Side, fight
from generators import WrkLoad
from goals import Goal, Line
from ground import CHECKED, DOORS, Ground, port_of
from icann import icann_refusal, serve_icann
from table import DUEL_HEAD, columns, duel_rows

__all__ = ["GOALS", "measure"]

GOALS = (
    Goal(what="RDAP domain, hot, all checks on, against nginx with a file", sense="≥", bound=1.0),
    Goal(what="WHOIS domain, hot, against nginx's stream", sense="≥", bound=0.85),
    Goal(what="RDAP domain, hot, against icann-rdap-srv", sense="≥", bound=1.0),
)


def measure(ground: Ground) -> Iterator[Line]:
    """Ask for a thousand names, turn about with nginx, and with others that are installed."""
    names, rows = ground.hot_names(), []
    generators = ground.generators("hot", names)
    refusal, options = icann_refusal(), ground.options
    with ExitStack() as stack:
        serving = stack.enter_context(ground.program().serve(variables=CHECKED))
        nginx = stack.enter_context(ground.nginx(serving, names))
        for door, goal in zip(DOORS, GOALS, strict=False):
            generator = generators[door]
            sides = [Side(name="rdds", pid=serving.pid, port=port_of(serving, door),
                          generator=generator)]  # fmt: skip
            port = nginx.http if door == "RDAP" else nginx.whois
            sides.append(Side(name="nginx", pid=nginx.pid, port=port, generator=generator))
            if isinstance(generator, WrkLoad) and refusal is None:
                icann = stack.enter_context(
                    serve_icann(ground.folder, serving, names, core=ground.cores[0])
                )
                asked = icann.asked_by(generator)
                sides.append(Side(name="icann", pid=icann.pid, port=icann.port, generator=asked))
            duel = fight(sides, rounds=options.rounds, seconds=options.seconds, warm=3)
            rows += duel_rows(door, duel)
            how = f"CPU per answer, {len(names):,} names"
            yield Line(goal=goal, seen=duel.cost_ratio("nginx"), how=how)
            if door == "RDAP":
                seen = duel.cost_ratio("icann")
                yield Line(goal=GOALS[2], seen=seen, how=refusal or how)
    print(columns(DUEL_HEAD, rows))
