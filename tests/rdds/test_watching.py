"""One object for both doors: limits, counts and the log of questions."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

from rdds.operations.cells import Count, Level
from rdds.operations.counters import WorkerCounters
from rdds.operations.line_files import day_file, utc_now
from rdds.operations.memory import proportional_bytes
from rdds.operations.pulse import Pulse
from rdds.operations.stripes import Stripes
from rdds.settings.sections import Log
from rdds.watching import WorkerWatch, open_query_log
from store.names import Address
from store.watch import Door, Kind, Outcome, Unwatched, Watch

CLIENT = ip_address("192.0.2.7")


class Strict(Unwatched):
    """Knows one visitor, lets it in once, and has it wait."""

    def __init__(self) -> None:
        self.inside = 0

    def visitor(self, address: Address | str | None) -> int:
        """Give the last byte."""
        return int(str(address).rpartition(".")[2])

    def enter(self, door: Door, visitor: int) -> bool:
        """Let one in."""
        self.inside += 1
        return self.inside == 1

    def leave(self, door: Door, visitor: int) -> None:
        """Count it out."""
        self.inside -= 1

    def admit(self, door: Door, visitor: int) -> int:
        """Have it wait."""
        return 7

    def charge(self, visitor: int, persons: int) -> int:
        """Have it wait for each of them."""
        return persons


def test_watch_asks_the_limits_and_counts() -> None:
    """What the limits say is what the door hears; connections and answers are counted beside."""
    stripe = Stripes(1).claim()
    limits = Strict()
    watch: Watch = WorkerWatch(limits, WorkerCounters(stripe))
    visitor = watch.visitor(CLIENT)
    assert (visitor, watch.admit(Door.RDAP, visitor), watch.charge(visitor, 3)) == (7, 7, 3)
    assert [watch.enter(Door.RDAP, visitor) for _ in range(2)] == [True, False]
    assert stripe[Level.OPEN_RDAP] == stripe[Count.CONNECTIONS_RDAP] == 1
    assert stripe[Count.REFUSED_RDAP] == 1
    watch.leave(Door.RDAP, visitor)
    assert (limits.inside, stripe[Level.OPEN_RDAP]) == (1, 0)
    watch.note(Door.WHOIS, Kind.HELP, Outcome.FOUND, seconds=0.1, cached=False)
    assert sum(stripe[cell] for cell in range(Count.CONNECTIONS_WHOIS)) == 2.1
    assert watch.log is None


async def test_log_is_kept_as_the_settings_say(tmp_path: Path) -> None:
    """Off is none at all; addresses are written where there are days to keep them for."""
    assert open_query_log(Log()) is None
    name = tmp_path / "asked"
    settings = Log(questions="full", questions_file=name)
    for days in (0, 1):
        log = open_query_log(replace(settings, client_days=days))
        assert log is not None
        watch = WorkerWatch(Unwatched(), WorkerCounters(Stripes(1).claim()), log)
        assert watch.log is log
        log(Door.RDAP, Kind.HELP, Outcome.FOUND, client=CLIENT, question="help", seconds=0.1)
        await log.close()
    written = [
        day_file(name, utc_now().date().isoformat(), clients=clients).read_bytes()
        for clients in (False, True)
    ]
    assert [b"192.0.2.7" in each for each in written] == [False, True]


async def test_sampled_log_writes_few(tmp_path: Path) -> None:
    """The sample is as small as the setting says, and standard error is where it goes else."""
    log = open_query_log(Log(questions="sampled", questions_sample=1_000_000))
    assert log is not None
    for _ in range(100):
        log(Door.RDAP, Kind.HELP, Outcome.FOUND, client=None, question="help", seconds=0.1)
    await log.close()
    assert log.written <= 5


async def test_lines_are_counted_with_every_beat(tmp_path: Path) -> None:
    """What was written and lost is told by the worker's pulse."""
    stripe = Stripes(1).claim()
    log = open_query_log(Log(questions="full", questions_file=tmp_path / "gone" / "asked"))
    assert log is not None
    pulse = Pulse(WorkerCounters(stripe), log=log)
    log(Door.RDAP, Kind.HELP, Outcome.FOUND, client=None, question="help", seconds=0.1)
    await log.close()
    pulse.stop()
    assert (stripe[Count.LINES], stripe[Count.LINES_LOST]) == (0, 1)


def test_memory_of_a_process_that_has_ended_is_unknown() -> None:
    """A worker may die between the look at its stripe and the look at its memory."""
    assert proportional_bytes(2**22 + 1) is None
