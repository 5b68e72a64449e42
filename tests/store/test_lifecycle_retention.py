"""How long the store keeps private values that nothing needs any more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from store.change_inquiries import ChangeInquiries
from store.changes import (
    CardEdit,
    DeleteContact,
    DeleteDomain,
    PruneChangeLog,
    RecordConsent,
    ScrubHistory,
    UpdateContact,
)
from store.changes_json import change_json
from store.folding import contact_key
from store.messages import Message, MessageKind, MessageState, Recipient
from store.policy import RegistryPolicy
from store.registrant_changes import ChangeState
from store.sql.database import Database
from store.sql.records.outbox import queue_message
from store.sql.schema import metadata
from tests.store.editing_values import START, Registry, a_contact, a_registry
from tests.store.lifecycles import FREE, a_change, batch_of, rows_of
from tests.store.registrant_changes.parties import NEW, PRIOR, a_holder, approve, edit

KEPT = timedelta(days=457)
SECOND = timedelta(seconds=1)
POLICY: RegistryPolicy = replace(FREE, private_history=KEPT)


def _registry(database: Database) -> Registry:
    registry = a_registry(database)
    registry.use(POLICY)
    return registry


def _scrub(registry: Registry, limit: int = 500) -> int:
    return batch_of(registry.apply(ScrubHistory(limit=limit))).done


def _histories(registry: Registry, subject: str) -> list[dict[str, Any]]:
    return [json.loads(row["changes"]) for row in rows_of(registry, "history", subject=subject)]


def test_history_keeps_private_values_as_long_as_the_setting_says(database: Database) -> None:
    """Section 9: to the second; then what changed is still told, and not to what."""
    registry = _registry(database)
    registry.apply(a_contact("CA1", org="Ngā Taonga", street=("1 Secret Lane",)))
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(email="new@example.net")))
    registry.now = START + KEPT - SECOND
    before = registry.rows()
    assert _scrub(registry) == 0
    assert registry.rows() == before
    registry.now = START + KEPT
    assert _scrub(registry) == 2
    created, updated = _histories(registry, "CA1")
    for mark in ("Aroha", "Taonga", "Secret", "aroha@", "new@", "+64.", "Wellington"):
        assert mark not in json.dumps([created, updated], ensure_ascii=False)
    assert created["id"] == [None, "CA1"]
    assert created["registrar"] == [None, "REG-A"]
    assert created["postal_type"] == [None, "loc"]
    # Alike values stay recognisable.
    assert created["email"][1] == updated["email"][0] != updated["email"][1]
    assert list(updated) == ["email"]
    assert registry.contact("CA1").card.email == "new@example.net"


def test_history_keeps_how_a_registrant_change_went(database: Database) -> None:
    """Section 11: who approved what stays evidence; the values alone go."""
    registry = a_holder(database)
    registry.use(replace(registry.policy, private_history=KEPT))
    registry.apply(RecordConsent(contact="CA1", party=PRIOR), edit())
    approve(registry, NEW)
    told = {"registrant change", "consent"}
    before = [row for row in rows_of(registry, "history") if row["action"] in told]
    assert len(before) == 5
    registry.wait(days=KEPT.days)
    assert _scrub(registry) > 0
    assert [row for row in rows_of(registry, "history") if row["action"] in told] == before


def test_younger_rows_and_other_objects_keep_theirs(database: Database) -> None:
    """Only contacts' values are private; only what is old enough goes."""
    registry = _registry(database)
    registry.apply(a_contact("CA1"))
    registry.register()
    registry.wait(days=100)
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Nelson")))
    names = _histories(registry, "shop.example")
    registry.now = START + KEPT
    assert _scrub(registry) == 1
    assert _histories(registry, "CA1")[1] == {"city": ["Wellington", "Nelson"]}
    assert _histories(registry, "shop.example") == names
    assert names[0]["registrant"] == [None, "CA1"]


