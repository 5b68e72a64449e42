"""The tables of ``docs/import.md`` against the codes of the program."""

from __future__ import annotations

import re
from pathlib import Path

from store.deposit.defects import TOLERABLE, Defect
from store.deposit.remarks import ENTRY_RULES, Remark

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([a-z-]+)`")


def _rows(head: str) -> list[list[str]]:
    """Give the cells of the table whose first line begins with *head*."""
    lines = PAGE[PAGE.index(head) :].splitlines()[2:]
    table = lines[: next(n for n, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


def _codes(head: str) -> set[str]:
    return {code for row in _rows(head) for code in CODE.findall(row[0])}


def test_every_defect_is_in_the_manual() -> None:
    """The table has each defect's code and no other."""
    assert _codes("| code | the deposit") == {defect.value for defect in Defect}


def test_manual_tells_which_defects_can_be_tolerated() -> None:
    """The table says what `--tolerate` makes of just the defects that it takes."""
    told = {CODE.findall(row[0])[0] for row in _rows("| code | the deposit") if row[2] != "–"}

    assert told == {defect.value for defect in TOLERABLE}


def test_every_remark_is_in_the_manual() -> None:
    """Two tables have all kinds of remarks, apart those that `--strict` refuses."""
    strict = _codes("| remark that `--strict` refuses")
    other = _codes("| other remark")

    assert strict == {remark.value for remark in ENTRY_RULES}
    assert other == {remark.value for remark in set(Remark) - ENTRY_RULES}
