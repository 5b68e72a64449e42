"""What the housekeeper leaves of contacts, whom it tells, and who may be at it at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import Connection, insert, text

from store.changes import (
    CardEdit,
    Change,
    CreateDomain,
    CreateRegistrar,
    DeleteContact,
    DeleteDomain,
    DeleteDueContacts,
    DeleteRegistrar,
    DisclosureEdit,
    UpdateContact,
    UpdateDomain,
    UpdateRegistrar,
)
from store.errors import Code, RegistryError
from store.model import Element
from store.registrant_changes import RegistrantChange
from store.sql.database import Database
from store.sql.records import due_contacts
from store.sql.records.due_contacts import Mark, lock_free
from store.sql.schema import metadata
from store.statuses import Status
from tests.store.editing_values import START, Registry, a_contact, a_registry, links
from tests.store.lifecycles import (
    FREE,
    a_change,
    an_orphan,
    batch_of,
    delete_due,
    messages,
    rows_of,
)

MARKS = ("Kahurangi", "kahu@", "Taonga", "Secret Lane", "+64.48319876", "Te Anau")


def _contacts(registry: Registry, *handles: str, registrar: str = "REG-A") -> None:
    for handle in handles:
        registry.apply(a_contact(handle, registrar=registrar))


def _private(handle: str) -> list[Change]:
    return [
        a_contact(
            handle,
            name="Kahurangi Rewi",
            email="kahu@example.net",
            org="Ngā Taonga",
            street=("1 Secret Lane",),
            voice="+64.48319876",
            disclosure=DisclosureEdit(disclose=frozenset({Element.NAME})),
        ),
        UpdateContact(handle=handle, card=CardEdit(city="Te Anau"), auth_info="another-code"),
    ]


def test_deleted_contact_leaves_ids_and_fingerprints(database: Database) -> None:
    """Section 6: no private value of it is left in any row of any table."""
    registry = a_registry(database)
    registry.apply(*_private("CA1"))
    number = registry.contact("CA1").id
    registry.database.write(lambda c: _theirs(c, number))
    assert any(mark in repr(registry.rows()) for mark in MARKS)
    registry.wait(days=90)
    assert delete_due(registry) == 1
    rows = repr(registry.rows())
    assert not [mark for mark in MARKS if mark in rows]
    for table in ("contact", "contact_second_form", "agent_consent", "transfer_lock"):
        assert rows_of(registry, table) == []
    told = rows_of(registry, "history", kind="contact", subject="CA1")
    assert [row["action"] for row in told] == ["created", "updated", "deleted"]
    assert not any(row["private"] for row in told)
    assert json.loads(told[-1]["changes"])["id"] == ["CA1", None]


def _theirs(connection: Connection, number: int) -> None:
    tables = metadata.tables
    connection.execute(
        insert(tables["contact_second_form"]).values(contact_id=number, name="Kahurangi int")
    )
    connection.execute(
        insert(tables["agent_consent"]).values(
            contact_id=number, party="new", given=1, given_by="tester"
        )
    )
    connection.execute(insert(tables["transfer_lock"]).values(contact_id=number, since=1, until=2))


def test_history_is_as_after_a_deletion_by_hand(database: Database) -> None:
    """In a set or one by one: the same rows of history, fingerprint for fingerprint."""
    registry = a_registry(database)
    registry.apply(*_private("CA1"), *_private("CA2"))
    registry.apply(DeleteContact(handle="CA2"))
    registry.wait(days=90)
    delete_due(registry)
    by_job, by_hand = (
        [
            {"action": row["action"]} | json.loads(row["changes"])
            for row in rows_of(registry, "history", subject=handle)
        ]
        for handle in ("CA1", "CA2")
    )
    assert [{**row, "id": None} for row in by_job] == [{**row, "id": None} for row in by_hand]
    assert len(by_job) == 3


def test_batch_not_made_ready_writes_the_same(database: Database) -> None:
    """What was worked out ahead of the locks is what is worked out under them."""
    registry = a_registry(database)
    registry.apply(*_private("CA1"))
    registry.wait(days=1)
    registry.apply(*_private("CA2"))
    registry.wait(days=90)
    ready = registry.door.ready(DeleteDueContacts(limit=1))
    assert batch_of(registry.apply(ready)).done == 1
    assert batch_of(registry.apply(DeleteDueContacts())).done == 1
    ahead, under = (
        [
            {"action": row["action"]} | json.loads(row["changes"]) | {"id": None, "roid": None}
            for row in rows_of(registry, "history", subject=handle)
        ]
        for handle in ("CA1", "CA2")
    )
    assert ahead == under
    assert len(ahead) == 3


def test_contact_that_changed_after_a_batch_was_made_ready_is_worked_out_anew(
    database: Database,
) -> None:
    """Its last row of history tells of what it was under the lock, and no value stays."""
    registry = a_registry(database)
    registry.apply(*_private("CA1"), *_private("CA2"))
    registry.wait(days=90)
    ready = registry.door.ready(DeleteDueContacts())
    assert len(ready.readied.contacts) == len(ready.readied.histories) // 2 == 2
    registry.wait(days=-40)  # before pendingDelete, when it may still be edited
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Secret Lane")))
    registry.wait(days=40)
    assert batch_of(registry.apply(ready)).done == 2
    assert not [mark for mark in MARKS if mark in repr(registry.rows())]
    changed, other = (rows_of(registry, "history", subject=handle) for handle in ("CA1", "CA2"))
    assert [row["action"] for row in changed] == ["created", "updated", "updated", "deleted"]
    assert not any(row["private"] for row in (*changed, *other))
    edit, end = (json.loads(row["changes"])["city"] for row in changed[-2:])
    assert end == [edit[1], None]
    assert end != json.loads(other[-1]["changes"])["city"]


def test_links_that_came_and_went_after_a_batch_was_made_ready_count(database: Database) -> None:
    """L-06: under its lock a contact is looked at as it is then, whatever was made ready."""
    registry = an_orphan(database)
    registry.wait(days=90)
    ready = registry.door.ready(DeleteDueContacts())
    registry.register(contact="CA1")
    assert batch_of(registry.apply(ready)).done == 0
    registry.apply(DeleteDomain(name="shop.example"))
    assert batch_of(registry.apply(ready)).done == 0
    registry.wait(days=90)
    # Due again, by another instant than the one that was made ready.
    assert batch_of(registry.apply(ready)).done == 1


def test_dry_run_deletes_and_tells_nothing(database: Database) -> None:
    """The same outcome, and not a row differs."""
    registry = a_registry(database, "CA1", "CA2")
    registry.wait(days=90)
    before = registry.rows()
    tried = registry.try_out(DeleteDueContacts())
    assert registry.rows() == before
    assert tried == registry.apply(DeleteDueContacts())
    assert (tried.action, batch_of(tried).done) == ("deleted", 2)


def test_each_registrar_is_told_once_whatever_the_batches(database: Database) -> None:
    """Section 6: one message L1 a registrar and run, with a count and the first fifty."""
    registry = a_registry(database)
    registry.apply(
        UpdateRegistrar(handle="REG-A", card=CardEdit(email="a@example.net", cc="IT")),
        UpdateRegistrar(handle="REG-B", card=CardEdit(email="b@example.net")),
    )
    _contacts(registry, *(f"CA{number}" for number in range(10, 70)))
    _contacts(registry, *(f"CB{number}" for number in range(10, 15)), registrar="REG-B")
    registry.wait(days=90)
    assert delete_due(registry, limit=7) == 65
    told = messages(registry)
    assert [(row["kind"], row["recipient"], row["address"], row["language"]) for row in told] == [
        ("L1", "registrar", "a@example.net", "it"),
        ("L1", "registrar", "b@example.net", None),
    ]
    assert [row["payload"]["count"] for row in told] == [60, 5]
    assert told[0]["payload"]["contacts"] == [f"CA{number}" for number in range(10, 60)]
    assert told[1]["payload"]["contacts"] == [f"CB{number}" for number in range(10, 15)]
    assert rows_of(registry, "deletion_notice") == []
    assert delete_due(registry) == 0
    assert len(messages(registry)) == 2


def test_run_that_was_cut_short_is_told_of_by_the_next(database: Database) -> None:
    """What a batch deleted is not forgotten where the run ended before its last one."""
    registry = a_registry(database)
    registry.apply(UpdateRegistrar(handle="REG-A", card=CardEdit(email="a@example.net")))
    _contacts(registry, "CA1", "CA2", "CA3")
    registry.wait(days=90)
    assert batch_of(registry.apply(DeleteDueContacts(limit=2))).done == 2
    assert messages(registry) == []
    assert delete_due(registry) == 1
    assert [row["payload"]["count"] for row in messages(registry)] == [3]


def test_registrar_without_an_address_or_gone_stops_nothing(database: Database) -> None:
    """R-29: no address is noted, a registrar that is gone itself is not written to."""
    registry = a_registry(database, "CA1", "CA2")
    registry.apply(CreateRegistrar(handle="REG-C", card=CardEdit(name="Third")))
    registry.apply(a_contact("CC1", registrar="REG-C"))
    registry.wait(days=90)
    for _ in range(3):
        registry.apply(DeleteDueContacts(limit=1))
    assert registry.count("contact") in {0, 1}
    delete_due(registry, limit=1)
    told = messages(registry)
    assert {(row["state"], row["code"]) for row in told} == {("dropped", "no address")}
    registry.apply(a_contact("CC2", registrar="REG-C"))
    registry.wait(days=90)
    registry.apply(DeleteDueContacts(limit=1), DeleteRegistrar(handle="REG-C"))
    delete_due(registry)
    assert len(messages(registry)) == len(told)


def test_oldest_go_first(database: Database) -> None:
    """Batches take contacts in the order of their last unlinking."""
    registry = a_registry(database)
    for handle in ("CA3", "CA1", "CA2"):
        registry.apply(a_contact(handle))
        registry.wait(days=1)
    registry.wait(days=90)
    gone, after = [], None
    for _ in range(3):
        outcome = registry.apply(DeleteDueContacts(limit=1, after=after))
        gone.append(outcome.subject)
        after = batch_of(outcome).after
    assert gone == ["CA3", "CA1", "CA2"]


def test_those_that_stay_are_looked_at_once_in_a_pass(database: Database) -> None:
    """L-04, L-05: many that can't be deleted, older than the rest, hold up nothing."""
    registry = a_registry(database)
    _contacts(registry, *(f"OLD{number}" for number in range(10, 22)))
    for number in range(10, 22):
        registry.apply(
            UpdateContact(
                handle=f"OLD{number}",
                add_statuses=frozenset({Status.CLIENT_DELETE_PROHIBITED}),
            )
        )
    registry.wait(days=1)
    _contacts(registry, "NEW1", "NEW2")
    registry.wait(days=90)
    batches, after = [], None
    while True:
        batch = batch_of(registry.apply(DeleteDueContacts(limit=5, after=after)))
        batches.append(batch.done)
        if batch.after is None:
            break
        after = batch.after
    assert batches == [0, 0, 2]


