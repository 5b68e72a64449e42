"""Disturbing a server: killing its workers, cutting off its store, starting it anew."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

from board import Board
from ours import Rdds, Serving
from processes import family, named, proportional_memory
from tolls import Life

__all__ = ["Disturbed"]

SUCCESSOR_SECONDS = 60.0
CUT_SECONDS = 1.0  # in which a server that lost its store finds it again


class Disturbed:
    """A server that is killed in part, and started anew on the same ports.

    The oldest worker of each life of the server is spared: its memory is watched, and the
    parent's. *cut* ends all connections to the store, where it has such.
    """

    def __init__(
        self,
        program: Rdds,
        board: Board,
        *,
        workers: int,
        variables: Mapping[str, str],
        cut: Callable[[], None] | None = None,
    ) -> None:
        self._cut = cut
        self._program, self._board = program, board
        self._workers, self._variables = workers, variables
        self._chance = random.Random(5)
        self._lives: dict[int, Life] = {}
        self.lives: list[Life] = []
        self.kills = self.cuts = self.restarts = 0
        self.serving: Serving | None = None

    @contextmanager
    def life(self, ports: tuple[int, int] = (0, 0)) -> Iterator[Serving]:
        """Serve on *ports*, and tell the board when the server is there and when it goes."""
        with self._program.serve(
            workers=self._workers, whois=ports[0], rdap=ports[1], variables=self._variables
        ) as serving:
            self.serving, self._lives = serving, {}
            self._spared = serving.workers()[0]
            self._board.ended = self._board.begun
            yield serving
            self._board.begun += 1
            self.lives += self._lives.values()
        self.restarts += 1

    def disturb(self) -> None:
        """Kill a worker or, every third time, cut off the store where that can be.

        Raises:
            RuntimeError: a killed worker has no successor.
        """
        if self._cut is None or (self.kills + self.cuts) % 3 != 1:
            self._kill_one()
            return
        self._board.begun += 1
        self._cut()
        self.cuts += 1
        time.sleep(CUT_SECONDS)
        self._board.ended = self._board.begun

    def _kill_one(self) -> None:
        """Kill a worker, not the spared one, and wait for its successor."""
        if self.serving is None:
            return
        before = self.serving.workers()
        victims = [pid for pid in before if pid != self._spared]
        if not victims:
            return
        self._board.begun += 1
        with suppress(ProcessLookupError):
            os.kill(self._chance.choice(victims), signal.SIGKILL)
        self.kills += 1
        end = time.monotonic() + SUCCESSOR_SECONDS
        while not (set(self.serving.workers()) - set(before)):
            if time.monotonic() > end:
                raise RuntimeError("a killed worker has no successor")
            time.sleep(0.02)
        self._board.ended = self._board.begun

    def sample(self) -> None:
        """Note what the parent, the spared worker and what works beside the doors take now."""
        if self.serving is None:
            return
        watched = {self.serving.pid: "parent", self._spared: "worker"}
        watched |= dict.fromkeys(named(self.serving.pid, "rdds side"), "side")
        living = set(family(self.serving.pid))
        if self._spared not in living:
            raise RuntimeError("a worker that nobody killed has ended")
        for pid, name in watched.items():
            taken = proportional_memory(pid)
            if taken:
                self._lives.setdefault(pid, Life(name=name)).samples.append(taken)
