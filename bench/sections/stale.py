"""Answers older than the last acknowledged edit, asked for by other processes."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace

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
    for goal, check in ((GOALS[1], _on_postgresql), (GOALS[2], _on_standby)):
        try:
            line = check(ground, goal)
        except Skip as why:
            line = Line(goal=goal, seen=None, how=str(why))
        yield line


def _on_postgresql(ground: Ground, goal: Goal) -> Line:
    program = ground.on_postgresql(ground.postgresql, profile="irs")
    return _check(ground, goal, program, ground.hot_names())


def _on_standby(ground: Ground, goal: Goal) -> Line:
    """Check where the workers read a standby.

    Raises:
        RuntimeError: they didn't read there.
    """
    with ground.on_standby(STANDBY_NAMES, profile="irs") as (program, standby):
        names, before = standby.names(), standby.rows_read()
        line = _check(ground, goal, program, names)
        rows = standby.rows_read() - before
    # An answer that an edit has put out of the cache takes several rows.
    if rows < ground.options.checks:
        raise RuntimeError(f"{ground.options.checks} checks read but {rows} rows at the standby")
    return replace(line, how=f"{line.how}, {rows:,} rows read there")


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
