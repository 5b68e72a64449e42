"""Registrant changes that ran out are ended beside the doors (R-29), on both engines."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select, update

from rdds.serving.sweeping import sweep_overdue_changes
from store.changes import Actor, CardEdit, UpdateContact
from store.errors import StoreUnavailableError
from store.instants import now
from store.model import Role
from store.policy import PROFILES, RegistryPolicy
from store.sql.database import Database
from store.sql.schema import registrant_change
from store.write_door import WriteDoor
from tests.stores import RowWriter, write_rows

SECONDS = 20.0
POLICY = RegistryPolicy(zones={"example": PROFILES["gtld"]})


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    rows.contact(1)
    rows.domain(1, "shop.example", dict.fromkeys(Role, 1))


def _open_overdue(database: Database) -> None:
    write_rows(database, _fill)
    door = WriteDoor(database, POLICY, clock=now)
    held = door.apply(UpdateContact(handle="C1", card=CardEdit(name="New")), Actor(name="clerk"))
    assert held.held
    database.write(lambda c: c.execute(update(registrant_change).values(deadline=1)))


def _states(database: Database) -> list[str]:
    return database.read(lambda c: list(c.execute(select(registrant_change.c.state)).scalars()))


async def _swept(database: Database) -> None:
    """Sweep until the change has ended, and stop."""
    stop = asyncio.Event()
    sweeping = asyncio.create_task(sweep_overdue_changes(database, POLICY, stop, every=0.01))
    async with asyncio.timeout(SECONDS):
        while await asyncio.to_thread(_states, database) != ["expired"]:
            assert not sweeping.done()
        stop.set()
        await sweeping


async def test_change_that_ran_out_is_ended(database: Database) -> None:
    """R-29: with no job at all; the sweep ends when it is told to."""
    _open_overdue(database)
    await _swept(database)


async def test_store_that_is_away_is_tried_again(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A busy or absent store is said once, and waited for."""
    _open_overdue(database)
    apply, failures = WriteDoor.apply, [1, 2, 3]

    def failing(*arguments: object) -> object:
        if failures:
            failures.pop()
            raise StoreUnavailableError("away")
        return apply(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(WriteDoor, "apply", failing)
    await _swept(database)
    assert caplog.text.count("registrant changes that ran out wait") == 1


async def test_fault_of_one_sweep_ends_nothing_else(
    database: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What can't be ended is said without its text, and tried again; the process lives on."""
    _open_overdue(database)
    apply, failures = WriteDoor.apply, [1]

    def failing(*arguments: object) -> object:
        if failures:
            failures.pop()
            raise ValueError("secret")
        return apply(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(WriteDoor, "apply", failing)
    await _swept(database)
    assert "can't be ended: ValueError" in caplog.text
    assert "secret" not in caplog.text
