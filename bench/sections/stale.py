"""Answers older than the last acknowledged edit, asked for by other processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

from board import Board
from editor import editing
from goals import Goal, Line, Skip
from ground import Ground
from ours import Rdds
from processes import background
from slots import choose_slots, save_slots

__all__ = ["GOALS", "measure"]

GOALS = (
    Goal(what="answers older than the last acknowledged edit, SQLite", sense="≤", bound=0),
    Goal(what="answers older than the last acknowledged edit, PostgreSQL", sense="≤", bound=0),
    Goal(what="answers older than the last acknowledged edit, a standby", sense="≤", bound=0),
)
SLOTS = 64  # few enough that each is edited, cached and asked for all the time
CHECKERS = 2
RATE = 100  # edits a second
STANDBY_NAMES = 2000


def measure(ground: Ground) -> Iterator[Line]:
    """Check on both engines and through a standby, with two workers or more."""
    yield _check(ground, GOALS[0], ground.program(profile="irs"), ground.hot_names())
    try:
        program = ground.on_postgresql(ground.postgresql, profile="irs")
    except Skip as why:
        yield Line(goal=GOALS[1], seen=None, how=str(why))
    else:
        yield _check(ground, GOALS[1], program, ground.hot_names())
    try:
        with ground.on_standby(STANDBY_NAMES, profile="irs") as (program, names):
            yield _check(ground, GOALS[2], program, names)
    except Skip as why:
        yield Line(goal=GOALS[2], seen=None, how=str(why))


def _check(ground: Ground, goal: Goal, program: Rdds, names: Sequence[str]) -> Line:
    """Edit in one process, look in others, over both doors; nobody is held to a core."""
    slots = choose_slots(program.url, names, SLOTS)
    saved, file = ground.folder / "stale-slots", ground.folder / "stale-board"
    save_slots(saved, slots)
    board = Board.make(file, len(slots))
    program = Rdds(folder=program.folder, core=None, settings=program.settings)
    workers = max(2, len(ground.cores) - 2)
    with (
        program.serve(workers=workers) as serving,
        editing(program.url, ground.folder, file, saved) as _,
        ExitStack() as stack,
    ):
        board.rate = RATE
        checkers: list[subprocess.Popen[str]] = []
        for number in range(CHECKERS):
            words = [sys.executable, str(ground.here / "checker.py"), str(saved), str(file)]
            words += [str(serving.whois), str(serving.rdap)]
            words += [str(ground.options.checks // CHECKERS), str(number)]
            log = ground.folder / f"checker-{number}.log"
            checkers.append(stack.enter_context(background(words, log=log)))
        said = [_last_word(checker) for checker in checkers]
    checks, stale, other = (
        sum(each[key] for each in said for key in keys)
        for keys in (("checks",), ("stale",), ("mixed", "wrong"))
    )
    for each in said:
        if each["example"]:
            print(f"  {each['example']}")
    how = f"{checks:,} checks, {board.edits:,} edits, {workers} workers"
    return Line(goal=goal, seen=stale + other, how=how + (f"; {other} wrong" if other else ""))


def _last_word(checker: subprocess.Popen[str]) -> dict[str, int]:
    line = checker.stdout.readline() if checker.stdout else ""
    if not line:
        raise RuntimeError(f"a checker ended without a word (exit {checker.wait()})")
    said: dict[str, int] = json.loads(line)
    return said
