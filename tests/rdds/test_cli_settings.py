"""`rdds settings`: what is in force, where from, and whether it can be used."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rdds.posting import sender_here
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
    said = rdds("--json", "settings", "check").json
    assert (said["sound"], said["file"]) == (True, None)


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (
            '[rdap]\nlisten = ["127.0.0.1:8080"]\n[operations]\nlisten = ["127.0.0.1:8080"]',
            "operations.listen",
        ),
        ('[log]\nquestions = "full"\nquestions_file = "/nowhere/at/all"', "log.questions_file"),
        ('[whois]\nlisten = "off"\n[rdap]\nlisten = "off"', "listen"),
    ],
)
def test_check_refuses_what_serve_refuses(
    rdds: Rdds, tmp_path: Path, content: str, field: str
) -> None:
    """A file that is said to be sound starts the server."""
    (tmp_path / "new.toml").write_text(content)
    run = rdds("--config", "new.toml", "--json", "settings", "check")
    assert (run.status, json.loads(run.err)["error"]["field"]) == (2, field)


ASKING = "[zones.example]\n"
MAIL = '[mail]\nsmtp_url = "smtp://127.0.0.1:25"\nsender = "registry@example.net"\n'
PUBLIC = '[pages]\npublic_url = "https://nic.example/"\n'
PAGE = '[pages]\nlisten = ["127.0.0.1:8081"]\n'


@pytest.mark.parametrize(
    ("content", "keys"),
    [
        (ASKING, ["mail.smtp_url", "pages.listen"]),
        (ASKING + MAIL, ["pages.listen"]),
        (ASKING + MAIL + PUBLIC, ["pages.listen"]),
        (ASKING + MAIL + PAGE + 'public_url = "https://nic.example/"\n', []),
        (ASKING + MAIL + PAGE.replace("127.0.0.1", "0.0.0.0"), ["pages.public_url"]),
        (ASKING + MAIL.replace("127.0.0.1", "mail.example") + PAGE, ["pages.public_url"]),
        (ASKING + MAIL + PAGE, []),
        ('[zones.example]\nregistrant_change = "irs_nz"\n', []),
    ],
)
def test_check_warns_where_nobody_could_approve(
    rdds: Rdds, tmp_path: Path, content: str, keys: list[str]
) -> None:
    """Sound settings may leave a change without its mail or its page: said, and not refused."""
    (tmp_path / "new.toml").write_text(content)
    run = rdds("--config", "new.toml", "--json", "settings", "check")
    assert (run.status, run.err) == (0, "")
    warnings = run.json["warnings"]
    assert len(warnings) == len(keys)
    for key, warning in zip(keys, warnings, strict=True):
        assert key in warning
        assert "approved in example" in warning
    lines = rdds("--config", "new.toml", "settings", "check").err.splitlines()
    assert lines == [f"warning: {warning}" for warning in warnings]


def test_check_warns_where_the_machine_itself_sends(rdds: Rdds, tmp_path: Path) -> None:
    """Mail goes out without a sender too; the operator is told what stands there instead."""
    (tmp_path / "new.toml").write_text(PAGE + '[mail]\nsmtp_url = "smtp://127.0.0.1:25"\n')
    (warning,) = rdds("--config", "new.toml", "--json", "settings", "check").json["warnings"]
    assert "mail.sender is not set" in warning
    assert f"Mail comes from {sender_here()}," in warning


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


def test_check_warns_where_a_token_has_no_gateway(rdds: Rdds, tmp_path: Path) -> None:
    """A token alone sends no text message."""
    (tmp_path / "new.toml").write_text(MAIL + PAGE + '[sms]\ntoken = "t"\n')
    (warning,) = rdds("--config", "new.toml", "--json", "settings", "check").json["warnings"]
    assert "sms.url" in warning


@pytest.mark.parametrize(
    ("content", "warned"),
    [
        ("", True),
        ('[limits]\ntrusted_proxies = ["192.0.2.1"]\n', False),
        ("[limits]\nquestions = 0\npersons = 0\nconnections = 0\n", False),
        ("[limits]\nquestions = 0\npersons = 0\n", True),
    ],
)
def test_check_warns_where_a_proxy_is_everybody(
    rdds: Rdds, tmp_path: Path, content: str, warned: bool
) -> None:
    """Limits behind a proxy that nobody named would be for all clients together."""
    rdap = '[rdap]\npublic_url = "https://rdap.example/"\n'
    (tmp_path / "new.toml").write_text(MAIL + PAGE + rdap + content)
    warnings = rdds("--config", "new.toml", "--json", "settings", "check").json["warnings"]
    assert len(warnings) == warned
    assert all("limits.trusted_proxies" in warning for warning in warnings)


@pytest.mark.parametrize(
    ("networks", "named"),
    [
        ('["0.0.0.0/0"]', ["0.0.0.0/0"]),
        ('["192.0.2.1", "::/0", "0.0.0.0/0"]', ["::/0", "0.0.0.0/0"]),
        ('["10.0.0.0/8", "2001:db8::/32"]', []),
    ],
)
def test_check_warns_where_everybody_is_a_trusted_proxy(
    rdds: Rdds, tmp_path: Path, networks: str, named: list[str]
) -> None:
    """Who is believed to be a proxy is believed which client it asks for."""
    (tmp_path / "new.toml").write_text(MAIL + PAGE + f"[limits]\ntrusted_proxies = {networks}\n")
    warnings = rdds("--config", "new.toml", "--json", "settings", "check").json["warnings"]
    assert len(warnings) == len(named)
    for network, warning in zip(named, warnings, strict=True):
        assert f"{network} in limits.trusted_proxies" in warning


@pytest.mark.parametrize(
    ("host", "warned"),
    [
        ("0.0.0.0", True),
        ("[::]", True),
        ("8.8.8.8", True),
        ("[2600::1]", True),
        ("127.0.0.1", False),
        ("[::1]", False),
        ("10.1.2.3", False),
        ("[fd00::1]", False),
        ("localhost", False),
    ],
)
def test_check_warns_where_strangers_may_read_the_metrics(
    rdds: Rdds, tmp_path: Path, host: str, warned: bool
) -> None:
    """They are served without a password."""
    operations = f'[operations]\nlisten = ["127.0.0.1:9101", "{host}:9100"]\n'
    (tmp_path / "new.toml").write_text(MAIL + PAGE + operations)
    warnings = rdds("--config", "new.toml", "--json", "settings", "check").json["warnings"]
    assert len(warnings) == warned
    assert all(f"{host}:9100, which operations.listen" in warning for warning in warnings)


@pytest.mark.parametrize("key", ["trusted_proxies", "exempt"])
def test_check_quotes_what_is_no_network(rdds: Rdds, tmp_path: Path, key: str) -> None:
    """Of a list it says which value it refuses."""
    (tmp_path / "new.toml").write_text(f'[limits]\n{key} = ["10.0.0.0/8", "192.0.2.1/24"]\n')
    run = rdds("--config", "new.toml", "--json", "settings", "check")
    assert (run.status, run.error["field"]) == (2, f"limits.{key}")
    assert "`192.0.2.1/24`" in run.error["message"]
