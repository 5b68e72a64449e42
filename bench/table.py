"""What is printed: plain columns."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from duel import Duel
from processes import Run

__all__ = ["columns", "duel_rows", "import_row"]

DUEL_HEAD = ("door", "server", "CPU µs/answer", "answers/s", "p50 µs", "p99 µs", "failed", "ratio")
IMPORT_HEAD = ("domains", "seconds", "domains/s", "CPU s", "domains/CPU s", "peak MB")


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lay out *rows* under *head*: words to the left, figures to the right."""
    widths = [max(len(line[at]) for line in (head, *rows)) for at in range(len(head))]
    lines = []
    for line in (head, *rows):
        cells = [
            cell.ljust(width) if at < 2 and not cell[:1].isdigit() else cell.rjust(width)
            for at, (cell, width) in enumerate(zip(line, widths, strict=True))
        ]
        lines.append("  " + "  ".join(cells).rstrip())
    return "\n".join(lines)


def duel_rows(door: str, duel: Duel) -> list[tuple[str, ...]]:
    """Give one row for each side, the medians of its rounds; the ratio stands in ours."""
    rows = []
    ratio = "-" if duel.ratio is None else f"{duel.ratio:.3f}"
    for name, rounds, shown in (("rdds", duel.ours, ratio), ("nginx", duel.theirs, "1")):
        if not rounds:
            continue
        loads = [each.load for each in rounds]
        rows.append(
            (
                door,
                name,
                f"{median(each.cost for each in rounds):.1f}",
                f"{median(load.answers / load.seconds for load in loads):.0f}",
                f"{median(load.p50 for load in loads):.0f}",
                f"{median(load.p99 for load in loads):.0f}",
                str(sum(load.errors for load in loads)),
                shown,
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
