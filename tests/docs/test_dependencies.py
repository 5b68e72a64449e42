"""The reasons for the dependencies against ``pyproject.toml``."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

TOP = Path(__file__).parents[2]


def test_every_dependency_has_its_reason() -> None:
    """The page on dependencies has a row for each package of the project, and no other."""
    project = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[\[>=;]", line)[0].lower() for line in project["dependencies"]}
    page = (TOP / "docs" / "decisions" / "0005-dependencies.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Za-z0-9-]+) \|", page, flags=re.MULTILINE)

    assert {row.lower() for row in rows} - {"package"} == wanted
