"""Work in child processes, as workers do it."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["living", "run_in_child"]


def run_in_child(work: Callable[[], object]) -> None:
    """Run *work* in a process of its own, to its good end."""
    pid = os.fork()
    if pid == 0:
        _end_after(work)
    assert os.waitpid(pid, 0)[1] == 0


@contextmanager
def living(work: Callable[[], object]) -> Iterator[int]:
    """Give the process id of a child that has done *work* and lives on, and kill it at the end."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:

        def wait() -> None:
            work()
            os.write(write, b"r")
            signal.pause()

        _end_after(wait)
    os.close(write)
    try:
        assert os.read(read, 1) == b"r"
        yield pid
    finally:
        os.close(read)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _end_after(work: Callable[[], object]) -> None:
    status = 1
    try:
        work()
        status = 0
    finally:
        os._exit(status)
