"""Threads for searches of an SQLite store: few, each with a connection, within a time.

A look-up takes microseconds and stays on the event loop's thread; a search may take
milliseconds, and must not hold up what waits there.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from store.errors import Code, RegistryError, StoreUnavailableError

__all__ = ["SEARCH_SECONDS", "SearchThreads", "Searcher", "timed_out"]

T = TypeVar("T")

SEARCH_SECONDS = 2.0  # what one search may take, waiting for its turn included
THREADS = 2


class Searcher(Protocol):
    """A connection that searches, one after the other."""

    def run_until(self, reading: Generator[Any, Any, T], deadline: float) -> T:
        """Run *reading*; stop it where the monotonic clock passes *deadline*."""
        ...

    def shut(self) -> None:
        """Close the connection."""
        ...


def timed_out() -> RegistryError:
    """Give the refusal of a search that took too long."""
    return RegistryError(Code.TIMED_OUT, "The search took too long.")


class SearchThreads:
    """Runs searches on threads that begin with the first of them."""

    def __init__(self, connect: Callable[[], Searcher]) -> None:
        self._connect = connect
        self._idle: queue.SimpleQueue[Searcher] = queue.SimpleQueue()
        self._threads: ThreadPoolExecutor | None = None
        self._closing = threading.Event()

    async def run(self, reading: Generator[Any, Any, T]) -> T:
        """Run *reading* on a thread.

        Raises:
            RegistryError: ``TIMED_OUT``.
        """
        # A door may take its first step outside any task; a future needs one.
        await asyncio.sleep(0)
        deadline = time.monotonic() + SEARCH_SECONDS
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="search")
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._run, reading, deadline)

    def close(self) -> None:
        """Let searches under way end, and close the connections."""
        self._closing.set()
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None
        while not self._idle.empty():
            self._idle.get().shut()
        self._closing.clear()

    def _run(self, reading: Generator[Any, Any, T], deadline: float) -> T:
        if self._closing.is_set():
            raise StoreUnavailableError("The store is closed.")
        if time.monotonic() > deadline:
            raise timed_out()
        try:
            searcher = self._idle.get_nowait()
        except queue.Empty:
            searcher = self._connect()
        try:
            return searcher.run_until(reading, deadline)
        finally:
            self._idle.put(searcher)
