"""The log of questions: what stands in a line, and that no answer waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdds.operations import query_log
from rdds.operations.line_files import DayFiles, StandardError
from rdds.operations.query_log import LineLog
from store.names import Address
from store.watch import Door, Kind, Outcome
from tests.rdds.limits.clocks import HandClock

CLIENT = ip_address("2001:db8::7")
DAY = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


class Kept:
    """Keeps lines; blocks where a test holds ``gate``, fails where it says so."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fails = False
        self.closed = False

    def write(self, lines: Sequence[bytes], /) -> None:
        """Keep *lines*."""
        self.gate.wait()
        if self.fails:
            raise OSError(28, "full")
        self.lines += lines

    def close(self) -> None:
        """Note it."""
        self.closed = True

    def read(self) -> list[dict[str, Any]]:
        """Give the lines as objects."""
        return [orjson.loads(line) for line in self.lines]


def say(log: LineLog, question: str | None = "shop.example", client: Address = CLIENT) -> None:
    """Log one question."""
    log(Door.WHOIS, Kind.DOMAIN, Outcome.FOUND, client=client, question=question, seconds=0.00012)


async def test_line_says_what_was_asked_and_how_it_ended() -> None:
    """One object: instant, door, kind, outcome, seconds, question, client."""
    kept = Kept()
    log = LineLog(kept, clients=True)
    before = datetime.now(UTC)
    say(log)
    await log.close()
    (line,) = kept.read()
    at = datetime.fromisoformat(line.pop("at"))
    assert before - timedelta(seconds=1) < at < datetime.now(UTC) + timedelta(seconds=1)
    assert line == {
        "door": "whois",
        "kind": "domain",
        "outcome": "found",
        "seconds": 0.00012,
        "question": "shop.example",
        "client": "2001:db8::7",
    }
    assert (log.written, log.lost, kept.closed) == (1, 0, True)


async def test_what_may_hold_contact_data_and_addresses_stay_out() -> None:
    """A search for a person has no question, and without days to keep it no client."""
    kept = Kept()
    log = LineLog(kept)
    say(log, None)
    await log.close()
    assert kept.read()[0].keys() == {"at", "door", "kind", "outcome", "seconds"}


@given(question=st.text(st.characters()))
def test_any_question_is_one_bounded_line(question: str) -> None:
    """Line ends, quotes and halves of characters in a question make no second line."""

    async def line_of() -> bytes:
        kept = Kept()
        log = LineLog(kept)
        say(log, question)
        await log.close()
        (line,) = kept.lines
        return line

    line = asyncio.run(line_of())
    assert line.count(b"\n") == 1
    assert len(line) < 4096
    said = orjson.loads(line)["question"]
    assert len(said) <= 255
    assert said == question[:255].encode(errors="replace").decode()


async def test_sample_is_a_share_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a hundred questions one is written, chosen by chance."""
    chances = iter([number / 1000 for number in range(1000)])
    monkeypatch.setattr(query_log.random, "random", lambda: next(chances))
    kept = Kept()
    log = LineLog(kept, one_in=100)
    for _ in range(1000):
        say(log)
    await log.close()
    assert len(kept.lines) == 10


async def test_slow_disk_loses_lines_and_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is bounded; the rest is counted as lost, and the questions go on."""
    monkeypatch.setattr(query_log, "MOST_WAITING", 50)
    kept = Kept()
    kept.gate.clear()
    log = LineLog(kept)
    say(log)
    log._write()
    for _ in range(80):
        say(log)
    assert (log.written, log.lost) == (0, 30)
    kept.gate.set()
    await log.close()
    assert (log.written, log.lost, len(kept.lines)) == (51, 30, 51)


async def test_disk_that_refuses_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    """Lines are counted as lost, the log says so once, and writing goes on when it can."""
    kept = Kept()
    kept.fails = True
    log = LineLog(kept)
    for _ in range(3):
        say(log)
        log._write()
        assert log._writing is not None
        await asyncio.wait((log._writing,))
        await asyncio.sleep(0)  # what follows from it runs in the next turn
    kept.fails = False
    say(log)
    await log.close()
    assert (log.written, log.lost) == (1, 3)
    assert [record.getMessage() for record in caplog.records] == [
        "questions can't be written down: OSError"
    ]


async def test_end_does_not_wait_for_a_pipe_that_nobody_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A worker's end has its own time, whoever holds the log up."""
    monkeypatch.setattr(query_log, "CLOSE_SECONDS", 0.01)
    kept = Kept()
    kept.gate.clear()
    log = LineLog(kept)
    say(log)
    await log.close()
    assert kept.closed
    kept.gate.set()


def test_days_have_files_of_their_own(tmp_path: Path) -> None:
    """A line goes to the file of its day in UTC; one with clients' addresses says so by name."""
    clock = HandClock(DAY.timestamp())
    files = DayFiles(
        tmp_path / "asked", clients=True, clock=lambda: datetime.fromtimestamp(clock(), UTC)
    )
    files.write([b"1\n", b"2\n"])
    clock.now += 120
    files.write([b"3\n"])
    files.close()
    assert (tmp_path / "asked.2026-11-22.clients").read_bytes() == b"1\n2\n"
    assert (tmp_path / "asked.2026-11-23.clients").read_bytes() == b"3\n"
    assert (tmp_path / "asked.2026-11-23.clients").stat().st_mode & 0o777 == 0o640


def test_file_that_was_taken_away_is_begun_anew(tmp_path: Path) -> None:
    """Whoever renames or removes the file needs to tell nobody."""
    files = DayFiles(tmp_path / "asked", clients=False, clock=lambda: DAY)
    path = tmp_path / "asked.2026-11-22"
    files.write([b"1\n"])
    path.rename(tmp_path / "away")
    files.write([b"2\n"])
    path.unlink()
    files.write([b"3\n"])
    files.close()
    assert (tmp_path / "away").read_bytes() == b"1\n"
    assert path.read_bytes() == b"3\n"


def test_line_after_a_torn_one_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk may take half a line; the next line isn't glued to it."""
    files = DayFiles(tmp_path / "asked", clients=False, clock=lambda: DAY)
    files.write([b'{"a":1}\n'])
    with monkeypatch.context() as full:
        real = query_log_write(full)
        with pytest.raises(OSError, match="full"):
            files.write([b'{"b":2}\n'])
    assert real == [4]
    files.write([b'{"c":3}\n'])
    files.close()
    assert (tmp_path / "asked.2026-11-22").read_bytes() == b'{"a":1}\n{"b"\n{"c":3}\n'


def query_log_write(full: pytest.MonkeyPatch) -> list[int]:
    """Let the disk take four bytes and no more; give what it took."""
    from rdds.operations import line_files

    write, took = line_files.os.write, []

    def four_bytes(file: int, data: bytes) -> int:
        if took:
            raise OSError(28, "full")
        took.append(write(file, data[:4]))
        return took[0]

    full.setattr(line_files.os, "write", four_bytes)
    return took


def test_standard_error_takes_whole_lines(capfd: pytest.CaptureFixture[str]) -> None:
    """Each line is written at once, so that workers' lines don't mix in a pipe."""
    StandardError().write([b"1\n", b"2\n"])
    assert capfd.readouterr().err == "1\n2\n"
