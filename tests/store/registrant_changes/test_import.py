"""What a deposit does to open registrant changes and to locks (D-29, D-36), on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store.changes import EndOverdueChanges, LiftTransferLock
from store.deposit import registrant_changes
from store.messages import MessageKind, Recipient
from store.registrant_changes import ChangeState, Channel, EndReason
from store.sql.database import Database
from tests.store.deposit.deposits import (
    NOW,
    Part,
    a_contact,
    a_domain,
    a_registrar,
    deposit,
    load,
    one,
    table,
)
from tests.store.editing_values import POLICY, Registry
from tests.store.registrant_changes.parties import NEW, approve, edit, latest, repoint, sent
from tests.store.registrant_changes.queued import queued

S = ChangeState
DAY = timedelta(days=1)
VOICE = "+64.211234567"


def the_zone(**parts: Part | None) -> list[Part]:
    """Give a zone's objects; a keyword replaces one or, with none, leaves it out."""
    usual: dict[str, Part | None] = {
        "shop": a_domain(admin="CON2", tech="CON2"),
        "other": a_domain("other.example", admin="CON2", tech="CON2"),
        "third": a_domain("third.example", registrant="CON2", admin="CON2", tech="CON2"),
        "con1": a_contact(email="old@example.net"),
        "con2": a_contact("CON2", name="Tech", email="tech@example.net"),
        "con3": a_contact("CON3", name="Buyer Ltd", email="buyer@example.net"),
        "reg_a": a_registrar(),
        "reg_b": a_registrar("REG-B", "Beta Names", gurid="9996"),
    }
    return [part for part in {**usual, **parts}.values() if part is not None]


def imported(registry: Registry, **parts: Part | None) -> None:
    """Load the zone again, with some of its objects changed, a minute later."""
    registry.wait(minutes=1)
    octets = deposit(*the_zone(**parts), id="D2", watermark="2026-10-05T00:00:00Z")
    load(registry.database, octets, now=registry.now, replace=True, policy=POLICY)


def a_zone(database: Database) -> Registry:
    """Give a registry over an imported zone."""
    load(database, deposit(*the_zone()), policy=POLICY)
    return Registry(database, now=NOW + DAY)


def held(database: Database, request: Any = None) -> Registry:
    """Give one where a new e-mail of CON1, or what is asked for, waits for approval."""
    registry = a_zone(database)
    outcome = registry.apply(request or edit("CON1"))
    assert outcome.action == "held"
    return registry


def endings(registry: Registry) -> list[tuple[str, str, str | None]]:
    """Give the messages that told of an end."""
    return [(each.kind, each.to, each.address) for each in sent(registry) if each.kind != "N1"]


@pytest.mark.parametrize(
    "request_",
    [edit("CON1"), repoint(to="CON3"), replace(edit("CON1"), only=("shop.example",))],
)
def test_deposit_that_moves_nothing_leaves_the_change_open(
    database: Database, request_: Any
) -> None:
    """D-29: the same zone once more is no reason to end anything; both can still approve."""
    registry = held(database, request_)
    before, count = latest(registry), len(sent(registry))
    imported(registry)
    assert (latest(registry), len(sent(registry))) == (before, count)
    approve(registry)
    assert latest(registry).state is S.COMPLETED


SPONSOR = a_contact(email="old@example.net", registrar="REG-B")
REDEEMED = a_domain(
    admin="CON2",
    tech="CON2",
    status=("pendingDelete",),
    inside='<d:rgpStatus s="redemptionPeriod"/>',
)
MOVED: dict[str, tuple[EndReason, str, Part | None]] = {
    "a patched value": (EndReason.MOVED, "con1", a_contact(email="else@example.net")),
    "a name that is gone": (EndReason.DELETED, "shop", None),
    "another holder": (
        EndReason.MOVED,
        "shop",
        a_domain(registrant="CON3", admin="CON2", tech="CON2"),
    ),
    "no holder": (EndReason.MOVED, "shop", a_domain(registrant=None, admin="CON2", tech="CON2")),
    "another sponsor of a name": (
        EndReason.TRANSFERRED,
        "shop",
        a_domain(admin="CON2", tech="CON2", registrar="REG-B"),
    ),
    "another sponsor of the contact": (EndReason.MOVED, "con1", SPONSOR),
    "one name more": (
        EndReason.MOVED,
        "third",
        a_domain("third.example", admin="CON2", tech="CON2"),
    ),
    "redemption": (EndReason.BARRED, "shop", REDEEMED),
}