def _due_store(database: Database, count: int) -> tuple[Registry, list[str]]:
    registry = a_registry(database, "KEEP")
    registry.use(FREE)
    registry.apply(UpdateRegistrar(handle="REG-A", card=CardEdit(email="a@example.net")))
    registry.register("kept.example", "KEEP")
    handles = [f"X-{number}" for number in range(10, 10 + count)]
    _contacts(registry, *handles)
    registry.wait(days=90)
    return registry, handles


def _housekeeper(url: str, start: Barrier, limit: int) -> int:
    database = Database.open(url)
    try:
        registry = Registry(database, policy=FREE, now=START + timedelta(days=90))
        start.wait(timeout=30)
        return delete_due(registry, limit=limit)
    finally:
        database.close()


def _linker(url: str, start: Barrier, handles: list[str]) -> dict[str, str]:
    database = Database.open(url)
    results = {}
    try:
        registry = Registry(database, policy=FREE, now=START + timedelta(days=90))
        start.wait(timeout=30)
        for handle in handles:
            create = CreateDomain(
                name=f"{handle.lower()}.example",
                registrar="REG-A",
                links=links("KEEP", "KEEP", "KEEP", handle),
            )
            try:
                registry.apply(create)
                results[handle] = "linked"
            except RegistryError as refusal:
                results[handle] = f"{refusal.code} {refusal.field}"
    finally:
        database.close()
    return results


