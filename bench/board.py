"""Shared memory of the bench's processes: who was edited to what, and what goes on.

A file of 64-bit numbers that each maps. A number has one writer, and is written whole.
"""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Self

__all__ = ["Board"]

_FIRST = 16  # where the slots begin; before it stands what goes on
_RATE, _EDITS, _FAILED, _LATEST, _BEGUN, _ENDED = range(6)


class _Number:
    """One of the numbers, as an attribute."""

    def __init__(self, at: int) -> None:
        self._at = at

    def __get__(self, board: Board, _: type) -> int:
        return board.numbers[self._at]

    def __set__(self, board: Board, value: int) -> None:
        board.numbers[self._at] = value


class Board:
    """The board in *file*, which :meth:`make` made.

    ``rate`` is how many edits a second are wanted, ``edits`` how many succeeded, ``failed``
    how many did not, ``latest`` the slot edited last. ``begun`` and ``ended`` count the times
    that somebody began and ended to disturb the server: a kill, a restart.
    """

    rate = _Number(_RATE)
    edits = _Number(_EDITS)
    failed = _Number(_FAILED)
    latest = _Number(_LATEST)
    begun = _Number(_BEGUN)
    ended = _Number(_ENDED)

    def __init__(self, file: Path) -> None:
        with file.open("r+b") as opened:
            self.numbers = memoryview(mmap.mmap(opened.fileno(), 0)).cast("q")

    @classmethod
    def make(cls, file: Path, slots: int) -> Self:
        """Make a board with *slots* slots, all zero."""
        file.write_bytes(bytes(8 * (_FIRST + slots)))
        return cls(file)

    def acknowledged(self, slot: int) -> int:
        """Give the newest value of *slot* whose edit has succeeded."""
        return self.numbers[_FIRST + slot]

    def acknowledge(self, slot: int, value: int) -> None:
        """Say that the edit of *slot* to *value* has succeeded."""
        self.numbers[_FIRST + slot] = value
        self.latest = slot
        self.edits += 1
