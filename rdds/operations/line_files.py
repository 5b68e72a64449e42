"""Where lines go: standard error, or a file for each day in which every worker writes.

Nothing has to be told of a file that was renamed or removed: the next lines begin a new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

__all__ = ["CLIENTS", "DayFiles", "Lines", "StandardError", "day_file", "utc_now"]

CLIENTS = ".clients"  # ends the name of a file with clients' addresses
MODE = 0o640
_STANDARD_ERROR = 2


class Lines(Protocol):
    """Takes whole lines, on a thread of its own."""

    def write(self, lines: Sequence[bytes], /) -> None:
        """Write *lines*, each with its end.

        Raises:
            OSError: they can't be written, or not all of them.
        """
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class StandardError:
    """Lines between those of the server's own log; none is torn in a pipe (``PIPE_BUF``)."""

    def write(self, lines: Sequence[bytes], /) -> None:
        """Write them one by one."""
        for line in lines:
            os.write(_STANDARD_ERROR, line)

    def close(self) -> None:
        """Do nothing."""


def utc_now() -> datetime:
    """Give this instant."""
    return datetime.now(UTC)


def day_file(name: Path, day: str, *, clients: bool) -> Path:
    """Give the file of *day*, ``YYYY-MM-DD``, of the log called *name*.

    >>> str(day_file(Path("questions"), "2026-11-22", clients=True))
    'questions.2026-11-22.clients'
    """
    return name.with_name(f"{name.name}.{day}{CLIENTS if clients else ''}")


class DayFiles:
    """A file for each day in UTC; with *clients* it has a name of its own, to be forgotten by."""

    def __init__(
        self, name: Path, *, clients: bool, clock: Callable[[], datetime] = utc_now
    ) -> None:
        self._name = name
        self._clients = clients
        self._clock = clock
        self._path: Path | None = None
        self._file: int | None = None
        self._torn = False  # a disk took half of a line

    def write(self, lines: Sequence[bytes], /) -> None:
        """Append them at once, to the file of today."""
        file = self._current()
        rest = b"".join(lines) if not self._torn else b"\n" + b"".join(lines)
        self._torn = True
        while rest:
            rest = rest[os.write(file, rest) :]
        self._torn = False

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _current(self) -> int:
        path = day_file(self._name, self._clock().date().isoformat(), clients=self._clients)
        if self._file is None or path != self._path or not _is_at(path, self._file):
            self.close()
            flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self._file = os.open(path, flags, MODE)
            self._path = path
        return self._file


def _is_at(path: Path, file: int) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(file))  # noqa: PTH116 - as its counterpart
    except OSError:
        return False
