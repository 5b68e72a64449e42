"""What the manual says of registrant changes, against the rules and settings that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rdds.settings import load_settings
from store.errors import RegistryError
from store.policy import CHANGE_PROFILES

DOCS = Path(__file__).parents[2] / "docs"
RANGE = re.compile(r"^\| `([a-z_]+)\.([a-z_]+)` .*\b([0-9]+) to ([0-9]+)\b", re.MULTILINE)
RANGES = RANGE.findall((DOCS / "settings.md").read_text(encoding="utf-8"))
STARTED = re.compile(r"^.*/bin/rdds\b.*$", re.MULTILINE)


def test_table_of_rules_says_who_is_asked_and_told_and_what_is_locked() -> None:
    """Each rule that a zone may have stands in the table, with what it does."""
    page = (DOCS / "registrant-changes.md").read_text(encoding="utf-8")
    table = page.split("## The three rules")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|(.*)\|$", table, flags=re.MULTILINE)
    said = {}
    for name, cells in rows:
        asked, told, lock, _ = (cell.strip() for cell in cells.split("|"))
        said[name] = (not asked.startswith("nobody"), lock != "no", "both" in told)
    real = {
        name: (rule.approved, rule.locks, rule.tells_parties)
        for name, rule in CHANGE_PROFILES.items()
    }
    assert said == real


def test_ranges_of_a_change_are_in_the_manual() -> None:
    """Whoever sets days or hours of a registrant change reads how many there may be."""
    named = {key for section, key, *_ in RANGES if section == "registrant_change"}
    assert named == {"deadline", "transfer_lock", "sms_cooldown_prior"}


@pytest.mark.parametrize(("section", "key", "least", "most"), RANGES)
def test_range_in_the_manual_is_the_real_one(
    section: str,
    key: str,
    least: str,
    most: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both ends of a range are taken, and what is beyond them is refused."""
    monkeypatch.chdir(tmp_path)
    variable = f"RDDS_{section}_{key}".upper()
    for value in (least, most):
        load_settings(None, {variable: value})
    for beyond in (int(least) - 1, int(most) + 1):
        with pytest.raises(RegistryError):
            load_settings(None, {variable: str(beyond)})


@pytest.mark.parametrize("page", ["running.md", "housekeeping.md"])
def test_program_that_starts_by_itself_is_told_its_settings(page: str) -> None:
    """A unit or a line of cron names the file: it starts in another folder than you do."""
    lines = STARTED.findall((DOCS / page).read_text(encoding="utf-8"))
    started = [line for line in lines if re.match(r"ExecStart=|[0-9]", line)]
    assert started
    assert [line for line in started if " --config /etc/rdds/rdds.toml " not in line] == []
