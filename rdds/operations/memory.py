"""How much memory a process has to itself, and its share of what it shares."""

from __future__ import annotations

from pathlib import Path

__all__ = ["proportional_bytes"]


def proportional_bytes(pid: int) -> int | None:
    """Give the proportional set size of process *pid*; ``None`` where nobody tells it."""
    try:
        # Linux alone has this; it takes the kernel about a millisecond for 80 MB.
        lines = Path(f"/proc/{pid}/smaps_rollup").read_bytes().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return None
