"""Edit contacts through the write door, as many a second as the board asks for.

    editor.py URL SLOTS BOARD

First every slot is edited once and `ready` is printed. At the end of standard input one JSON
object says how long edits took.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles
from typing import Any

from board import Board
from processes import await_end, background, on_core
from slots import Slot, load_slots, town

__all__ = ["Editing", "editing"]


class Editing:
    """A running editor; ``said`` holds its last word once it has ended."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.said: dict[str, Any] = {}


@contextmanager
def editing(
    url: str, folder: Path, board: Path, slots: Path, *, core: int | str | None = None
) -> Iterator[Editing]:
    """Run an editor of the store at *url* on *core*; every slot is edited once by then.

    Raises:
        RuntimeError: it could not edit; the message says what it said.
    """
    command = on_core(core, [sys.executable, __file__, url, str(slots), str(board)])
    log = folder / "editor.log"
    with background(command, log=log, stdin=subprocess.PIPE) as process:
        if process.stdout is None or process.stdin is None:
            raise RuntimeError("the editor has no pipes")
        if process.stdout.readline() != "ready\n":
            said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
            raise RuntimeError(f"the editor did not start: {said}")
        running = Editing(Board(board))
        try:
            yield running
        finally:
            process.stdin.close()
            running.said = json.loads(process.stdout.readline() or "{}")


class _Editor:
    def __init__(self, url: str, slots: tuple[Slot, ...], board: Board) -> None:
        from store.changes import Actor
        from store.instants import now
        from store.policy import RegistryPolicy
        from store.sql.database import Database
        from store.write_door import WriteDoor

        self.database = Database.open(url)
        self._door = WriteDoor(self.database, RegistryPolicy(), clock=now)
        self._actor = Actor(name="bench", door="bench")
        self._slots, self._board = slots, board
        self._value = time.time_ns() // 1000  # above all that an earlier run wrote
        self.taken: list[float] = []

    def edit(self, slot: int) -> None:
        """Edit one contact; count it as failed where the store is held or away."""
        from store.changes import CardEdit, UpdateContact
        from store.errors import StoreUnavailableError

        self._value += 1
        card = CardEdit(city=town(self._value))
        begun = time.monotonic()
        try:
            self._door.apply(
                UpdateContact(handle=self._slots[slot].contact, card=card), self._actor
            )
        except StoreUnavailableError:
            self._board.failed += 1
            return
        self._board.acknowledge(slot, self._value)
        self.taken.append(time.monotonic() - begun)
        del self.taken[:-10_000]

    def run(self, told: threading.Event) -> None:
        """Edit as the board asks until *told*; what is late is caught up, a second's at most."""
        chance, due = random.Random(7), time.monotonic()
        while not told.is_set():
            rate = self._board.rate
            if rate <= 0:
                told.wait(0.01)
                due = time.monotonic()
                continue
            pause = due - time.monotonic()
            if pause > 0 and told.wait(pause):
                return
            self.edit(chance.randrange(len(self._slots)))
            due = max(due + 1 / rate, time.monotonic() - 1)


def main(url: str, slots: str, board: str) -> None:
    """Edit until standard input ends."""
    chosen = load_slots(Path(slots))
    editor = _Editor(url, chosen, Board(Path(board)))
    told = threading.Event()
    threading.Thread(target=await_end, args=(told,), daemon=True).start()
    with editor.database.held_open():
        for slot in range(len(chosen)):
            editor.edit(slot)
        print("ready", flush=True)
        editor.taken.clear()
        editor.run(told)
    cuts = quantiles(editor.taken, n=100) if len(editor.taken) > 1 else [0.0] * 99
    print(json.dumps({"p50_ms": cuts[49] * 1000, "p99_ms": cuts[98] * 1000}))
    editor.database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
