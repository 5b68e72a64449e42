"""Whether anybody committed to an SQLite store, read where the commits themselves say it.

In WAL mode the connections of all processes share a file, `-shm`, that begins with two copies
of a header. A commit is visible to others once it has changed both, its counter and checksum
among it, and a reader that finds the header as it was has the newest snapshot. That is what
`PRAGMA data_version` compares as well, after it has taken a lock and given it back: under load
20 µs and two system calls, where a look at the bytes takes 0.2.

The layout is SQLite's own (https://sqlite.org/walformat.html, section 2): a header whose
version isn't the one that is known here says nothing, and the caller asks SQLite.
"""

from __future__ import annotations

import mmap
import sys

__all__ = ["WalHeader"]

_COPY = 48  # octets of one copy of the header
_KNOWN = (3_007_000).to_bytes(4, sys.byteorder)  # its version, by which it begins


class WalHeader:
    """The header for the store at *path*, for as long as a connection of the caller is open.

    Where there is none to be read, as for a store that isn't in WAL mode, it says nothing.
    """

    __slots__ = ("_memory",)

    def __init__(self, path: str) -> None:
        self._memory: mmap.mmap | None = None
        try:
            with open(f"{path}-shm", "rb") as file:  # noqa: PTH123 - the caller has no Path
                self._memory = mmap.mmap(file.fileno(), mmap.PAGESIZE, prot=mmap.PROT_READ)
        except (OSError, ValueError):  # a file that isn't there, mayn't be read, or is too short
            return

    def read(self) -> bytes | None:
        """Give the header's bytes; ``None`` where it says nothing.

        While they are the same, nothing was committed.
        """
        if self._memory is None:
            return None
        read = self._memory[: 2 * _COPY]
        # Copies that differ are those of a commit under way.
        return read if read.startswith(_KNOWN) and read[:_COPY] == read[_COPY:] else None

    def close(self) -> None:
        """Let go of the memory; before the connection is closed."""
        if self._memory is not None:
            self._memory.close()
        self._memory = None
