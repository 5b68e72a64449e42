"""The log of questions: one JSON object a line, put together at once and written in bulk.

A line waits in memory for a thread that writes many of them together, so no answer waits
for a disk. Where the disk is too slow for what is asked, lines are lost, and counted.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import orjson

from rdds.operations.line_files import Lines
from store.names import Address
from store.watch import Door, Kind, Outcome

__all__ = ["LineLog"]

SECONDS = 0.2  # between two writes
CLOSE_SECONDS = 2.0  # for what waits at the end: a pipe that nobody reads would take for ever
MOST_WAITING = 20_000  # lines, some 4 MB
LONGEST = 255  # characters of a question: any name is shorter

_DOORS, _KINDS, _OUTCOMES = (
    tuple(each.name.lower() for each in kind) for kind in (Door, Kind, Outcome)
)
_MILLIS = tuple(f".{number:03d}Z" for number in range(1000))

_log = logging.getLogger("rdds.questions")


class LineLog:
    """Writes questions to *lines*, on the running loop (``store.watch.QueryLog``).

    Of *one_in* questions one is written. ``written`` and ``lost`` count lines. Addresses of
    clients are written only where *clients* says so.
    """

    def __init__(self, lines: Lines, *, one_in: int = 1, clients: bool = False) -> None:
        self._lines = lines
        self._share = 1 / one_in
        self._clients = clients
        self._loop = asyncio.get_running_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="questions")
        self._waiting: list[bytes] = []
        self._writing: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._second, self._at = 0, ""  # the last one, and how it is spelled
        self._failed = False
        self.written = self.lost = 0

    def __call__(
        self,
        door: Door,
        kind: Kind,
        outcome: Outcome,
        *,
        client: Address | str | None,
        question: str | None,
        seconds: float,
    ) -> None:
        """Write one line, soon; *question* is ``None`` for what may hold contact data."""
        # Some 2 µs where all are written, 0.2 µs for one that is not.
        if self._share < 1 and random.random() >= self._share:  # noqa: S311 - a sample
            return
        if len(self._waiting) >= MOST_WAITING:
            self.lost += 1
            return
        line: dict[str, object] = {
            "at": self._now(),
            "door": _DOORS[door],
            "kind": _KINDS[kind],
            "outcome": _OUTCOMES[outcome],
            "seconds": round(seconds, 6),
        }
        if question is not None:
            line["question"] = question[:LONGEST]
            if not question.isascii():  # halves of characters are nothing for JSON
                line["question"] = question[:LONGEST].encode(errors="replace").decode()
        if self._clients and client is not None:
            line["client"] = str(client)
        self._waiting.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
        if self._timer is None and self._writing is None:
            self._timer = self._loop.call_later(SECONDS, self._write)

    async def close(self) -> None:
        """Write what waits."""
        for _ in range(2):  # what is being written, then what came meanwhile
            if self._timer is not None:
                self._write()
            if self._writing is not None:
                await asyncio.wait((self._writing,), timeout=CLOSE_SECONDS)
        self._thread.shutdown(wait=False)
        self._lines.close()

    def _now(self) -> str:
        """Spell this instant (RFC 3339 in UTC, milliseconds)."""
        now = time.time()
        if int(now) != self._second:
            self._second = int(now)
            self._at = datetime.fromtimestamp(self._second, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        return self._at + _MILLIS[int(now % 1 * 1000)]

    def _write(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        lines, self._waiting = self._waiting, []
        self._writing = self._loop.run_in_executor(self._thread, self._lines.write, lines)
        self._writing.add_done_callback(lambda written: self._count(written, len(lines)))

    def _count(self, written: asyncio.Future[None], lines: int) -> None:
        self._writing = None
        error = None if written.cancelled() else written.exception()
        if error is None:
            self.written += lines
        else:
            self.lost += lines
            if not self._failed:
                _log.error("questions can't be written down: %s", type(error).__name__)
        self._failed = error is not None
        if self._waiting:
            self._timer = self._loop.call_later(SECONDS, self._write)
