"""Measure rdds on this machine, and hold what is seen against the goals, one a line.

Every server is held to one core and the load generators to another. Where nginx is the
measure, the figure is a ratio of server CPU time per answer, nginx's over ours, the median of
rounds that take turns: it is steadier than throughput where other work shares the machine.
A goal that isn't met fails nothing: this prints what it saw.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from goals import HEAD, Goal, Line, Skip, line_row, skipped
from ground import Ground, Options
from machine import describe_machine
from processes import end_in_order
from report import write_markdown, write_plots
from sections import cold, edits, hot, imports, memory, postgresql, silent, size, stale, start
from sections import workers as several
from table import columns

Measure = Callable[[Ground], Iterator[Line]]

SECTIONS: Mapping[str, tuple[str, Sequence[Goal], Measure]] = {
    "import": ("Import into a new SQLite store", imports.GOALS, imports.measure),
    "start": ("Start", start.GOALS, start.measure),
    "hot": ("Hot names", hot.GOALS, hot.measure),
    "cold": ("Cold names", cold.GOALS, cold.measure),
    "postgresql": ("PostgreSQL", postgresql.GOALS, postgresql.measure),
    "edits": ("Edits", edits.GOALS, edits.measure),
    "stale": ("Stale answers", stale.GOALS, stale.measure),
    "size": ("Size of the store", size.GOALS, size.measure),
    "workers": ("Workers", several.GOALS, several.measure),
    "memory": ("Memory", memory.GOALS, memory.measure),
    "silent": ("Silent clients", silent.GOALS, silent.measure),
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--names", type=int, default=1_000_000, help="domains in the store")
    parser.add_argument("--rounds", type=int, default=5, help="rounds for each server and door")
    parser.add_argument("--seconds", type=int, default=3, help="length of one round")
    parser.add_argument("--checks", type=int, default=100_000, help="looks for stale answers")
    parser.add_argument("--silent", type=int, default=10_000, help="silent clients at each door")
    parser.add_argument("--quick", action="store_true", help="a small store, short rounds")
    parser.add_argument("--only", default=",".join(SECTIONS), metavar="PART,PART…",
                        help="of %(default)s")  # fmt: skip
    parser.add_argument("--postgresql", metavar="URL", help="a server to make a database on")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="where stores stay for reuse")
    parser.add_argument("--plots", type=Path, metavar="FOLDER", help="write SVG there")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="put the table in there")
    given = parser.parse_args()
    if given.quick:
        given.names, given.rounds, given.seconds = min(given.names, 5000), 2, 1
        given.checks, given.silent = min(given.checks, 2000), min(given.silent, 500)
    if given.names < 100 or given.rounds < 1 or given.seconds < 1:
        parser.error("at least 100 names, 1 round and 1 second")
    given.only = given.only.split(",")
    unknown = [part for part in given.only if part not in SECTIONS]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; there are {', '.join(SECTIONS)}")
    return given


def _measure(ground: Ground, chosen: Sequence[str]) -> Iterator[Line]:
    """Give the lines of the *chosen* parts; what a part could not measure is skipped."""
    for part, (title, goals, measure) in SECTIONS.items():
        if part not in chosen:
            continue
        print(f"\n{title}", flush=True)
        done: list[Line] = []
        why = ""
        try:
            for line in measure(ground):
                done.append(line)  # noqa: PERF402 - what was measured before a fault stays
        except Skip as error:
            why = str(error)
            print(f"  skipped: {why}")
        except (OSError, RuntimeError) as error:
            why = f"failed: {error}"
            print(f"bench: {part}: {error}", file=sys.stderr)
        yield from done
        measured = {line.goal for line in done}
        yield from skipped([goal for goal in goals if goal not in measured], why)


def main() -> int:
    """Measure what was asked for; give the exit status: 1 where a part failed."""
    given = _arguments()
    end_in_order()
    machine = describe_machine()
    print("\n".join(machine))
    options = Options(
        names=given.names,
        rounds=given.rounds,
        seconds=given.seconds,
        checks=given.checks,
        silent=given.silent,
        postgresql=given.postgresql,
        keep=given.keep and given.keep.absolute(),
    )
    with tempfile.TemporaryDirectory(prefix="rdds-bench-") as name:
        cores = sorted(os.sched_getaffinity(0))
        with closing(Ground(options, Path(name), cores)) as ground:
            try:
                lines = list(_measure(ground, given.only))
            except KeyboardInterrupt:
                return 130
            table = columns(HEAD, list(map(line_row, lines)), words=(0, 1, 3, 4))
            print(f"\nGoals, {options.names:,} names\n{table}")
            charts = write_plots(given.plots, ground.plots) if given.plots else []
            if given.markdown:
                head = [*machine, f"{options.names:,} names, {datetime.now(UTC).date()}"]
                write_markdown(given.markdown, head, lines, charts)
    return int(any(line.how.startswith("failed") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
