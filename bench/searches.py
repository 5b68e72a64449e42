"""Measure the searches: the first page of every kind of pattern that is admitted, over HTTP.

All kinds are asked turn about in a shuffled order, one question at a time over one
connection; look-ups stand among them, and a kind's ratio is its median over theirs. All
questions are asked twice, in two rounds. The first round brings what they read from the disk
into memory, as a store in use has it, and the second is what counts; `first p99` shows the
first, and so what the disk adds. CPU time stands beside the wall time, the server's and, where
PostgreSQL runs on this machine, its connections': where other work shares the machine it tells
that work's delays from ours. Nothing passes or fails: it prints what it saw, answers other
than 200 with their status: some contacts that are drawn are shown by no name, and not found.
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from statistics import median, quantiles

import asyncpg
from ours import Rdds, Serving
from processes import cores, family
from questions import questions, sample_store
from table import columns

HEAD = ("kind", "answers", "p50 ms", "p99 ms", "CPU p50", "CPU p99", "first p99", "kB", "look-ups",
        "not 200")  # fmt: skip
LIMIT = 20.0  # milliseconds


@dataclass(slots=True)
class Seen:
    """What one kind's questions took: wall and CPU time in ms, bytes, other answers than 200.

    ``first`` is the wall time of the first round.
    """

    first: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    others: Counter[int] = field(default_factory=Counter)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/searches.py", description=__doc__)
    parser.add_argument("--database", help="a store that `rdds generate` and `rdds import` made")
    parser.add_argument("--names", type=int, default=100_000, help="domains in a store of its own")
    parser.add_argument(
        "--requests", type=int, default=300, help="questions of each kind, each asked twice"
    )
    parser.add_argument("--profile", default="irs", help="the zone's: irs shows most, gtld least")
    given = parser.parse_args()
    if given.names < 1000 or given.requests < 10:
        parser.error("at least 1,000 names and 10 questions")
    return given


async def _connected(url: str) -> list[int]:
    """Give the processes of PostgreSQL at *url* that serve others' connections to this store."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    await connection.close()
    return [row[0] for row in rows]


def _cpu_ms(pid: int, others: Sequence[int]) -> float:
    """Give the CPU time of *pid*, its living descendants and *others*, to the microsecond."""
    spent = 0
    for member in (*family(pid), *others):
        for thread in Path("/proc").glob(f"{member}/task/*/schedstat"):
            with suppress(FileNotFoundError, ProcessLookupError):  # it has just ended
                spent += int(thread.read_text(encoding="ascii").split()[0])
    return spent / 1e6


def _turns(url: str, zone: str, requests: int) -> Sequence[tuple[str, str]]:
    """Give *requests* questions of each kind: all kinds in turn, shuffled."""
    kinds = questions(sample_store(url), zone)
    order, chance = random.Random(7), random.Random(11)
    return [
        (kind, f"/{kinds[kind](chance)}")
        for _ in range(requests)
        for kind in order.sample(list(kinds), len(kinds))
    ]


def _ask_all(serving: Serving, url: str, turns: Sequence[tuple[str, str]]) -> dict[str, Seen]:
    found = defaultdict[str, Seen](Seen)
    connection = http.client.HTTPConnection("127.0.0.1", serving.rdap, timeout=30)
    others: list[int] = []
    for number, (counts, (kind, target)) in enumerate(product((False, True), turns)):
        if number == len(turns) and not url.startswith("sqlite:"):
            served = asyncio.run(_connected(url))
            others = [each for each in served if Path(f"/proc/{each}/task").is_dir()]
        before = _cpu_ms(serving.pid, others)
        begun = time.perf_counter()
        connection.request("GET", target)
        response = connection.getresponse()
        body = response.read()
        wall = (time.perf_counter() - begun) * 1000
        seen = found[kind]
        if counts:
            seen.wall.append(wall)
            seen.cpu.append(_cpu_ms(serving.pid, others) - before)
            seen.size.append(len(body))
            seen.others += Counter([response.status] if response.status != 200 else [])
        else:
            seen.first.append(wall)
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
        f"{quantiles(seen.first, n=100)[98]:.2f}",
        f"{median(seen.size) / 1000:.0f}",
        f"{median(seen.wall) / look_up:.1f}",
        ", ".join(f"{status}: {times}" for status, times in sorted(seen.others.items())),
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
                _report(_ask_all(serving, url, _turns(url, "example", given.requests)))
        except RuntimeError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
