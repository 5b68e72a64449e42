"""Imports and edits at once on PostgreSQL: each waits for the other, and none is lost."""

from __future__ import annotations

import io
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, text

from store.changes import Actor, CardEdit, UpdateContact
from store.deposit.importing import ImportOptions, import_deposit
from store.errors import Code, StoreUnavailableError
from store.outcomes import Outcome
from store.policy import PROFILES, RegistryPolicy
from store.sql.database import Database
from store.write_door import WriteDoor
from tests.store.deposit.deposits import LATER, NOW, load, one, small
from tests.waiting import wait_until

EDIT = UpdateContact(handle="CON1", card=CardEdit(city="Nelson"))


def edited(url: str) -> Outcome:
    """Apply the edit on a connection of its own."""
    database = Database.open(url)
    policy = RegistryPolicy(zones={"example": PROFILES["gtld"]})
    try:
        door = WriteDoor(database, policy, clock=lambda: LATER)
        return door.apply(EDIT, Actor(name="tester", door="test"))
    finally:
        database.close()


def somebody_waits(url: str) -> bool:
    database = Database.open(url)

    def work(connection: Connection) -> bool:
        waiting = (
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE NOT l.granted AND d.datname = current_database()"
        )
        return bool(connection.execute(text(waiting)).scalar_one())

    try:
        return database.read(work)
    finally:
        database.close()


class _Disturbed(io.BytesIO):
    """A deposit during whose reading somebody begins to edit what it brings."""

    def __init__(self, octets: bytes, url: str, threads: ThreadPoolExecutor) -> None:
        super().__init__(octets)
        self._url, self._threads = url, threads
        self.edit: Future[Outcome] | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        if self.edit is None:
            self.edit = self._threads.submit(edited, self._url)
            wait_until(lambda: somebody_waits(self._url))
        return super().read(size)


def test_edit_during_an_import_waits_for_its_end(postgresql_url: str) -> None:
    """Neither stops the other: the edit is made on what the import brought."""
    database = Database.open(postgresql_url)
    load(database, small())
    with ThreadPoolExecutor(1) as threads:
        stream = _Disturbed(small(id="D2"), postgresql_url, threads)
        database.write(
            lambda connection: import_deposit(
                connection, stream, ImportOptions(replace=True), clock=lambda: NOW
            )
        )
        assert stream.edit is not None
        stream.edit.result()
    contact = one(database, "contact", handle="CON1")
    assert (contact["city"], contact["version"]) == ("Nelson", 3)
    assert one(database, "zone", name="example")["last_deposit"] == "D2"
    database.close()


def test_edit_during_a_long_import_is_told_that_the_store_is_busy(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor waits for the import with an end; the import goes on."""
    monkeypatch.setattr("store.sql.database.BUSY_SECONDS", 1.0)
    database = Database.open(postgresql_url)
    load(database, small())

    def work(connection: Connection) -> None:
        options = ImportOptions(replace=True)
        import_deposit(connection, io.BytesIO(small(id="D2")), options, clock=lambda: NOW)
        with pytest.raises(StoreUnavailableError) as refusal:
            edited(postgresql_url)
        assert refusal.value.code is Code.STORE_BUSY

    database.write(work)
    assert one(database, "zone", name="example")["last_deposit"] == "D2"
    assert one(database, "contact", handle="CON1")["city"] == "Wellington"
    database.close()
