"""`rdds settings`: what is in force, where from, and whether it can be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rdds.conftest import Rdds


def test_show_names_every_origin(
    rdds: Rdds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each value stands with default, file or variable; secrets are masked."""
    (tmp_path / "rdds.toml").write_text('[whois]\npatience = 3\n[zones.test]\nprofile = "irs"')
    monkeypatch.setenv("RDDS_SMS_TOKEN", "hush")
    shown = {each["key"]: each for each in rdds("--json", "settings", "show").json["items"]}
    assert shown["whois.patience"] == {
        "key": "whois.patience",
        "value": 3,
        "origin": "file rdds.toml",
    }
    assert shown["sms.token"]["value"] == "********"
    assert shown["sms.token"]["origin"] == "variable RDDS_SMS_TOKEN"
    assert shown["rdap.listen"]["origin"] == "default"
    assert shown["zones.test.profile"]["value"] == "irs"
    lines = rdds("settings", "show").out.splitlines()
    assert len(lines) == len(shown)
    assert lines == sorted(lines, key=lambda line: list(shown).index(line.split()[0]))
    assert "hush" not in "".join(lines)


def test_show_lists_the_default_zone(rdds: Rdds) -> None:
    """With no zone named, the one that is served by itself is shown."""
    shown = {each["key"]: each for each in rdds("--json", "settings", "show").json["items"]}
    assert shown["zones.example.profile"]["value"] == "gtld"
    assert shown["zones.example.profile"]["origin"] == "default"


def test_check_says_sound(rdds: Rdds, tmp_path: Path) -> None:
    """Sound settings are said to be so, with their file."""
    (tmp_path / "new.toml").write_text("[whois]\npatience = 3")
    run = rdds("--config", "new.toml", "settings", "check")
    assert (run.status, run.out) == (0, "The settings are sound (new.toml).\n")
    assert rdds("--json", "settings", "check").json == {"sound": True, "file": None}


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_check_tries_the_certificate(rdds: Rdds, tmp_path: Path, content: str | None) -> None:
    """A certificate that can't be used is found before serving."""
    if content is not None:
        (tmp_path / "c.pem").write_text(content)
        (tmp_path / "k.pem").write_text(content)
    (tmp_path / "new.toml").write_text('[rdap]\ntls_certificate = "c.pem"\ntls_key = "k.pem"')
    run = rdds("--json", "--config", "new.toml", "settings", "check")
    assert (run.status, run.out) == (2, "")
    assert (run.error["code"], run.error["field"]) == ("SETTINGS", "rdap.tls_certificate")


def test_commands_without_settings_ignore_bad_ones(
    rdds: Rdds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Help and a synthetic deposit need no settings."""
    monkeypatch.setenv("RDDS_WHOIS_PATIENCE", "soon")
    assert rdds("contact", "--help").status == 0
    assert rdds("generate", "--domains", "1").status == 0
