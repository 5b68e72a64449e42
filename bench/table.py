"""What is printed: plain columns."""

from __future__ import annotations

from collections.abc import Container, Sequence
from statistics import median

from duel import Duel
from processes import Run

__all__ = ["DUEL_HEAD", "IMPORT_HEAD", "columns", "duel_rows", "import_row"]

DUEL_HEAD = (
    *("door", "server", "CPU µs/answer", "beside", "answers/s"),
    *("p50 µs", "p99 µs", "failed", "rdds' ratio"),
)
IMPORT_HEAD = ("domains", "seconds", "domains/s", "CPU s", "domains/CPU s", "peak MB")


def columns(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, words: Container[int] = range(2)
) -> str:
    """Lay out *rows* under *head*: the columns that hold *words* to the left, figures right."""
    widths = [max(len(line[at]) for line in (head, *rows)) for at in range(len(head))]
    lines = []
    for line in (head, *rows):
        cells = [
            cell.ljust(width) if at in words else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def duel_rows(door: str, duel: Duel) -> list[tuple[str, ...]]:
    """Give one row for each side, the medians of its rounds.

    In an opponent's row stands its CPU time per answer over ours.
    """
    rows = []
    for name, rounds in duel.rounds.items():
        ratio = None if name == "rdds" else duel.cost_ratio(name)
        loads = [each.load for each in rounds]
        rows.append(
            (
                door,
                name,
                f"{median(each.cost for each in rounds):.1f}",
                f"{median(each.beside for each in rounds):.1f}",
                f"{median(each.rate for each in rounds):.0f}",
                f"{median(load.p50 for load in loads):.0f}",
                f"{median(load.p99 for load in loads):.0f}",
                str(sum(load.errors for load in loads)),
                "" if ratio is None else f"{ratio:.3f}",
            )
        )
    return rows


def import_row(domains: int, run: Run) -> tuple[str, ...]:
    """Give the row of one import."""
    return (
        str(domains),
        f"{run.wall:.1f}",
        f"{domains / run.wall:.0f}",
        f"{run.cpu:.1f}",
        f"{domains / run.cpu:.0f}",
        f"{run.memory / 1e6:.0f}",
    )
