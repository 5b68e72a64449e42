"""What stays of a run: plots, and the table in a page of the manual."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from goals import HEAD, Line, line_row
from plots import line_chart

__all__ = ["write_markdown", "write_plots"]

BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
CHARTS = {
    "size-throughput": (
        "Throughput, names drawn uniformly",
        "names in the store",
        "of the smallest",
    ),
    "size-latency": ("p50, names drawn uniformly", "names in the store", "of the smallest"),
    "edits-throughput": ("Throughput of hot names", "edits a second (1: none)", "of none"),
    "edits-latency": ("p50 of hot names", "edits a second (1: none)", "of none"),
}


def write_plots(
    folder: Path, plots: Mapping[str, Mapping[str, list[tuple[float, float]]]]
) -> list[Path]:
    """Write a file into *folder* for each of *plots*, lines of points by name; give the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for name, lines in plots.items():
        chart = line_chart(*CHARTS[name], {door: sorted(line) for door, line in lines.items()})
        files.append(folder / f"{name}.svg")
        files[-1].write_text(chart, encoding="utf-8")
    return files


def write_markdown(
    file: Path, head: Sequence[str], lines: Sequence[Line], charts: Sequence[Path] = ()
) -> None:
    """Put *head*, the table and *charts* between the two marks in *file*, or make the file.

    Raises:
        RuntimeError: the file is there and has no marks.
    """
    text = file.read_text(encoding="utf-8") if file.exists() else f"{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise RuntimeError(f"{file} has no lines {BEGIN} and {END}")
    said = "\n".join(f"- {line}" for line in head)
    rows = [HEAD, ["---"] * len(HEAD), *map(line_row, lines)]
    table = "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows
    )
    images = "\n".join(
        f"![{CHARTS[chart.stem][0]}]({os.path.relpath(chart, file.parent)})" for chart in charts
    )
    parts = [part for part in (said, table, images) if part]
    middle = "\n\n".join(parts)
    file.write_text(f"{before}{BEGIN}\n\n{middle}\n\n{END}{after}", encoding="utf-8")
