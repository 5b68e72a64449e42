"""A worker's pulse: it asks for news, and its numbers are there to be read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from rdds.operations.cells import Count, Level
from rdds.operations.counters import WorkerCounters
from rdds.operations.pulse import Pulse
from rdds.operations.state_metrics import freshness_metrics
from rdds.operations.stripes import Stripes
from tests.rdds.operations.test_counters import FakeCache, metric


class FakeFreshness:
    """Keeps who asks, and answers when it is told to."""

    def __init__(self) -> None:
        self.stamp = datetime(2026, 1, 1, tzinfo=UTC)
        self.looks = self.failures = 0
        self.position = 41
        self.vouched = asyncio.get_running_loop().time()
        self.asked: list[Callable[[bool], None]] = []

    def ask(self, then: Callable[[bool], None], /) -> None:
        """Keep *then*."""
        self.asked.append(then)

    def ask_at_once(self) -> bool | None:
        """Take a wait."""
        return None

    def answer(self) -> None:
        """Say yes to all who asked."""
        asked, self.asked = self.asked, []
        self.looks += 1
        self.position += 1
        self.vouched = asyncio.get_running_loop().time()
        for then in asked:
            then(True)


async def test_beat_asks_and_tells() -> None:
    """Numbers stand there from the first beat on, and anew with every answer."""
    stripes, freshness = Stripes(1), FakeFreshness()
    stripe = stripes.claim()
    pulse = Pulse(WorkerCounters(stripe), cache=FakeCache(hits=2, budget=9), freshness=freshness)
    pulse.start()
    assert (stripe[Level.POSITION], stripe[Level.CACHE_ROOM]) == (41, 9)
    assert stripe[Level.BEAT] > 0
    freshness.answer()
    assert (stripe[Level.POSITION], stripe[Count.LOOKS]) == (42, 1)
    pulse.stop()


async def test_store_that_does_not_answer_is_asked_once() -> None:
    """A question that is still open is not asked again, beat after beat."""
    freshness = FakeFreshness()
    pulse = Pulse(WorkerCounters(Stripes(1).claim()), freshness=freshness)
    for _ in range(3):
        pulse.start()
        pulse.stop()
    assert len(freshness.asked) == 1
    freshness.answer()
    pulse.start()
    pulse.stop()
    assert len(freshness.asked) == 1


async def test_lag_grows_while_nothing_vouches() -> None:
    """The lag is the age of the last good check, also of a worker that hangs since."""
    stripes, freshness = Stripes(2), FakeFreshness()
    for age in (3.0, 40.0):
        freshness.vouched = asyncio.get_running_loop().time() - age
        Pulse(WorkerCounters(stripes.claim()), freshness=freshness)._tell()
    now = max(stripe[Level.BEAT] for stripe in stripes.held())
    metrics = list(freshness_metrics(stripes, clock=lambda: now + 5))
    lag = metric(metrics, "rdds_freshness_lag_seconds").samples[0].value
    assert 44.9 < lag < 46
    assert metric(metrics, "rdds_freshness_position").samples[0].value == 41


async def test_without_a_cache_there_is_no_lag() -> None:
    """A worker that keeps no answers has nothing to vouch for."""
    stripes = Stripes(1)
    pulse = Pulse(WorkerCounters(stripes.claim()))
    pulse.start()
    pulse.stop()
    metrics = list(freshness_metrics(stripes))
    assert metric(metrics, "rdds_freshness_lag_seconds").samples[0].value == 0
