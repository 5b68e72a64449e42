"""The life of a child of `rdds serve`: its loop, its name, its start and its end."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from rdds.logs import log_loop_fault

__all__ = ["DRAIN_SECONDS", "Door", "end_of_life", "name_process", "run_child", "tell_ready"]

DRAIN_SECONDS = 20.0


class Door(Protocol):
    """What every server can do at its end."""

    def close(self) -> None:
        """Stop accepting."""
        ...

    async def drain(self, timeout: float) -> None:  # noqa: ASYNC109 - one budget for all
        """Finish what is in hand, for *timeout* seconds at most."""
        ...


def run_child(main: Coroutine[Any, Any, None]) -> None:
    """Run *main* on an event loop of its own, to its end."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(main)


def _loop_factory() -> Any:
    try:
        import uvloop
    except ImportError:  # a platform without it
        return None
    return uvloop.new_event_loop


def name_process(name: str) -> None:
    """Let `top` and the like tell the children apart; *name* has fifteen bytes at most."""
    with suppress(OSError):  # Linux alone has this
        Path("/proc/self/comm").write_text(name, encoding="ascii")


def end_of_life(life: int) -> asyncio.Event:
    """Give what is set at TERM, at INT, and when the parent ends, which *life* tells."""
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    loop.set_exception_handler(log_loop_fault)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    def orphaned() -> None:
        loop.remove_reader(life)  # it stays readable
        stop.set()

    loop.add_reader(life, orphaned)
    return stop


def tell_ready(ready: int) -> None:
    """Say on *ready* that everything listens."""
    with suppress(BrokenPipeError):  # nobody waits for the successor of a dead child
        os.write(ready, b"r")
    os.close(ready)