def test_linking_and_deletion_at_once_have_one_winner_each(
    database: Database, store_url: str
) -> None:
    """L-06, E-32: either the link stands and the contact lives, or linking finds none: 2303."""
    registry, handles = _due_store(database, 40)
    start = Barrier(4)
    with ThreadPoolExecutor(4) as threads:
        linkers = [
            threads.submit(_linker, store_url, start, part)
            for part in (handles[::-2], handles[::2])
        ]
        keepers = [threads.submit(_housekeeper, store_url, start, 3) for _ in range(2)]
        results = {key: said for each in linkers for key, said in each.result().items()}
        deleted = sum(each.result() for each in keepers)
    standing = {row["handle"]: row for row in rows_of(registry, "contact")}
    for handle in handles:
        if results.get(handle) == "linked":
            assert standing[handle]["unlinked_at"] is None
        elif handle in results:
            assert results[handle] == f"{Code.NOT_FOUND} billing"
            assert handle not in standing
    assert deleted == len(handles) + 1 - len(standing)
    numbers = {row["id"] for row in standing.values()}
    assert {row["contact_id"] for row in rows_of(registry, "domain_contact")} <= numbers
    ends = [row["subject"] for row in rows_of(registry, "history", action="deleted")]
    assert sorted(ends) == sorted(set(handles) - set(standing))


