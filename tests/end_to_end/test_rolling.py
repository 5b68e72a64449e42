"""Workers come and go under clients that ask without a pause."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.end_to_end.askers import Asker, asking, terms_number
from tests.end_to_end.programs import Program, Serving
from tests.waiting import wait_until

WORKERS = 2
TIMES = 3


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Give `rdds` with an SQLite store in a folder of its own."""
    return Program(tmp_path, f"sqlite:///{tmp_path / 'rdds.sqlite3'}")


def _roll(program: Program, serving: Serving, askers: list[Asker], number: int) -> None:
    """Put new terms in force; wait until every client reads them and the old workers are gone."""
    before = set(serving.workers())
    program.config.write_text(terms_number(number))
    serving.process.send_signal(signal.SIGHUP)
    wait_until(lambda: all(each.terms == f"TERMS-{number}" for each in askers))
    wait_until(lambda: not before & set(serving.workers()))
    assert len(serving.workers()) == WORKERS


@pytest.mark.parametrize("per_connection", [1, 50])
def test_rolling_restart_loses_no_question(program: Program, per_connection: int) -> None:
    """HUP after HUP, no client is refused, reset or given less than a whole answer."""
    with (
        program.serve("--demo", "--workers", str(WORKERS)) as serving,
        asking(serving, per_connection=per_connection) as askers,
    ):
        for number in range(TIMES):
            _roll(program, serving, askers, number)
    assert [(each.door, each.failures) for each in askers if each.failures] == []


def _kill_one(serving: Serving) -> None:
    """Kill the oldest worker, and wait for its successor."""
    dead = serving.workers()[0]
    os.kill(dead, signal.SIGKILL)
    wait_until(lambda: dead not in serving.workers() and len(serving.workers()) == WORKERS)


def test_killed_worker_loses_what_it_had_in_hand_alone(program: Program) -> None:
    """After KILL nobody is refused; a client loses one question at most, and asks on."""
    with (
        program.serve("--demo", "--workers", str(WORKERS)) as serving,
        asking(serving, per_connection=50) as askers,
    ):
        for _ in range(TIMES):
            _kill_one(serving)
            heard = [asker.answers + 1 for asker in askers]
            wait_until(
                lambda heard=heard: all(
                    asker.answers > count for asker, count in zip(askers, heard, strict=True)
                )
            )
    for asker in askers:
        assert len(asker.failures) <= TIMES
        assert not [each for each in asker.failures if each.startswith("ConnectionRefused")]


def test_worker_that_dies_again_and_again_is_waited_for(program: Program) -> None:
    """Deaths in a row cost a pause, in which new settings are put in force at once."""
    with program.serve("--demo") as serving:
        for _ in range(4):
            wait_until(lambda: len(serving.workers()) == 1)
            (worker,) = serving.workers()
            os.kill(worker, signal.SIGKILL)
            wait_until(lambda worker=worker: f"worker {worker} died" in serving.log.read_text())
        said = [line for line in serving.log.read_text().splitlines() if " died " in line]
        pauses = [line.partition(" replaced")[2] for line in said]
        program.config.write_text(terms_number(7))
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: len(serving.workers()) == 1)
        assert "TERMS-7" in serving.ask_whois("lantern.example")
    seconds = ("0.5", "1.0", "2.0")
    assert pauses == ["", *(f" in {each} seconds" for each in seconds)]
