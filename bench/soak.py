"""Ask and edit without pause while workers are killed at random and the server starts anew.

On PostgreSQL the connections to the store are cut as well.

Counts answers that are wrong, stale (older than an edit that had succeeded) or mixed of two
edits, and questions that got no answer though nobody disturbed the server. What fails while a
worker was killed or the server was away is asked again, and counted apart. Memory of what
isn't killed is to stay flat. Exit status 1 unless all of it is so.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from board import Board
from database import PostgresqlStore
from editor import editing
from machine import describe_machine
from ours import Rdds, sample_names
from plans import Plan, make_plan
from processes import background, end_in_order
from slots import choose_slots, save_slots
from table import columns
from tolls import FAULTS, Toll
from troubles import Disturbed

SLOTS, STATIC = 32, 100
CACHE = 4_000_000  # bytes: full soon, so that flat memory means something


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak ARGS=…", description=__doc__)
    parser.add_argument("--seconds", type=float, default=3600, help="how long")
    parser.add_argument("--names", type=int, default=20_000, help="domains in the store")
    parser.add_argument("--workers", type=int, default=3, help="one of them is never killed")
    parser.add_argument("--askers", type=int, default=2, help="processes that ask")
    parser.add_argument("--edits", type=int, default=50, help="edits a second")
    parser.add_argument("--kill-every", type=float, default=10, help="seconds between kills")
    parser.add_argument(
        "--restarts", type=int, help="starts anew (one in five minutes, at least 1)"
    )
    parser.add_argument("--postgresql", metavar="URL", help="a server to make a database on")
    given = parser.parse_args()
    if given.restarts is None:
        given.restarts = max(1, int(given.seconds / 300))
    if given.workers < 2 or given.names < 100 or given.seconds < 5:
        parser.error("at least 2 workers, 100 names and 5 seconds")
    return given


def _program(
    folder: Path, given: argparse.Namespace, stack: ExitStack
) -> tuple[Rdds, list[str], Callable[[], None] | None]:
    """Make the store, on PostgreSQL where a server is named.

    Give names that it holds, and what cuts it off where that can be.
    """
    config = folder / "rdds.toml"
    config.write_text('[zones.example]\nprofile = "irs"\n', encoding="utf-8")
    program = Rdds(folder=folder, core=None, settings={"RDDS_CONFIG": str(config)})
    program.fill(given.names)
    names = sample_names(program.store, 10 * (SLOTS + STATIC))
    if given.postgresql is None:
        return program, names, None
    store = stack.enter_context(PostgresqlStore.make(given.postgresql))
    settings = {**program.settings, "RDDS_DATABASE_URL": store.url}
    program = Rdds(folder=folder, core=None, settings=settings)
    program.upgrade()
    program.fill(given.names)
    store.settle()
    return program, names, store.cut


def _last_words(askers: Sequence[subprocess.Popen[str]]) -> Toll:
    """Let *askers* end, and add up what they saw."""
    toll = Toll()
    for asker in askers:
        if asker.stdin is not None:
            asker.stdin.close()
    for asker in askers:
        line = asker.stdout.readline() if asker.stdout else ""
        if not line:
            toll.note("lost", f"an asker ended without a word (exit {asker.wait()})")
            continue
        said = json.loads(line)
        toll.counts.update(said["counts"])
        toll.examples += said["examples"]
    return toll


class _Soak:
    """One soak: a server that is disturbed, one editor, some askers."""

    def __init__(
        self, folder: Path, given: argparse.Namespace, cut: Callable[[], None] | None
    ) -> None:
        self._folder, self._given, self._cut = folder, given, cut
        self._askers: list[subprocess.Popen[str]] = []
        self.toll = Toll()

    def run(self, program: Rdds, names: Sequence[str]) -> tuple[Disturbed, Board]:
        """Ask, edit and disturb until the time is up; give what was disturbed."""
        given = self._given
        slots = choose_slots(program.url, names, SLOTS)
        saved, file = self._folder / "slots", self._folder / "board"
        save_slots(saved, slots)
        board = Board.make(file, len(slots))
        taken = {slot.name for slot in slots}
        static = [name for name in names if name not in taken][:STATIC]
        variables = {"RDDS_CACHE_BYTES": str(CACHE)}
        server = Disturbed(
            program, board, workers=given.workers, variables=variables, cut=self._cut
        )
        ports = (0, 0)
        with ExitStack() as beside:
            for life in range(given.restarts + 1):
                with server.life(ports) as serving:
                    if life == 0:
                        beside.enter_context(editing(program.url, self._folder, file, saved))
                        ports = (serving.whois, serving.rdap)
                        self._begin(beside, make_plan(serving, slots, static), board, file)
                    share = given.seconds / (given.restarts + 1)
                    _disturb(server, share, given.kill_every)
                    if life == given.restarts:  # nobody asks a server that has gone for good
                        self.toll = _last_words(self._askers)
        return server, board

    def _begin(self, beside: ExitStack, plan: Plan, board: Board, file: Path) -> None:
        """Start the askers, and the edits."""
        saved = self._folder / "plan"
        plan.save(saved)
        script = str(Path(__file__).with_name("asker.py"))
        for number in range(self._given.askers):
            words = [sys.executable, script, str(saved), str(file), str(number)]
            log = self._folder / f"asker-{number}.log"
            asker = beside.enter_context(background(words, log=log, stdin=subprocess.PIPE))
            self._askers.append(asker)
        board.rate = self._given.edits


def _disturb(server: Disturbed, seconds: float, kill_every: float) -> None:
    """Kill now and then for *seconds*, and note what memory is taken."""
    chance = random.Random(server.restarts)
    due = time.monotonic() + chance.uniform(0.2, 1) * kill_every
    end, pause = time.monotonic() + seconds, min(1.0, seconds / 50)
    while (at := time.monotonic()) < end:
        if at >= due:
            server.disturb()
            due = time.monotonic() + chance.uniform(0.5, 1.5) * kill_every
        server.sample()
        time.sleep(pause)


def _report(server: Disturbed, board: Board, toll: Toll) -> bool:
    """Print what was seen; tell whether all of it is well."""
    counts = {name: toll.counts[name] for name in ("questions", *FAULTS, "asked again")}
    counts |= {"edits": board.edits, "edits that failed": board.failed}
    counts |= {"workers killed": server.kills, "store cut off": server.cuts}
    counts |= {"lives of the server": server.restarts}
    print(columns(("what", "number"), [(name, f"{count:,}") for name, count in counts.items()],
                  words=(0,)))  # fmt: skip
    for example in toll.examples:
        print(f"  {example}")
    rows = []
    for life in server.lives:
        growth = life.growth()
        said = "too short to tell" if growth is None else f"{growth:.3f}"
        word = "flat" if life.is_flat() else "grows"
        rows.append((life.name, f"{max(life.samples) / 1e6:.1f}", said, word))
    print(columns(("memory of", "most MB", "end over middle", "verdict"), rows, words=(0, 3)))
    asked = toll.counts["questions"] > 0 and board.edits > 0 and server.kills > 0
    return asked and not toll.faults and all(life.is_flat() for life in server.lives)


def main() -> int:
    """Soak; give the exit status."""
    given = _arguments()
    end_in_order()
    print("\n".join(describe_machine()), flush=True)
    with tempfile.TemporaryDirectory(prefix="rdds-soak-") as name, ExitStack() as stack:
        try:
            program, names, cut = _program(Path(name), given, stack)
            soak = _Soak(Path(name), given, cut)
            server, board = soak.run(program, names)
        except (OSError, RuntimeError) as error:
            print(f"soak: {error}", file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return 130
        well = _report(server, board, soak.toll)
    print("all well" if well else "NOT WELL")
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
