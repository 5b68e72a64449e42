"""TERM in the middle of a command: it ends as with INT, and leaves nothing half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["unwound"]


@contextmanager
def unwound() -> Iterator[None]:
    """Let TERM raise ``KeyboardInterrupt``, so that what is half done is cleared away.

    Where somebody chose already what TERM does, or in a thread, which can't choose, it
    stays as it is.
    """
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL
    ):
        yield
        return
    signal.signal(signal.SIGTERM, _stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _stop(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once: clearing away must not be cut short
    raise KeyboardInterrupt
