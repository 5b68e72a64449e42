"""Clients' addresses go when their time is up; what was asked stays."""

from __future__ import annotations

import asyncio
import fcntl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from rdds.operations.forgetting import forget_clients, keep_forgetting
from tests.waiting import wait_until

NOW = datetime(2026, 11, 22, 0, 5, tzinfo=UTC)
LINE = b'{"question":"shop.example","client":"192.0.2.7"}\n'
MENDED = b'{"question":"shop.example"}\n'


@pytest.fixture
def name(tmp_path: Path) -> Path:
    """Give a log with addresses of the last five days, and files that are none of it."""
    for day in range(18, 23):
        (tmp_path / f"asked.2026-11-{day}.clients").write_bytes(LINE)
    for other in ("asked.2026-11-18.clients.bak", "xasked.2026-11-18.clients", "asked.clients"):
        (tmp_path / other).write_bytes(LINE)
    return tmp_path / "asked"


def days_with(name: Path, ending: str) -> list[str]:
    """Give the days that have a file with *ending*."""
    found = name.parent.glob(f"asked.2026-11-[0-9][0-9]{ending}")
    return sorted(each.name[14:16] for each in found)


def test_address_is_kept_for_the_days_that_the_setting_says(name: Path) -> None:
    """With two days those of today and yesterday stay, and nothing that was asked is lost."""
    assert forget_clients(name, 2, NOW) == ["2026-11-18", "2026-11-19", "2026-11-20"]
    assert days_with(name, ".clients") == ["21", "22"]
    assert days_with(name, "") == ["18", "19", "20"]
    for day in (18, 19, 20):
        assert name.with_name(f"asked.2026-11-{day}").read_bytes() == MENDED
    assert name.with_name("xasked.2026-11-18.clients").read_bytes() == LINE
    assert forget_clients(name, 2, NOW) == []


@pytest.mark.parametrize("days", [0, 1])
def test_file_of_today_is_being_written(name: Path, days: int) -> None:
    """The least is that a day's addresses go when it is over; so also where none are kept now."""
    assert len(forget_clients(name, days, NOW)) == 4
    assert days_with(name, ".clients") == ["22"]


def test_last_lines_of_a_day_may_come_late(name: Path) -> None:
    """A file is left alone for the first minute after its day."""
    midnight = NOW.replace(minute=0)
    assert "2026-11-21" not in forget_clients(name, 1, midnight + timedelta(seconds=59))
    assert forget_clients(name, 1, midnight + timedelta(seconds=61)) == ["2026-11-21"]


def test_day_with_both_kinds_of_lines_has_all_of_them(name: Path) -> None:
    """Where the setting was changed at noon, the mended lines follow those without addresses."""
    plain = name.with_name("asked.2026-11-18")
    plain.write_bytes(b'{"question":"morning.example"}\n')
    forget_clients(name, 4, NOW)
    assert plain.read_bytes() == b'{"question":"morning.example"}\n' + MENDED


def test_torn_lines_hold_nothing_up(name: Path) -> None:
    """What a full disk cut is left out with the address that may be in it."""
    torn = name.with_name("asked.2026-11-18.clients")
    torn.write_bytes(LINE + b'{"client":"192.0.2\n\n3\n' + LINE)
    forget_clients(name, 4, NOW)
    assert name.with_name("asked.2026-11-18").read_bytes() == MENDED * 2


def test_two_at_once_mend_a_file_once(name: Path) -> None:
    """At a renewal two processes may look; one that is at a file has it for itself."""
    with name.with_name("asked.2026-11-18.clients").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert forget_clients(name, 3, NOW) == ["2026-11-19"]
    assert forget_clients(name, 3, NOW) == ["2026-11-18"]


def test_every_other_member_of_a_line_stays(name: Path) -> None:
    """The address alone is taken out, whatever else stands there."""
    said = {"at": "x", "seconds": 0.1, "question": "é\u2028", "client": "::1"}
    name.with_name("asked.2026-11-18.clients").write_bytes(orjson.dumps(said) + b"\n")
    forget_clients(name, 4, NOW)
    (line,) = name.with_name("asked.2026-11-18").read_bytes().split(b"\n")[:-1]
    assert orjson.loads(line) == {key: said[key] for key in said if key != "client"}


async def test_server_forgets_from_its_start_on(
    name: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """What should have gone while it was down goes at once; a folder that is away is said."""
    stop = asyncio.Event()
    task = asyncio.create_task(keep_forgetting(name, 2, stop, every=0.01, clock=lambda: NOW))
    await asyncio.to_thread(wait_until, lambda: days_with(name, ".clients") == ["21", "22"])
    stop.set()
    await task
    gone = name.parent / "gone" / "asked"
    stop.clear()
    task = asyncio.create_task(keep_forgetting(gone, 2, stop, every=60, clock=lambda: NOW))
    await asyncio.to_thread(wait_until, lambda: "stay: FileNotFoundError" in caplog.text)
    stop.set()
    await task
