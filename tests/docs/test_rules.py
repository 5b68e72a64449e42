"""``docs/rules.md`` against the rules that there are and the tests that it names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "rules.md"
ROW = re.compile(r"^\| ([A-Z]-\d\d) \|([^|]*)\|([^|]*)\|$", re.MULTILINE)
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))
SHOWN = [(row[0], item) for row in ROWS for item in re.findall(r"`([^`]+)`", row[2])]
NOT_HERE = "Not here: "  # what a row says instead of a test, and why

# How far each letter's numbers go, and which it leaves out.
LAST = {"T": 15, "A": 20, "I": 26, "C": 4, "R": 34, "L": 9, "P": 20, "D": 36, "E": 40}
GAPS = {f"P-{number:02}" for number in range(6, 10)}


@cache
def _docstrings(path: str) -> dict[str, str]:
    tree = ast.parse((TOP / path).read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    found = (node for node in ast.walk(tree) if isinstance(node, kinds))
    return {node.name: ast.get_docstring(node) or "" for node in found}


def _names(rule: str, text: str) -> bool:
    """Tell whether *text* names *rule*, by itself or in a range (``R-03 to R-05``)."""
    letter, number = rule[0], int(rule[2:])
    if rule in text:
        return True
    ranges = re.findall(rf"\b{letter}-(\d\d) to (?:{letter}-)?(\d\d)\b", text)
    return any(int(first) <= number <= int(last) for first, last in ranges)


def test_every_rule_has_one_row() -> None:
    """No rule is forgotten, and none stands twice."""
    wanted = {f"{each}-{number:02}" for each in LAST for number in range(1, LAST[each] + 1)}
    listed = [row[0] for row in ROWS]
    assert len(listed) == len(set(listed))
    assert set(listed) == wanted - GAPS


@pytest.mark.parametrize(("rule", "item"), SHOWN, ids=lambda each: str(each)[:80])
def test_what_shows_a_rule_exists_and_names_it(rule: str, item: str) -> None:
    """Each test that a row names is there, and its docstring names the rule."""
    path, _, name = item.partition("::")
    assert (TOP / path).is_file(), item
    assert name in _docstrings(path), item
    assert _names(rule, _docstrings(path)[name]), item


def test_every_rule_is_shown_or_says_why_not() -> None:
    """A row without a test says why the rule has no place here."""
    unshown = [row for row in ROWS if "::" not in row[2]]
    assert [row[0] for row in unshown if not row[2].strip().startswith(NOT_HERE)] == []
