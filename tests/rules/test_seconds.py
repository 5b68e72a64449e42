"""Deadlines and locks are seconds in UTC, on any calendar and in any zone of the machine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from store.errors import Code
from store.registrant_changes import ChangeState
from store.sql.database import Database
from tests.store.editing_values import refused
from tests.store.locks.lock_values import locked_until
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    approve,
    edit,
    latest,
    state,
)

STARTS = [
    datetime(2028, 2, 27, 12, tzinfo=UTC),  # over a leap day
    datetime(2026, 3, 28, 23, 30, tzinfo=UTC),  # over the beginning of summer time in Europe
    datetime(2026, 10, 24, 23, 30, tzinfo=UTC),  # and its end
    datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
]
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True, params=["UTC", "Europe/Rome", "Pacific/Auckland"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the machine stand in another zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("start", STARTS)
def test_deadline_and_lock_are_so_many_seconds_e33(sqlite_url: str, start: datetime) -> None:
    """E-33, R-19, R-31: seven days are 604,800 seconds and sixty are 5,184,000."""
    registry = a_holder(Database.open(sqlite_url))
    registry.now = start
    registry.apply(edit())
    deadline = latest(registry).deadline
    assert deadline.timestamp() - start.timestamp() == 7 * 86_400
    registry.now = deadline - SECOND
    approve(registry, NEW, PRIOR)
    end = locked_until(registry, "shop.example")
    assert end is not None
    assert end.timestamp() - registry.now.timestamp() == 60 * 86_400
    registry.database.close()


@pytest.mark.parametrize("start", STARTS)
def test_clock_that_jumps_past_the_deadline_and_back_e33(sqlite_url: str, start: datetime) -> None:
    """E-33, R-19: a glance in between ends nothing, and an answer then is refused."""
    registry = a_holder(Database.open(sqlite_url))
    registry.now = start
    registry.apply(edit())
    before = registry.rows()
    registry.now = start + timedelta(days=400)
    assert state(registry) is ChangeState.EXPIRED
    assert registry.rows() == before
    registry.now = start + SECOND
    assert state(registry) is ChangeState.AWAITING_NEW
    approve(registry, NEW)
    registry.now = start + timedelta(days=400)
    with refused(Code.CLOSED):
        approve(registry, PRIOR)
    registry.database.close()
