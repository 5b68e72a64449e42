"""The manual's tables of settings and the settings themselves are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rdds.settings import load_settings
from rdds.settings.shown import list_settings, plain_value, toml_value
from rdds.settings.zones import ZONE_READERS
from store.policy import PROFILES

MANUAL = Path(__file__).parents[2] / "docs" / "settings.md"


def rows() -> dict[str, list[str]]:
    """Give the manual's table rows: a key, then the other cells without their backticks."""
    found: dict[str, list[str]] = {}
    for line in MANUAL.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if line.startswith("| `") and re.fullmatch(r"`[a-z0-9_.]+`", cells[0]):
            key = cells[0].strip("`")
            assert key not in found, f"{key} stands twice"
            found[key] = [cell.strip("`") for cell in cells[1:]]
    return found


def spelled(value: object) -> str:
    """Spell a default as the manual does."""
    return toml_value(value).strip('"')


def test_every_setting_stands_in_the_manual_with_its_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each key outside the zones has a row with its real default, and no row names another."""
    monkeypatch.chdir(tmp_path)
    shown = [each for each in list_settings(load_settings(None, {})) if "zones." not in each.key]
    real = {each.key: spelled(each.value) for each in shown}
    manual = {key: cells[0] for key, cells in rows().items() if "." in key}
    closed = {key: "[]" for key, cell in manual.items() if (key[-7:], cell) == (".listen", "off")}
    assert manual | closed == real


def test_every_zone_value_stands_in_the_manual_with_both_profiles() -> None:
    """Each value of a zone has a row with what both profiles say."""
    manual = {key: cells[:2] for key, cells in rows().items() if "." not in key}
    real = {
        key: [spelled(plain_value(getattr(PROFILES[profile], key))) for profile in ("gtld", "irs")]
        for key in ZONE_READERS
    }
    real["terms"] = ["three lines", "three lines"]
    assert manual == real
    assert all(len(PROFILES[profile].terms) == 3 for profile in ("gtld", "irs"))


def test_every_row_has_a_meaning() -> None:
    """No setting is named without a sentence about it."""
    assert all(cells[-1].endswith(".") and len(cells[-1]) > 20 for cells in rows().values())


def test_the_example_file_is_sound(tmp_path: Path) -> None:
    """The settings file that the manual shows can be used as it stands."""
    example = re.search(r"```toml\n(.*?)```", MANUAL.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    file = tmp_path / "rdds.toml"
    file.write_text(example.group(1), encoding="utf-8")
    assert set(load_settings(file, {}).zones) == {"example", "co.example"}
