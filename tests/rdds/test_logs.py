"""The log says what went wrong and where, in the form that settings ask for."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdds.logs import configure_log, log_loop_fault
from rdds.settings import load_settings


@pytest.fixture(autouse=True)
def root_logger() -> Iterator[None]:
    """Leave the root logger as it was."""
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    yield
    root.setLevel(before[0])
    root.handlers[:] = before[1]


def _configure(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rdds.toml"
    file.write_text(text)
    configure_log(load_settings(file, {}))


def test_json_form_is_one_object_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`log.form = json` gives instant, level, logger and message."""
    _configure(tmp_path, '[log]\nform = "json"\n')
    logging.getLogger("rdds.parent").error("it failed: %s", "CODE")
    (line,) = capsys.readouterr().err.splitlines()
    record = json.loads(line)
    assert (record["level"], record["logger"]) == ("error", "rdds.parent")
    assert record["message"] == "it failed: CODE"
    assert set(record) == {"at", "level", "logger", "message"}


def test_level_holds_back_what_is_below_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`log.level = error` keeps warnings out."""
    _configure(tmp_path, '[log]\nlevel = "error"\n')
    logging.getLogger("rdds.parent").warning("quiet")
    logging.getLogger("rdds.parent").error("loud")
    assert [line.rsplit(" ", 1)[1] for line in capsys.readouterr().err.splitlines()] == ["loud"]


@pytest.mark.parametrize("level", ["debug", "info", "error"])
def test_migrations_library_is_silent_unless_something_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], level: str
) -> None:
    """What Alembic loads is nobody's business; a start is quiet up to its ready line."""
    _configure(tmp_path, f'[log]\nlevel = "{level}"\n')
    log = logging.getLogger("alembic.runtime.plugins")
    log.info("setting up")
    assert capsys.readouterr().err == ""
    log.warning("beware")
    assert ("beware" in capsys.readouterr().err) is (level != "error")


async def test_fault_in_a_callback_is_logged_without_its_text(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception's text may hold what a client sent; its kind and place do not."""
    _configure(tmp_path, "")
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_loop_fault)

    def fail() -> None:
        raise ValueError("private text")

    loop.call_soon(fail)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    said = capsys.readouterr().err
    assert "ValueError in fail" in said
    assert "private text" not in said
