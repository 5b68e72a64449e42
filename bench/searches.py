"""Measure the searches: the first page of every kind of pattern that is admitted, over HTTP.

All kinds are asked turn about in a shuffled order, one question at a time over one
connection; look-ups stand among them, and a kind's ratio is its median over theirs. The
server's own CPU time (for an SQLite store, all of it) stands beside the wall time: where
other work shares the machine it tells that work's delays from ours. Nothing passes or
fails: it prints what it saw.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median, quantiles

from ours import Rdds, Serving
from processes import cores, family
from questions import questions, sample_store
from table import columns

HEAD = ("kind", "answers", "p50 ms", "p99 ms", "CPU p50", "CPU p99", "kB", "look-ups", "not 200")
WARMING = 3  # questions of each kind that aren't counted
LIMIT = 20.0  # milliseconds


@dataclass(slots=True)
class Seen:
    """What one kind's questions took: wall and CPU time in ms, bytes, other answers than 200."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    others: int = 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/searches.py", description=__doc__)
    parser.add_argument("--database", help="a store that `rdds generate` and `rdds import` made")
    parser.add_argument("--names", type=int, default=100_000, help="domains in a store of its own")
    parser.add_argument("--requests", type=int, default=300, help="questions of each kind")
    parser.add_argument("--profile", default="irs", help="the zone's: irs shows most, gtld least")
    given = parser.parse_args()
    if given.names < 1000 or given.requests < 10:
        parser.error("at least 1,000 names and 10 questions")
    return given


def _cpu_ms(pid: int) -> float:
    """Give the CPU time of *pid* and its living descendants so far, exact to the microsecond."""
    spent = 0
    for member in family(pid):
        for thread in Path(f"/proc/{member}/task").iterdir():
            try:
                spent += int((thread / "schedstat").read_text(encoding="ascii").split()[0])
            except FileNotFoundError:  # it has just ended
                continue
    return spent / 1e6


def _turns(kinds: Sequence[str], requests: int) -> Iterator[tuple[str, bool]]:
    """Give each kind in turn, shuffled, and whether it counts."""
    chance = random.Random(7)
    for turn in range(requests + WARMING):
        for kind in chance.sample(kinds, len(kinds)):
            yield kind, turn >= WARMING


def _ask_all(serving: Serving, url: str, zone: str, requests: int) -> dict[str, Seen]:
    kinds = questions(sample_store(url), zone)
    chance, found = random.Random(11), defaultdict[str, Seen](Seen)
    connection = http.client.HTTPConnection("127.0.0.1", serving.rdap, timeout=30)
    for kind, counts in _turns(list(kinds), requests):
        target = f"/{kinds[kind](chance)}"
        before = _cpu_ms(serving.pid)
        begun = time.perf_counter()
        connection.request("GET", target)
        response = connection.getresponse()
        body = response.read()
        wall = (time.perf_counter() - begun) * 1000
        if counts:
            seen = found[kind]
            seen.wall.append(wall)
            seen.cpu.append(_cpu_ms(serving.pid) - before)
            seen.size.append(len(body))
            seen.others += response.status != 200
    connection.close()
    return found


def _row(kind: str, seen: Seen, look_up: float) -> tuple[str, ...]:
    return (
        kind,
        str(len(seen.wall)),
        f"{median(seen.wall):.2f}",
        f"{quantiles(seen.wall, n=100)[98]:.2f}",
        f"{median(seen.cpu):.2f}",
        f"{quantiles(seen.cpu, n=100)[98]:.2f}",
        f"{median(seen.size) / 1000:.0f}",
        f"{median(seen.wall) / look_up:.1f}",
        str(seen.others or ""),
    )


def _report(found: dict[str, Seen]) -> None:
    look_up = median(found["look-up"].wall)
    print(columns(HEAD, [_row(kind, seen, look_up) for kind, seen in found.items()]))
    slow = sum(quantiles(seen.wall, n=100)[98] > LIMIT for seen in found.values())
    print(f"  {slow} of {len(found)} kinds take longer than {LIMIT:.0f} ms at p99")


def main() -> int:
    """Measure every kind; give the exit status."""
    given = _arguments()
    pair = cores()
    with tempfile.TemporaryDirectory(prefix="rdds-bench-") as name:
        folder = Path(name)
        config = folder / "rdds.toml"
        config.write_text(f'[zones.example]\nprofile = "{given.profile}"\n', encoding="utf-8")
        url = given.database or f"sqlite:///{folder / 'bench.sqlite3'}"
        program = Rdds(
            folder=folder,
            core=pair[0] if pair else None,
            settings={
                "RDDS_DATABASE_URL": url,
                "RDDS_CONFIG": str(config),
                "RDDS_RDAP_SEARCHES": "all",
            },
        )
        if pair is not None:
            os.sched_setaffinity(0, {pair[1]})
        try:
            if given.database is None:
                program.load(program.generate(given.names))
            with program.serve() as serving:
                _report(_ask_all(serving, url, "example", given.requests))
        except RuntimeError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
