"""What a worker takes: with no cache, and with one that is full; and what it has loaded."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from goals import Goal, Line
from ground import CHECKED, DOORS, Ground, port_of
from ours import Rdds
from processes import proportional_memory

__all__ = ["GOALS", "measure"]

GOALS = (
    Goal(what="memory of a worker but for its cache (PSS)", sense="≤", bound=80, unit="MB"),
    Goal(what="a full cache's memory against its budget", sense="≤", bound=1.1),
    Goal(what="modules of import, migration or messages in a worker", sense="≤", bound=0),
)
FOREIGN = ("lxml", "alembic", "aiosmtplib", "jinja2", "mako")
BUDGET = 64_000_000
FILLED = 0.6  # of its budget, or the questions were too few
ANSWER = 3000  # bytes, about: so many names fill the cache twice

# Python runs a module of this name at its start, in our server too. Whatever runs a module's
# code is written down with its process: a worker holds what its parent loaded before it was
# forked, and its own.
WITNESS = """
import os, sys

def _note(event, arguments):
    if event == "exec" and getattr(arguments[0], "co_name", "") == "<module>":
        with open({file!r}, "a") as log:
            log.write(f"{{os.getpid()}} {{arguments[0].co_filename}}\\n")

sys.addaudithook(_note)
"""


def measure(ground: Ground) -> Iterator[Line]:
    """Fill two servers with the same questions, one of them without a cache."""
    program, budget = ground.program(), min(BUDGET, ground.options.names * ANSWER)
    names = ground.cold_names()[: 2 * budget // ANSWER]
    generators = ground.generators("memory", names)
    taken = []
    for size in (0, budget):
        variables = {**CHECKED, "RDDS_CACHE_BYTES": str(size)}
        with program.serve(variables=variables) as serving:
            for door in DOORS:
                generators[door].run(port_of(serving, door), 4 * ground.options.seconds)
            taken.append(proportional_memory(serving.workers()[0]))
    bare, full = taken
    yield Line(goal=GOALS[0], seen=bare / 1e6, how=f"after {len(names):,} names, cache off")
    taken_by_cache = (full - bare) / budget
    how = f"{(full - bare) / 1e6:.0f} MB for a budget of {budget / 1e6:.0f} MB"
    if taken_by_cache < FILLED:  # what isn't full shows nothing
        yield Line(goal=GOALS[1], seen=None, how=f"the cache did not fill: {how}")
    else:
        yield Line(goal=GOALS[1], seen=taken_by_cache, how=how)
    found = _foreign_modules(program, ground.folder)
    how = f"looked for {', '.join(FOREIGN)}" + (f"; found {', '.join(found)}" if found else "")
    yield Line(goal=GOALS[2], seen=len(found), how=how)


def _foreign_modules(program: Rdds, folder: Path) -> list[str]:
    """Give which foreign packages a worker has loaded that has answered at both doors."""
    witness, log = folder / "witness", folder / "witness.log"
    witness.mkdir(exist_ok=True)
    (witness / "sitecustomize.py").write_text(WITNESS.format(file=str(log)), encoding="utf-8")
    log.touch()
    name = program.names(1)[0]
    variables: Mapping[str, str] = {"PYTHONPATH": str(witness)}
    with program.serve(variables=variables) as serving:
        serving.rdap_answer(name)
        serving.whois_answer(name)
        kin = {serving.pid, *serving.workers()}
        lines = [line.split(" ", 1) for line in log.read_text(encoding="utf-8").splitlines()]
    loaded = [Path(path) for pid, path in lines if int(pid) in kin]
    if not any("whois43" in path.parts for path in loaded):
        raise RuntimeError(f"{sys.executable} told nothing of what it loads")
    return [name for name in FOREIGN if any(name in path.parts for path in loaded)]
