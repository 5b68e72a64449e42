"""Import beside a mere walk through the same file."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from goals import Goal, Line
from ground import Ground
from processes import on_core, run_measured
from table import IMPORT_HEAD, columns, import_row

__all__ = ["GOALS", "measure"]

GOALS = (Goal(what="import of a deposit against lxml's iterparse on the same file, CPU", sense="≥",
              bound=0.25),)  # fmt: skip

# All end events, elements cleared. Prints nothing; the process is measured.
WALK = """
import sys
from lxml import etree
for _, element in etree.iterparse(sys.argv[1]):
    element.clear()
"""


def measure(ground: Ground) -> Iterator[Line]:
    """Import a tenth and the whole, whose memory shows if it grows; then walk the whole."""
    names, rows = ground.options.names, []
    for domains in (max(names // 10, 10), names):
        program = ground.place(domains)
        deposit = program.generate(domains)
        (program.folder / "filled").unlink(missing_ok=True)
        run = program.load(deposit)
        (program.folder / "filled").touch()
        rows.append(import_row(domains, run))
        if domains == names:
            command = on_core(ground.server_core, [sys.executable, "-c", WALK, str(deposit)])
            walk = run_measured(command, log=ground.folder / "walk.log")
        deposit.unlink()
    print(columns(IMPORT_HEAD, rows))
    how = f"{walk.cpu:.1f} s over {run.cpu:.1f} s CPU, {names:,} names"
    yield Line(goal=GOALS[0], seen=walk.cpu / run.cpu, how=how)