@pytest.mark.parametrize("moved", MOVED)
def test_deposit_that_moves_the_base_of_an_edit_voids_it(database: Database, moved: str) -> None:
    """D-29, R-27, R-09, E-08, E-22, E-23: the new registrant and the registrar are told."""
    reason, which, part = MOVED[moved]
    registry = held(database)
    imported(registry, **{which: part})
    change = latest(registry)
    assert (change.state, change.closed, change.reason) == (S.VOIDED, registry.now, reason)
    assert endings(registry) == [("N4", "new", "new@example.net"), ("N4", "registrar", None)]


MOVED_REPOINT = {
    "the current registrant's value": {"con1": a_contact(email="else@example.net")},
    "the new registrant's value": {
        "con3": a_contact("CON3", name="Other Ltd", email="buyer@example.net")
    },
    "a name that is gone": {"shop": None},
    "another holder": {"shop": a_domain(registrant="CON2", admin="CON2", tech="CON2")},
}


@pytest.mark.parametrize("moved", MOVED_REPOINT)
def test_deposit_that_moves_the_base_of_a_repoint_voids_it(database: Database, moved: str) -> None:
    """D-29, R-27: the link and both registrants' values are what it was based on."""
    registry = held(database, repoint(to="CON3"))
    imported(registry, **MOVED_REPOINT[moved])
    assert latest(registry).state is S.VOIDED


@pytest.mark.parametrize(
    "parts",
    [
        {"other": None},
        {"third": None},
        {"con1": a_contact(email="old@example.net", city="Nelson")},
        {"shop": a_domain(admin="CON2", tech="CON2", expires="2026-10-03T00:00:00Z")},
    ],
)
def test_repoint_stands_whatever_happens_elsewhere(
    database: Database, parts: dict[str, Part | None]
) -> None:
    """D-29, E-05, E-23: another name, another field or a plain expiry is not its base."""
    registry = held(database, repoint(to="CON3"))
    imported(registry, **parts)
    approve(registry)
    assert latest(registry).state is S.COMPLETED


def test_contacts_that_a_deposit_deletes_void_their_changes(database: Database) -> None:
    """D-29: a party that is gone approves nothing; whom a message can still reach is told."""
    registry = held(database, repoint(to="CON3"))
    registry.wait(minutes=1)
    deletes = "<e:deletes><c:delete><c:id>CON3</c:id></c:delete></e:deletes>\n"
    octets = deposit(
        type="DIFF", id="D2", previous="D1", deletes=deletes, watermark="2026-10-05T00:00:00Z"
    )
    load(registry.database, octets, now=registry.now, policy=POLICY)
    assert not any(row["handle"] == "CON3" for row in table(database, "contact"))
    assert latest(registry).state is S.VOIDED
    assert endings(registry) == [("N4", "new", "buyer@example.net"), ("N4", "registrar", None)]


def test_current_registrant_that_was_asked_is_told_as_well(database: Database) -> None:
    """D-14: whoever knew of the request hears of its end."""
    registry = held(database)
    approve(registry, NEW)
    imported(registry, other=None)
    told = [(kind, to) for kind, to, _ in endings(registry) if kind == "N4"]
    assert told == [("N4", "new"), ("N4", "prior"), ("N4", "registrar")]


def test_voiding_is_in_the_history_as_the_imports_doing(database: Database) -> None:
    """D-29: what ended, why, and by whom."""
    registry = held(database)
    imported(registry, other=None)
    entry = next(
        each
        for each in registry.inquiries.list_history("contact", "CON1")
        if each.changes.get("state") == ["awaiting_new", "voided"]
    )
    assert (entry.actor, entry.door, entry.at) == ("import", "cli", registry.now)


