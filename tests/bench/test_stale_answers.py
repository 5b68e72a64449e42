"""What looks for stale answers finds them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from tests.bench.conftest import BENCH, FakeDoor

CHECKS = 20


def _checked(
    bench: Callable[[str], ModuleType], folder: Path, fake_door: FakeDoor, answer: bytes
) -> dict[str, int]:
    """Run the checker against doors that give *answer*, where an edit to 5 was acknowledged."""
    slots, board = folder / "slots", folder / "board"
    slot = bench("slots").Slot(contact="C1", name="one.example")
    bench("slots").save_slots(slots, [slot])
    bench("board").Board.make(board, 1).acknowledge(0, 5)
    with fake_door(lambda question: answer) as port:
        words = [sys.executable, str(BENCH / "checker.py"), str(slots), str(board)]
        words += [str(port), str(port), str(CHECKS), "1"]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
    seen: dict[str, int] = json.loads(done.stdout)
    return seen


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"Registrant City: Town 4\r\n", "stale"),
        (b"Registrant City: Town 5\r\nTech City: Town 4\r\n", "stale"),
        (b"Registrant City: Town 5\r\nTech City: Town 6\r\n", "mixed"),
        (b"No match.\r\n", "wrong"),
    ],
)
def test_answer_at_fault_is_counted_each_time(
    answer: bytes,
    fault: str,
    bench: Callable[[str], ModuleType],
    tmp_path: Path,
    fake_door: FakeDoor,
) -> None:
    """An older value is stale, two values are a mixture, none is a wrong answer."""
    seen = _checked(bench, tmp_path, fake_door, answer)
    assert {name: seen[name] for name in ("stale", "mixed", "wrong")} == {
        "stale": 0,
        "mixed": 0,
        "wrong": 0,
        fault: CHECKS,
    }
    assert "one.example" in str(seen["example"])


@pytest.mark.parametrize("value", [5, 6])
def test_answer_as_new_as_the_edit_or_newer_is_no_fault(
    value: int, bench: Callable[[str], ModuleType], tmp_path: Path, fake_door: FakeDoor
) -> None:
    """An edit that was committed and not yet acknowledged may show."""
    answer = f"Registrant City: Town {value}\r\nTech City: Town {value}\r\n".encode()
    seen = _checked(bench, tmp_path, fake_door, answer)
    assert [seen[name] for name in ("checks", "stale", "mixed", "wrong")] == [CHECKS, 0, 0, 0]
