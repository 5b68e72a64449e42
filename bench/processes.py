"""Starting servers on one core, and reading what they have cost so far from /proc."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "Run",
    "await_end",
    "background",
    "cores",
    "cpu_seconds",
    "end_in_order",
    "family",
    "named",
    "on_core",
    "peak_memory",
    "proportional_memory",
    "run_measured",
]

_TICKS = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int] | None:
    """Give the server's core and the generator's, or ``None`` on a machine with one core."""
    usable = sorted(os.sched_getaffinity(0))
    return (usable[0], usable[1]) if len(usable) > 1 else None


def on_core(core: int | str | None, command: Sequence[str]) -> list[str]:
    """Give *command* held to *core*, which may be a list as taskset has it: ``0,1``."""
    return list(command) if core is None else ["taskset", "-c", str(core), *command]


def environment(variables: Mapping[str, str] | None) -> dict[str, str]:
    """Give this process's environment with *variables*, and no settings but theirs."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("RDDS_")}
    return {**own, **(variables or {})}


@contextmanager
def background(
    command: Sequence[str],
    *,
    log: Path,
    variables: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
) -> Iterator[subprocess.Popen[str]]:
    """Run *command* beside the bench, its standard output a pipe, and end it with TERM."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment(variables),
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()
                try:
                    process.wait(timeout=40)
                except subprocess.TimeoutExpired:
                    process.kill()


def await_end(told: threading.Event) -> None:
    """Set *told* when standard input ends: whoever started this process wants it to end."""
    sys.stdin.read()
    told.set()


def end_in_order() -> None:
    """Have INT and TERM unwind what runs, however this was started: servers, databases, files."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def family(pid: int) -> Iterator[int]:
    """Give *pid* and all its living descendants."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return
    for child in children.split():
        yield from family(int(child))


def named(pid: int, name: str) -> list[int]:
    """Give the living descendants of *pid* that are called *name*, oldest first."""
    found = []
    for member in family(pid):
        with suppress(OSError):  # it has just ended
            if Path(f"/proc/{member}/comm").read_text(encoding="utf-8").strip() == name:
                found.append(member)
    return sorted(found)


def cpu_seconds(pid: int) -> float:
    """Give user and system time of *pid* and its living descendants so far."""
    ticks = 0
    for member in family(pid):
        with suppress(OSError):  # it has just ended
            stat = Path(f"/proc/{member}/stat").read_text(encoding="utf-8")
            fields = stat.rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])  # utime and stime, proc(5)
    return ticks / _TICKS


def peak_memory(pid: int) -> int:
    """Give the largest resident size in bytes that any one process of *pid*'s family had."""
    return max(_kilobytes(f"/proc/{member}/status", "VmHWM:") for member in family(pid))


def proportional_memory(pid: int) -> int:
    """Give the bytes that *pid* takes; what it shares with others is shared out (PSS)."""
    return _kilobytes(f"/proc/{pid}/smaps_rollup", "Pss:")


def _kilobytes(path: str, field: str) -> int:
    with suppress(OSError):  # it has just ended
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            if line.startswith(field):
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
    before = time.perf_counter()
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=environment(variables),
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - before
    if process.returncode:
        said = log.read_text(encoding="utf-8", errors="replace").strip()[-500:]
        raise RuntimeError(f"{' '.join(command)}: exit {process.returncode}: {said}")
    return Run(wall=wall, cpu=usage.ru_utime + usage.ru_stime, memory=usage.ru_maxrss * 1024)
