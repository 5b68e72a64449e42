"""Open files: the limit is raised at the start, and what doesn't fit is said."""

from __future__ import annotations

import logging
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdds.serving import descriptors
from rdds.serving.descriptors import count_descriptors, see_to_descriptors
from rdds.settings import Settings, load_settings
from tests.end_to_end.programs import Program

NUMBER = resource.RLIMIT_NOFILE
LOW = 1024  # what most systems give a process that asks for nothing


@pytest.fixture
def hard() -> Iterator[int]:
    """Give the hard limit; what is in force is put back afterwards."""
    soft, hard = resource.getrlimit(NUMBER)
    yield hard
    resource.setrlimit(NUMBER, (soft, hard))


def _settings(folder: Path, text: str) -> Settings:
    file = folder / "rdds.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file, {})


def test_soft_limit_is_raised_to_the_hard_one(tmp_path: Path, hard: int) -> None:
    """A shell's default of 1,024 is no limit of the server's."""
    resource.setrlimit(NUMBER, (LOW, hard))
    see_to_descriptors(_settings(tmp_path, ""))
    assert resource.getrlimit(NUMBER) == (hard, hard)


def test_connections_that_do_not_fit_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning with both numbers; none where they fit."""
    monkeypatch.setattr(descriptors, "raise_descriptor_limit", lambda: 4096)
    with caplog.at_level(logging.WARNING, logger="rdds.parent"):
        see_to_descriptors(_settings(tmp_path, ""))
        assert caplog.messages == []
        settings = _settings(tmp_path, "[rdap]\nmost_connections = 4000\n")
        see_to_descriptors(settings)
    (message,) = caplog.messages
    assert f"may open 4096 files and needs {count_descriptors(settings)} " in message


@pytest.mark.parametrize(
    ("text", "connections"),
    [
        ("", 3 * 500 + 1000),
        ("[whois]\nlisten = []\nmost_connections = 5000\n", 1000),
        ("[rdap]\nlisten = []\nmost_connections = 5000\n", 3 * 500),
        ("[rdap]\nproxy_protocol = true\n[limits]\ntrusted_proxies = ['192.0.2.1']\n", 1500 + 3000),
    ],
)
def test_doors_that_are_open_count(tmp_path: Path, text: str, connections: int) -> None:
    """A door that is closed takes no connections; a gate before one takes its own."""
    bare = count_descriptors(_settings(tmp_path, "[whois]\nlisten = []\n[rdap]\nlisten = []\n"))
    assert count_descriptors(_settings(tmp_path, text)) - bare == connections


def test_workers_inherit_the_raised_limit(tmp_path: Path, hard: int) -> None:
    """The parent raises it before it forks."""
    resource.setrlimit(NUMBER, (LOW, hard))
    rdds = Program(tmp_path, f"sqlite:///{tmp_path / 'rdds.sqlite3'}")
    with rdds.serve("--demo") as serving:
        (worker,) = serving.workers()
        assert resource.prlimit(worker, NUMBER) == (hard, hard)
