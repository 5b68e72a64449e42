"""Starting servers on one core, and reading what they have cost so far from /proc."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "Run",
    "background",
    "cores",
    "cpu_seconds",
    "family",
    "on_core",
    "peak_memory",
    "run_measured",
]

_TICKS = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int] | None:
    """Give the server's core and the generator's, or ``None`` on a machine with one core."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else None


def on_core(core: int | None, command: Sequence[str]) -> list[str]:
    """Give *command* held to *core*."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]


@contextmanager
def background(
    command: Sequence[str], *, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """Run *command* beside the bench, its standard output a pipe, and end it with TERM."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **(variables or {})},
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(timeout=30)
                except subprocess.TimeoutExpired:
                    process.kill()


def family(pid: int) -> Iterator[int]:
    """Give *pid* and all its living descendants."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return
    for child in children.split():
        yield from family(int(child))


def cpu_seconds(pid: int) -> float:
    """Give user and system time of *pid* and its living descendants so far."""
    ticks = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])  # utime and stime, proc(5)
    return ticks / _TICKS


def peak_memory(pid: int) -> int:
    """Give the largest resident size in bytes that any one process of *pid*'s family had."""
    return max(_peak(member) for member in family(pid))


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a command took: wall and CPU time in seconds, peak memory in bytes."""

    wall: float
    cpu: float
    memory: int


def run_measured(
    command: Sequence[str], *, log: Path, variables: Mapping[str, str] | None = None
) -> Run:
    """Run *command* to its end.

    Raises:
        RuntimeError: it failed; *log* says how.
    """
    import time

    before = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, **(variables or {})},
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - before
    if process.returncode:
        said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
        raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}: {said}")
    return Run(wall=wall, cpu=usage.ru_utime + usage.ru_stime, memory=usage.ru_maxrss * 1024)