def test_two_runs_at_once_share_the_work(database: Database, store_url: str) -> None:
    """L-06: every contact goes once, is recorded once, and is told of once."""
    registry, handles = _due_store(database, 60)
    start = Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        runs = [threads.submit(_housekeeper, store_url, start, 4) for _ in range(2)]
        deleted = [run.result() for run in runs]
    assert sum(deleted) + delete_due(registry) == len(handles)
    assert [row["handle"] for row in rows_of(registry, "contact")] == ["KEEP"]
    ends = [row["subject"] for row in rows_of(registry, "history", action="deleted")]
    assert sorted(ends) == handles
    assert sum(row["payload"]["count"] for row in messages(registry)) == len(handles)


def test_contact_that_an_editor_holds_is_left_to_the_next_run(postgresql_url: str) -> None:
    """L-06: on PostgreSQL locked rows are skipped, not waited for, and re-checked later."""
    database, other = Database.open(postgresql_url), Database.open(postgresql_url)
    registry, _ = _due_store(database, 3)

    def hold(connection: Connection) -> None:
        connection.execute(text("SELECT id FROM contact WHERE handle = 'X-11' FOR UPDATE"))
        assert delete_due(registry) == 2

    other.write(hold)
    assert [row["handle"] for row in rows_of(registry, "contact")] == ["KEEP", "X-11"]
    assert delete_due(registry) == 1
    other.close()
    database.close()


def test_change_opened_before_the_lock_is_seen_after_it(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """L-05, L-06: what is committed between the look and the lock counts."""
    database, other = Database.open(postgresql_url), Database.open(postgresql_url)
    registry, _ = _due_store(database, 1)
    rival = Registry(other, policy=FREE, now=registry.now)
    contact = registry.contact("X-10")
    opened: list[RegistrantChange] = []

    def lock_late(connection: Connection, numbers: Sequence[int]) -> list[Mark]:
        if not opened:
            opened.append(a_change(rival, contact))
        return lock_free(connection, numbers)

    monkeypatch.setattr(due_contacts, "lock_free", lock_late)
    assert delete_due(registry) == 0
    assert opened
    other.close()
    database.close()


def test_handle_of_a_deleted_contact_may_be_used_again(database: Database) -> None:
    """A new contact under an old handle starts anew, and keeps its own history apart."""
    registry = a_registry(database, "CA1")
    registry.wait(days=90)
    delete_due(registry)
    registry.apply(a_contact("CA1", city="Gore"))
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Nelson")))
    assert registry.contact("CA1").unlinked_at == registry.now
    registry.register()
    registry.apply(UpdateDomain(name="shop.example", links=links(billing="CA1")))
    assert delete_due(registry) == 0
