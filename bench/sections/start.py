"""From the command to the first right answer."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from goals import Goal, Line
from ground import Ground
from ours import Rdds

__all__ = ["GOALS", "measure"]

GOALS = (Goal(what="start to first right answer at both doors", sense="≤", bound=1, unit="s"),)
STARTS = 3


def _forget(program: Rdds) -> None:
    """Let the system forget the store's pages; what it hasn't written yet it keeps."""
    with program.store.open("rb") as store:
        os.fsync(store.fileno())
        os.posix_fadvise(store.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def measure(ground: Ground) -> Iterator[Line]:
    """Start some times with nothing of the store in memory, and take the slowest."""
    program, taken = ground.program(), []
    for name in ground.hot_names()[:STARTS]:
        _forget(program)
        begun = time.perf_counter()
        with program.serve() as serving:
            right = serving.whois_answer(name).startswith(f"Domain Name: {name.upper()}".encode())
            right = right and f'"ldhName":"{name}"'.encode() in serving.rdap_answer(name)
            taken.append(time.perf_counter() - begun)
        if not right:
            raise RuntimeError(f"the first answer for {name} was not right")
    said = ", ".join(f"{each:.2f}" for each in taken)
    yield Line(goal=GOALS[0], seen=max(taken), how=f"{ground.options.names:,} names: {said} s")
