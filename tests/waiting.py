"""Waiting for another process to get there, with an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

__all__ = ["wait_until"]

SECONDS = 30.0
_PAUSE = threading.Event()


def wait_until(claim: Callable[[], bool]) -> None:
    """Ask again and again until *claim* holds; fail if it never does."""
    deadline = time.monotonic() + SECONDS
    while not claim():
        assert time.monotonic() < deadline, "it never came true"
        _PAUSE.wait(0.02)
