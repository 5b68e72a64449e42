"""Clients' addresses are taken out of the log of questions when their time is up.

What was asked stays: the lines of a day whose time is up are written again without the
addresses, to the day's file that never has any, and the file that had them is removed.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import re
import shutil
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import orjson

from rdds.operations.line_files import CLIENTS, MODE, day_file, utc_now

__all__ = ["forget_clients", "keep_forgetting"]

SECONDS = 600.0  # between two looks
LATE = timedelta(minutes=1)  # lines of the last second of a day may come in the next

_log = logging.getLogger("rdds.side")


async def keep_forgetting(
    name: Path,
    days: int,
    stop: asyncio.Event,
    *,
    every: float = SECONDS,
    clock: Callable[[], datetime] = utc_now,
) -> None:
    """Forget the addresses in the log called *name*, again and again, until *stop* is set."""
    while not stop.is_set():
        try:
            forgotten = await asyncio.to_thread(forget_clients, name, days, clock())
        except OSError as error:
            _log.error("addresses in the log of questions stay: %s", type(error).__name__)
        else:
            for each in forgotten:
                _log.info("addresses of clients forgotten: %s", each)
        with suppress(TimeoutError):
            async with asyncio.timeout(every):
                await stop.wait()


def forget_clients(name: Path, days: int, now: datetime) -> list[str]:
    """Take the addresses out of the files of *name* that had them for *days*; list the days.

    An address is kept for *days* at most and, as a file holds a whole day, for one day less
    at least. With none, only the files of days that are over are there to be mended.

    Raises:
        OSError: a file can't be read or written; it stays as it is.
    """
    last = (now - LATE).date() - timedelta(days=max(days, 1))
    forgotten = []
    pattern = re.compile(rf"{re.escape(name.name)}\.(\d{{4}}-\d\d-\d\d){re.escape(CLIENTS)}")
    for path in sorted(name.parent.iterdir()):
        match = pattern.fullmatch(path.name)
        if match and match[1] <= last.isoformat() and _forget(name, match[1]):
            forgotten.append(match[1])
    return forgotten


def _forget(name: Path, day: str) -> bool:
    """Mend one day's file; tell whether another process isn't at it already."""
    named, nameless = (day_file(name, day, clients=each) for each in (True, False))
    with named.open("rb") as lines:
        try:
            fcntl.flock(lines, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if not named.exists():
            return False
        mended = nameless.with_name(f"{nameless.name}.new")
        with os.fdopen(os.open(mended, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, MODE), "wb") as file:
            if nameless.exists():  # the setting was another one for a part of the day
                with nameless.open("rb") as before:
                    shutil.copyfileobj(before, file)
            file.writelines(map(_without_client, lines))
            file.flush()
            os.fsync(file.fileno())
        mended.replace(nameless)
        named.unlink()
    return True


def _without_client(line: bytes) -> bytes:
    try:
        said = orjson.loads(line)
        said.pop("client", None)
    except (orjson.JSONDecodeError, AttributeError):
        return b""  # torn by a full disk
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)