def test_import_that_fails_ends_nothing(database: Database) -> None:
    """D-29: in the import's own transaction, or not at all."""
    registry = held(database)
    before = registry.rows()
    octets = deposit(*the_zone(shop=None), id="D2", watermark="2026-10-05T00:00:00Z")
    load(registry.database, octets, now=registry.now, replace=True, commit=False, policy=POLICY)
    assert registry.rows() == before


def test_change_that_ran_out_is_left_to_its_own_end(database: Database) -> None:
    """R-19: it was over before the deposit came; who is told hears that it expired."""
    registry = held(database)
    registry.wait(days=7)
    imported(registry, shop=None)
    assert endings(registry) == []
    registry.apply(EndOverdueChanges())
    assert latest(registry).state is S.EXPIRED
    assert {kind for kind, _, _ in endings(registry)} == {"N5"}


def test_many_open_changes_are_looked_at_some_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """D-29: each by itself, however many there are."""
    monkeypatch.setattr(registrant_changes, "_AT_ONCE", 1)
    registry = a_zone(database)
    for name in ("shop.example", "other.example", "third.example"):
        registry.apply(repoint(name, to="CON3"))
    imported(registry, other=None)
    states = {row["id"]: row["state"] for row in table(database, "registrant_change")}
    assert list(states.values()).count("voided") == 1
    assert one(database, "registrant_change", state="voided")["id"] == sorted(states)[1]


def test_number_that_a_deposit_corrects_is_told_and_waits_like_any_other(
    database: Database,
) -> None:
    """D-02, R-23: by which door it was corrected makes no difference."""
    registry = held(database)
    number = "+64.277654321"
    imported(registry, con1=a_contact(email="old@example.net", voice=number))
    assert latest(registry).state is S.AWAITING_NEW
    notices = [each.message for each in queued(registry, MessageKind.PHONE_CORRECTED)]
    assert [(each.recipient, each.channel, each.address) for each in notices] == [
        (Recipient.PRIOR, Channel.EMAIL, "old@example.net"),
        (Recipient.PRIOR, Channel.SMS, VOICE),
    ]
    assert registry.contact("CON1").voice_since == registry.now
    imported(registry, con1=a_contact(email="old@example.net", voice=number))
    assert registry.contact("CON1").voice_since == registry.now - timedelta(minutes=1)
    assert len(queued(registry, MessageKind.PHONE_CORRECTED)) == 2


def test_replacing_a_zone_keeps_its_locks_and_its_registrant_changes(database: Database) -> None:
    """D-29, D-36: what no deposit carries stays: locks, lifted ones, how changes ended."""
    registry = held(database)
    approve(registry)
    registry.apply(LiftTransferLock(name="other.example", reason="sold to itself"))
    kept = ("transfer_lock", "registrant_change", "registrant_change_name", "agent_consent")
    before = {name: table(database, name) for name in kept}
    lifted = one(database, "domain", name="other.example")["lock_lifted"]
    history = registry.count("history")
    imported(registry)
    assert {name: table(database, name) for name in kept} == before
    assert one(database, "domain", name="other.example")["lock_lifted"] == lifted
    assert registry.inquiries.find_lock("shop.example").lock is not None
    assert registry.inquiries.find_lock("other.example").lock is None
    assert registry.count("history") > history


def test_name_that_a_deposit_gives_to_another_holder_stays_locked(database: Database) -> None:
    """D-36: the holder's lock is copied to the one name that leaves the holder."""
    registry = held(database)
    approve(registry)
    until = latest(registry).lock_until
    imported(registry, shop=a_domain(registrant="CON3", admin="CON2", tech="CON2"))
    for name in ("shop.example", "other.example"):
        lock = registry.inquiries.find_lock(name).lock
        assert lock is not None
        assert lock.until == until
