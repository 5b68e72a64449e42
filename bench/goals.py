"""The goals, one a line: what was measured, what it should be, what was seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

__all__ = ["HEAD", "Goal", "Line", "Skip", "line_row", "skipped"]

HEAD = ("what", "goal", "seen", "verdict", "how")


class Skip(Exception):  # noqa: N818 - no fault: something isn't here
    """A part can't be measured here; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What is wanted: *sense* and *bound*, a ratio unless *unit* says otherwise."""

    what: str
    sense: Literal["≥", "≤"]
    bound: float
    unit: str = ""

    @property
    def wanted(self) -> str:
        """Give the bound as text.

        >>> Goal(what="hot", sense="≥", bound=0.85).wanted
        '≥ 0.85'
        """
        return f"{self.sense} {self.bound:g}{self.unit and ' ' + self.unit}"

    def is_met_by(self, seen: float) -> bool:
        """Tell whether *seen* is within the bound."""
        return seen >= self.bound if self.sense == "≥" else seen <= self.bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One goal and what was *seen*, ``None`` where it was not measured; *how* says why or how."""

    goal: Goal
    seen: float | None
    how: str = ""

    @property
    def verdict(self) -> str:
        """Give the word: ``met``, ``not met`` or ``skipped``.

        >>> Line(goal=Goal(what="stale", sense="≤", bound=0), seen=1).verdict
        'not met'
        """
        if self.seen is None:
            return "skipped"
        return "met" if self.goal.is_met_by(self.seen) else "not met"


def skipped(goals: Iterable[Goal], why: str) -> list[Line]:
    """Give a line for each of *goals* that was not measured, and *why*."""
    return [Line(goal=goal, seen=None, how=why) for goal in goals]


def line_row(line: Line) -> Sequence[str]:
    """Give the cells of *line* as ``HEAD`` names them."""
    seen = "-"
    if line.seen is not None:
        unit = line.goal.unit and " " + line.goal.unit
        whole = line.seen == round(line.seen) and line.goal.bound == round(line.goal.bound)
        text = f"{line.seen:,.0f}" if whole else f"{line.seen:.3g}"
        if text == f"{line.goal.bound:g}" and line.seen != line.goal.bound:
            text = f"{line.seen:.5g}"  # else it would read as its own bound, whatever the verdict
        seen = f"{text}{unit}"
    return (line.goal.what, line.goal.wanted, seen, line.verdict, line.how)
