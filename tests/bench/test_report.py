"""What the bench says: verdicts, tables in pages, plots."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree as ET

import pytest

from tests.bench.conftest import BENCH

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    ("sense", "seen", "word"),
    [("≥", 0.9, "met"), ("≥", 0.84, "not met"), ("≤", 0.85, "met"), ("≤", 0.9, "not met"),
     ("≥", None, "skipped")],
)  # fmt: skip
def test_verdict_follows_the_goal(
    sense: str, seen: float | None, word: str, bench: Callable[[str], ModuleType]
) -> None:
    """A bound is met at the bound; what was not measured is neither met nor missed."""
    goals = bench("goals")
    goal = goals.Goal(what="hot", sense=sense, bound=0.85)
    assert goals.Line(goal=goal, seen=seen).verdict == word


def test_table_takes_the_place_of_the_one_before(
    bench: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    """Only what stands between the marks changes, and writing twice changes nothing more."""
    goals, report = bench("goals"), bench("report")
    line = goals.Line(goal=goals.Goal(what="hot", sense="≥", bound=0.85), seen=0.9)
    page = tmp_path / "page.md"
    page.write_text(f"Before.\n{report.BEGIN}\nold\n{report.END}\nAfter.\n", encoding="utf-8")
    charts = [tmp_path / "plots" / "size-latency.svg"]
    report.write_markdown(page, ["2 cores"], [line], charts)
    once = page.read_text(encoding="utf-8")
    report.write_markdown(page, ["2 cores"], [line], charts)
    assert page.read_text(encoding="utf-8") == once
    assert once.startswith("Before.\n")
    assert once.endswith("\nAfter.\n")
    assert "old" not in once
    assert "- 2 cores\n" in once
    assert "](plots/size-latency.svg)" in once
    assert re.search(r"^\| hot \| ≥ 0.85 \| 0.9 \| met \|", once, re.MULTILINE)


def test_page_without_marks_is_left_alone(
    bench: Callable[[str], ModuleType], tmp_path: Path
) -> None:
    """A page that has no place for the table is somebody else's."""
    page = tmp_path / "page.md"
    page.write_text("Mine.\n", encoding="utf-8")
    with pytest.raises(RuntimeError, match="no lines"):
        bench("report").write_markdown(page, [], [])
    assert page.read_text(encoding="utf-8") == "Mine.\n"


def test_plot_holds_every_point_within_its_frame(bench: Callable[[str], ModuleType]) -> None:
    """Lines stand side by side, names are escaped, and nothing is drawn outside."""
    lines = {"RDAP": [(1, 1.0), (10, 0.8), (100, 0.5)], "<WHOIS>": [(1, 1.0), (1000, 0.1)]}
    root = ET.fromstring(bench("plots").line_chart("T", "across", "up & down", lines))
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    dots = [(float(dot.attrib["cx"]), float(dot.attrib["cy"])) for dot in root.iter(f"{SVG}circle")]
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert len(dots) == 5
    assert all(0 < x < width and 0 < y < height for x, y in dots)
    assert dots[0][0] < dots[1][0] < dots[2][0]
    assert dots[0][1] < dots[1][1] < dots[2][1]
    assert {"RDAP", "<WHOIS>", "up & down", "1,000"} <= texts


def test_bench_prints_a_line_for_each_goal_of_the_chosen_parts(tmp_path: Path) -> None:
    """A part that can't be measured here is skipped with its reason, and fails nothing."""
    page = tmp_path / "page.md"
    words = [sys.executable, str(BENCH / "run.py"), "--names", "200", "--rounds", "1"]
    words += ["--seconds", "1", "--checks", "40", "--only", "stale", "--markdown", str(page)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.findall(r"^  answers older .*?(SQLite|PostgreSQL) +≤ 0 +(\S+) +(\w+)", done.stdout,
                       re.MULTILINE)  # fmt: skip
    assert found == [("SQLite", "0", "met"), ("PostgreSQL", "-", "skipped")]
    assert "| met | 40 checks" in page.read_text(encoding="utf-8")


def test_bench_knows_its_parts(tmp_path: Path) -> None:
    """A part that does not exist is refused, with the ones that do."""
    words = [sys.executable, str(BENCH / "run.py"), "--only", "hott"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "hot, cold" in done.stderr
