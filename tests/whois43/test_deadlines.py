"""Deadlines kept by one timer, on a clock that the test moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

from whois43.deadlines import Deadlines


class FakeTimer:
    """A timer that remembers whether it was cancelled."""

    def __init__(self, due: float, action: Callable[[], None]) -> None:
        self.due = due
        self.action = action
        self.cancelled = False

    def cancel(self) -> None:
        """Never fire."""
        self.cancelled = True


class FakeLoop:
    """A clock and its timers."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[FakeTimer] = []

    def time(self) -> float:
        """Tell the time."""
        return self.now

    def call_at(self, due: float, action: Callable[[], None]) -> FakeTimer:
        """Set a timer."""
        self.timers.append(FakeTimer(due, action))
        return self.timers[-1]

    def pass_to(self, now: float) -> None:
        """Move the clock and fire what is due."""
        self.now = now
        due = [timer for timer in self.timers if timer.due <= now and not timer.cancelled]
        self.timers = [timer for timer in self.timers if timer not in due]
        for timer in due:
            timer.action()


def waiting() -> tuple[FakeLoop, Deadlines[str], list[str]]:
    """Give a clock at 0, deadlines of 10 seconds on it, and the list of who was late."""
    clock = FakeLoop()
    late: list[str] = []
    return clock, Deadlines(cast("asyncio.AbstractEventLoop", clock), 10.0, late.append), late


def test_each_member_is_late_at_its_own_instant() -> None:
    """The one timer goes on to the next deadline."""
    clock, deadlines, late = waiting()
    deadlines.add("first")
    clock.pass_to(4)
    deadlines.add("second")
    assert len(clock.timers) == 1
    clock.pass_to(9)
    assert late == []
    clock.pass_to(10)
    assert late == ["first"]
    assert deadlines.members() == ("second",)
    clock.pass_to(14)
    assert late == ["first", "second"]
    assert clock.timers == []


def test_member_that_left_is_not_late() -> None:
    """Who left in time is forgotten, and the timer starts anew with the next."""
    clock, deadlines, late = waiting()
    deadlines.add("gone")
    deadlines.discard("gone")
    deadlines.discard("never there")
    clock.pass_to(10)
    deadlines.add("next")
    clock.pass_to(20)
    assert late == ["next"]


def test_stopped_deadlines_forget_everybody() -> None:
    """No timer is left behind."""
    clock, deadlines, late = waiting()
    deadlines.add("waiting")
    deadlines.stop()
    clock.pass_to(10)
    assert late == []
    assert deadlines.members() == ()
