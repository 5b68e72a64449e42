"""The soak: a short one ends well, and what it looks for it finds."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.bench.conftest import BENCH, FakeDoor


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_short_soak_loses_nothing_and_shows_nothing_stale(
    engine: str, request: pytest.FixtureRequest
) -> None:
    """Edits, killed workers and a restart: 0 wrong, 0 stale, 0 lost, memory flat."""
    words = [sys.executable, str(BENCH / "soak.py"), "--seconds", "12", "--names", "300"]
    words += ["--kill-every", "2", "--restarts", "1"]
    if engine == "postgresql":
        words += ["--postgresql", request.getfixturevalue("postgresql_url")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("all well\n")


def _asker(
    bench: Callable[[str], ModuleType], folder: Path, port: int, answers: dict[str, str]
) -> tuple[Any, Any]:
    """Give an asker of both doors at *port*, where an edit to 5 was acknowledged; and its board."""
    asker, plans, slots = (
        bench("asker"),
        bench("plans"),
        (bench("slots").Slot(contact="C1", name="one.example"),),
    )
    board = bench("board").Board.make(folder / "board", 1)
    board.acknowledge(0, 5)
    plan = plans.Plan(whois=port, rdap=port, slots=slots, answers=answers)
    return asker._Asker(plan, board, random.Random(1)), board


RIGHT = {"a.example": "right", "/domain/a.example": "right"}


@pytest.mark.parametrize(
    ("edited", "other", "faults"),
    [
        (b"Town 5", b"right", set()),
        (b"Town 5", b"other", {"wrong"}),
        (b"Town 4", b"right", {"stale"}),
        (b"Town 5 Town 6", b"right", {"mixed"}),
        (b"", b"right", {"lost"}),
    ],
)
def test_soak_sees_every_fault(
    edited: bytes,
    other: bytes,
    faults: set[str],
    bench: Callable[[str], ModuleType],
    tmp_path: Path,
    fake_door: FakeDoor,
) -> None:
    """A wrong, stale, mixed or missing answer is counted, whichever door gave it."""
    with fake_door(lambda question: edited if "one" in question else other) as port:
        asker, _ = _asker(bench, tmp_path, port, RIGHT)
        for _ in range(40):
            asker._drop()  # the fake door answers once a connection
            asker.ask_one(threading.Event())
    names = ("wrong", "stale", "mixed", "lost")
    assert {name for name in names if asker.toll.counts[name]} == faults


def test_question_that_fails_beside_a_kill_is_asked_again(
    bench: Callable[[str], ModuleType], tmp_path: Path, fake_door: FakeDoor
) -> None:
    """What was in a killed worker's hands is no loss once it is answered."""
    failures = iter([b"", b""])
    with fake_door(lambda question: next(failures, b"right Town 5")) as port:
        asker, board = _asker(bench, tmp_path, port, {})
        asker._draw = lambda: bench("plans").Question(text="one.example", slot=0)
        board.begun = 1
        asker.ask_one(threading.Event())
    assert asker.toll.counts == {"asked again": 2, "questions": 1}


def test_memory_that_grows_is_not_flat(bench: Callable[[str], ModuleType]) -> None:
    """A tenth and some megabytes more than half-way is a leak; warming up is not."""
    life = bench("tolls").Life
    leak = life(name="worker", samples=[60_000_000 + 500_000 * at for at in range(100)])
    warm = life(
        name="worker", samples=[*range(20_000_000, 60_000_000, 2_000_000), *[60_000_000] * 80]
    )
    assert not leak.is_flat()
    assert warm.is_flat()
