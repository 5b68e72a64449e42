"""``docs/conformance.md`` against the checks, questions and tests that it names."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from tests.conformance.asks import ASKS, SPELLINGS
from tests.conformance.table import CHECKS
from tests.conformance.test_running_server import WHOIS_ASKS

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "conformance.md"
ROW = re.compile(r"^\| (\d+(?:\.\d+)+) \|(.*)\|(.*)\|(.*)\|(.*)\|$", re.MULTILINE)
KINDS = {
    "check": set(CHECKS),
    "ask": {ask.rule for ask in ASKS},
    "spelling": set(SPELLINGS),
    "question": {name.partition(" ")[0] for name in WHOIS_ASKS},
}
ROWS = ROW.findall(PAGE.read_text(encoding="utf-8"))
SHOWN = [(row[0], item) for row in ROWS for item in re.findall(r"`([^`]+)`", row[4])]


@cache
def _text(path: str) -> str:
    return (TOP / path).read_text(encoding="utf-8")


def _exists(item: str) -> bool:
    """Tell whether a row's last column names something that is there."""
    if "::" in item:
        path, _, name = item.partition("::")
        found = rf"^(?:async )?def {re.escape(name)}\("
        return (TOP / path).is_file() and re.search(found, _text(path), re.MULTILINE) is not None
    kind, _, name = item.partition(" ")
    return name in KINDS.get(kind, set())


def test_rules_are_in_order_and_stand_once() -> None:
    """The numbers ascend, so none is there twice."""
    numbers = [tuple(map(int, row[0].split("."))) for row in ROWS]
    assert len(numbers) > 300
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize(("rule", "item"), SHOWN, ids=lambda each: str(each)[:80])
def test_what_shows_a_rule_exists(rule: str, item: str) -> None:
    """Each check, question and test that a row names is there."""
    assert _exists(item), rule


@pytest.mark.parametrize("kind", KINDS)
def test_everything_that_is_checked_has_a_row(kind: str) -> None:
    """No check and no question is without a row that names it."""
    named = {item.partition(" ")[2] for _, item in SHOWN if item.startswith(f"{kind} ")}
    assert named == KINDS[kind]


def test_every_rule_is_shown_or_says_why_not() -> None:
    """A row without anything that shows it says why the rule isn't applicable."""
    unshown = [row for row in ROWS if "`" not in row[4]]
    assert [row[0] for row in unshown if not row[3].strip().startswith("Not applicable: ")] == []