def test_scrubbing_comes_to_an_end_and_changes_nothing_twice(database: Database) -> None:
    """Batch by batch until nothing is left; a second run writes no row."""
    registry = _registry(database)
    for number in range(10, 17):
        registry.apply(a_contact(f"CA{number}"))
    registry.now = START + KEPT
    assert [_scrub(registry, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    before = registry.rows()
    assert registry.apply(ScrubHistory()).action == "unchanged"
    assert registry.rows() == before


def test_deletion_takes_what_an_old_history_still_said(database: Database) -> None:
    """Section 6: of a deleted contact even its registrar is a fingerprint."""
    registry = _registry(database)
    registry.apply(a_contact("CA1"))
    registry.register()
    registry.now = START + KEPT
    _scrub(registry)
    registry.apply(DeleteDomain(name="shop.example"), DeleteContact(handle="CA1"))
    created = _histories(registry, "CA1")[0]
    assert created["id"] == [None, "CA1"]
    assert "REG-A" not in json.dumps(created)


def test_deletion_keeps_how_registrant_changes_went(database: Database) -> None:
    """Section 6: of a contact that is gone the values are fingerprints; evidence stays."""
    registry = a_holder(database)
    registry.use(replace(registry.policy, private_history=KEPT))
    registry.apply(RecordConsent(contact="CA1", party=PRIOR), edit())
    approve(registry, NEW)
    registry.wait(days=KEPT.days)
    told = [each for each in _histories(registry, "CA1") if "email" not in each]
    assert {"registrant_change", "state", "prior_agent"} <= set().union(*told)
    registry.apply(DeleteDomain(name="shop.example"), DeleteContact(handle="CA1"))
    left = _histories(registry, "CA1")
    assert [each for each in left if "email" not in each] == told
    assert "old@example.net" not in json.dumps(left)


def test_scrubbed_change_still_names_its_fields(database: Database) -> None:
    """Section 9: an operator reads which fields were to change, and what was public anyway."""
    registry = _registry(database)
    registry.apply(a_contact("CA1"))
    at = 1_700_000_000_000_000
    patch = {
        "city": ("Wellington", "Te Anau"),
        "org": (None, "Taonga"),
        "disclosures": ({}, {"fax": None, "email": at}),
        "auth_hash": ("one", "two"),
    }
    closed = a_change(registry, registry.contact("CA1"), patch=patch)
    _close(registry, closed.id)
    registry.wait(days=KEPT.days)
    while _scrub(registry):
        pass
    inquiries = ChangeInquiries(registry.database, POLICY, clock=lambda: registry.now)
    changes: Any = change_json(inquiries.find_change(closed.id))["changes"]
    assert list(changes) == ["city", "org", "disclose", "hide", "auth_info"]
    assert changes["disclose"] == [[], ["email"]]
    assert changes["hide"] == [[], ["fax"]]
    assert [set(value) for value in changes["city"]] == [{"hash"}, {"hash"}]
    assert changes["org"][0] is None
    assert not [mark for mark in ("Wellington", "Anau", "Taonga") if mark in json.dumps(changes)]


def _close(registry: Registry, number: int) -> None:
    table = metadata.tables["registrant_change"]
    values = {"state": "refused_prior", "open": False, "closed": _micros(registry)}
    registry.database.write(
        lambda c: c.execute(update(table).where(table.c.id == number).values(**values))
    )


def _micros(registry: Registry) -> int:
    return int(registry.now.timestamp()) * 1_000_000


def test_closed_registrant_change_loses_its_patch_and_addresses(database: Database) -> None:
    """Counted from its end; an open one keeps what its parties are to answer."""
    registry = _registry(database)
    registry.apply(a_contact("CA1"), a_contact("CA2"))
    patch = {"name": ("Aroha Ngata", "Mere Ngata"), "registrar": ("REG-A", "REG-A")}
    closed = a_change(registry, registry.contact("CA1"), patch=patch)
    opened = a_change(
        registry, registry.contact("CA2"), patch=patch, deadline=START + timedelta(days=900)
    )
    registry.wait(days=3)
    _close(registry, closed.id)
    registry.now = START + timedelta(days=3) + KEPT - SECOND
    while _scrub(registry):
        pass
    assert all(row["prior_email"] for row in rows_of(registry, "registrant_change"))
    registry.now += SECOND
    assert _scrub(registry) == 1
    after, standing = sorted(rows_of(registry, "registrant_change"), key=lambda row: row["id"])
    assert (after["prior_email"], after["new_email"], after["state"]) == (
        None,
        None,
        ChangeState.REFUSED_PRIOR,
    )
    assert "Ngata" not in after["patch"]
    assert json.loads(after["patch"])["registrar"] == ["REG-A", "REG-A"]
    assert json.loads(standing["patch"])["name"] == ["Aroha Ngata", "Mere Ngata"]
    assert standing["prior_email"] == "aroha@example.net"
    assert standing["id"] == opened.id


@pytest.mark.parametrize("state", MessageState)
def test_message_that_left_long_ago_forgets_its_address(
    database: Database, state: MessageState
) -> None:
    """What waits to be sent keeps it, for it is still needed."""
    registry = _registry(database)
    message = Message(
        kind=MessageKind.PHONE_CORRECTED,
        recipient=Recipient.PRIOR,
        address="aroha@example.net",
        values={"old": "+64 … 19", "new": "+64 … 20"},
    )
    table = metadata.tables["outbox"]
    registry.database.write(lambda c: queue_message(c, message, now=START))
    registry.database.write(lambda c: c.execute(update(table).values(state=state.value)))
    registry.now = START + KEPT
    waits = state is MessageState.WAITING
    assert _scrub(registry) == (0 if waits else 1)
    (row,) = rows_of(registry, "outbox")
    assert (row["address"] is None, row["payload"] == "{}") == (not waits, not waits)
    assert (row["kind"], row["state"]) == ("N6", state.value)


def test_rows_are_marked_when_they_are_written(database: Database) -> None:
    """Rows of contacts hold private values; others don't, and are never looked at."""
    registry = _registry(database)
    registry.apply(a_contact("CA1"))
    registry.register()
    marks = {
        (row["kind"], bool(row["private"]))
        for row in rows_of(registry, "history", action="created")
    }
    assert marks == {("registrar", False), ("contact", True), ("domain", False)}


def test_the_change_log_is_pruned_but_for_its_newest_row(database: Database) -> None:
    """Readers are not two days behind; the newest row, however old, is the doors' stamp."""
    registry = _registry(database)
    for handle in ("CA1", "CA2", "CA3"):
        registry.apply(a_contact(handle))
    before = registry.count("change_log")
    registry.wait(days=2, seconds=-1)
    assert registry.apply(PruneChangeLog()).action == "unchanged"
    registry.wait(seconds=1)
    # The store's own first row is of the day on which it was really made.
    assert batch_of(registry.apply(PruneChangeLog(limit=2))).done == 1
    assert batch_of(registry.apply(PruneChangeLog())).done == before - 3
    assert registry.apply(PruneChangeLog()).action == "unchanged"
    assert registry.rows()["change_log"][-1][3:] == ("contact", contact_key("CA3"))
