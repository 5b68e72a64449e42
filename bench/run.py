"""Measure rdds: import and start, then each door beside nginx on the same machine.

Every server is held to one core and the load generators to another. The figure that
counts is server CPU time per answer; it is steadier than throughput where other work
shares the machine. Nothing here passes or fails: it prints what it saw.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duel import Side, fight
from generators import WhoisLoad, WrkLoad, compile_whoisload
from opponent import Nginx, nginx_refusal, serve_nginx
from ours import Rdds, Serving
from processes import cores, peak_memory
from table import DUEL_HEAD, IMPORT_HEAD, columns, duel_rows, import_row

ASKED = 1000  # different names that are asked for


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("--names", type=int, default=100_000, help="domains in the store")
    parser.add_argument("--rounds", type=int, default=5, help="rounds for each server and door")
    parser.add_argument("--seconds", type=int, default=3, help="length of one round")
    parser.add_argument("--quick", action="store_true", help="5,000 names, 2 rounds of a second")
    given = parser.parse_args()
    if given.quick:
        given.names, given.rounds, given.seconds = min(given.names, 5000), 2, 1
    if given.names < 10 or given.rounds < 1 or given.seconds < 1:
        parser.error("at least 10 names, 1 round and 1 second")
    return given


def _skip(what: str, why: str) -> None:
    print(f"  {what}: skipped, {why}")


def _measure_import(program: Rdds, names: int) -> None:
    """Import a tenth and the whole: the memory of both shows whether it grows."""
    print("\nImport into a new SQLite store")
    rows = []
    for domains in (names // 10, names):
        deposit = program.generate(domains)
        rows.append(import_row(domains, program.load(deposit)))
        deposit.unlink()
    print(columns(IMPORT_HEAD, rows))


def _measure_start(program: Rdds, names: int) -> None:
    """Start three times; the first one finds nothing warm."""
    starts, memory = [], 0
    for _ in range(3):
        with program.serve() as serving:
            starts.append(serving.start)
            memory = peak_memory(serving.pid)
    said = ", ".join(f"{start:.2f}" for start in starts)
    print(f"\nStart to `ready` with {names} names: {said} s; largest process {memory / 1e6:.0f} MB")


@contextmanager
def _opponent(
    folder: Path, serving: Serving, asked: list[str], core: int
) -> Iterator[Nginx | None]:
    why = nginx_refusal()
    if why is not None:
        _skip("nginx", why)
        yield None
        return
    root = folder / "root" / "domain"
    root.mkdir(parents=True)
    for name in asked:
        (root / name).write_bytes(serving.rdap_answer(name))
    answers = sorted((serving.whois_answer(name) for name in asked[:101]), key=len)
    middle = answers[len(answers) // 2].decode("utf-8")
    with serve_nginx(folder, whois_answer=middle, core=core) as nginx:
        yield nginx


def _generators(
    folder: Path, asked: list[str], core: int
) -> tuple[WrkLoad | None, WhoisLoad | None]:
    """Make the generators of both doors, each ``None`` where its tool is not installed."""
    paths, questions = folder / "paths", folder / "questions"
    paths.write_text("".join(f"/domain/{name}\n" for name in asked), encoding="ascii")
    questions.write_text("".join(f"{name}\n" for name in asked), encoding="ascii")
    wrk, whois = None, None
    if shutil.which("wrk") is None:
        _skip("RDAP", "wrk is not installed")
    else:
        wrk = WrkLoad(questions=paths, core=core)
    if shutil.which("cc") is None:
        _skip("WHOIS", "there is no C compiler for its load generator")
    else:
        whois = WhoisLoad(program=compile_whoisload(folder), questions=questions, core=core)
    return wrk, whois


def _measure_doors(
    folder: Path, program: Rdds, given: argparse.Namespace, pair: tuple[int, int]
) -> None:
    print(f"\nBoth doors, {given.rounds} rounds of {given.seconds} s, medians")
    asked = program.names(ASKED)
    wrk, whois = _generators(folder, asked, pair[1])
    rows: list[tuple[str, ...]] = []
    with program.serve() as serving, _opponent(folder, serving, asked, pair[0]) as nginx:
        if wrk is not None:
            ours = Side(name="rdds", pid=serving.pid, port=serving.rdap)
            theirs = Side(name="nginx", pid=nginx.pid, port=nginx.http) if nginx else None
            duel = fight(wrk, ours, theirs, rounds=given.rounds, seconds=given.seconds)
            rows += duel_rows("RDAP", duel)
        if whois is not None:
            ours = Side(name="rdds", pid=serving.pid, port=serving.whois)
            theirs = Side(name="nginx", pid=nginx.pid, port=nginx.whois) if nginx else None
            duel = fight(whois, ours, theirs, rounds=given.rounds, seconds=given.seconds)
            rows += duel_rows("WHOIS", duel)
    if rows:
        print(columns(DUEL_HEAD, rows))
        print("  ratio: nginx's CPU time per answer over ours, the median of the rounds")


def main() -> int:
    """Measure everything that can be measured here; give the exit status."""
    given = _arguments()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.platform()}")
    pair = cores() if shutil.which("taskset") else None
    with tempfile.TemporaryDirectory(prefix="rdds-bench-") as name:
        folder = Path(name)
        program = Rdds(folder=folder, core=pair[0] if pair else None)
        try:
            _measure_import(program, given.names)
            _measure_start(program, given.names)
            if pair is None:
                _skip("the doors", "it takes taskset and two cores")
            else:
                _measure_doors(folder, program, given, pair)
        except RuntimeError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
