"""The ends without a new registrant: everything is as before, and who is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from store.changes import (
    CardEdit,
    DeleteDomain,
    EndOverdueChanges,
    TransferDomain,
    UpdateDomain,
    UpdateRegistrar,
    WithdrawRegistrantChange,
)
from store.errors import Code
from store.model import Role
from store.registrant_changes import ChangeState, EndReason
from store.sql.database import Database
from tests.store.editing_values import Registry, a_contact, links, refused, with_zone
from tests.store.registrant_changes.doors import doors_say
from tests.store.registrant_changes.parties import (
    NEW,
    a_holder,
    approve,
    decline,
    edit,
    latest,
    refuse,
    repoint,
    sent,
    state,
)

ASKED = {
    "edit": edit(name="Quite Another", email="new@example.net"),
    "repoint": repoint("shop.co.example"),
    "split": replace(edit(name="Quite Another"), only=("shop.co.example", "two.example")),
}


def _withdraw(registry: Registry) -> None:
    registry.apply(WithdrawRegistrantChange(change=latest(registry).id))


def _run_out(registry: Registry) -> None:
    registry.wait(days=7)
    registry.apply(EndOverdueChanges())


def _run_out_late(registry: Registry) -> None:
    approve(registry, NEW)
    _run_out(registry)


ENDINGS: tuple[tuple[Callable[[Registry], Any], ChangeState], ...] = (
    (decline, ChangeState.DECLINED_NEW),
    (refuse, ChangeState.REFUSED_PRIOR),
    (_withdraw, ChangeState.WITHDRAWN),
    (_run_out, ChangeState.EXPIRED),
    (_run_out_late, ChangeState.EXPIRED),
)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(("end", "expected"), ENDINGS)
def test_every_end_but_completion_leaves_both_doors_as_they_were_r28_a13(
    database: Database, asked: str, end: Callable[[Registry], Any], expected: ChangeState
) -> None:
    """A-13, R-28: byte for byte, from the request to after its end; no lock, old registrant."""
    registry = a_holder(database, "shop.co.example", "two.example")
    registry.apply(edit("CA3", city="Nelson"))
    names = ("shop.co.example", "two.example")
    before = doors_say(registry, *names)
    kept = (registry.contact("CA1"), registry.domain("two.example"))
    registry.apply(ASKED[asked])
    assert doors_say(registry, *names) == before
    end(registry)
    assert doors_say(registry, *names) == before
    assert latest(registry).state is expected
    assert latest(registry).closed == registry.now
    assert (registry.contact("CA1"), registry.domain("two.example")) == kept
    assert registry.count("transfer_lock") == 0


def test_pending_marker_goes_with_the_change_r28(database: Database) -> None:
    """R-28, D-03: a zone that shows the open change shows its end as well."""
    registry = a_holder(database)
    registry.use(with_zone("example", pending_update=True))
    before = doors_say(registry, "shop.example")
    touched = registry.touched(lambda: registry.apply(edit()))
    assert ("contact", "CA1") in touched
    assert b"pendingUpdate" in doors_say(registry, "shop.example")["shop.example"][0]
    touched = registry.touched(lambda: decline(registry))
    assert ("contact", "CA1") in touched
    assert doors_say(registry, "shop.example") == before


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (decline, {"new", "registrar"}),
        (_withdraw, {"new", "registrar"}),
        (refuse, {"new", "prior", "registrar"}),
    ],
)
def test_end_is_told_to_those_who_knew_d14(
    database: Database, end: Callable[[Registry], Any], told: set[str]
) -> None:
    """D-14, N4: the registrar and the new registrant always, the current one if it was asked."""
    registry = a_holder(database)
    registry.apply(
        UpdateRegistrar(handle="REG-A", card=CardEdit(email="desk@registrar.example.net"))
    )
    registry.apply(edit())
    end(registry)
    ended = [message for message in sent(registry) if message.kind == "N4"]
    assert {message.to for message in ended} == told
    addresses = {message.to: message.address for message in ended}
    assert addresses["registrar"] == "desk@registrar.example.net"
    assert addresses["new"] == "new@example.net"
    assert addresses.get("prior", "old@example.net") == "old@example.net"


def test_expiry_is_told_to_both_and_the_registrar_r29(database: Database) -> None:
    """R-29, N5, E-09: also to the current registrant that was never asked; once."""
    registry = a_holder(database)
    registry.apply(edit())
    registry.wait(days=7)
    assert state(registry) is ChangeState.EXPIRED  # the clock's word, before any job
    outcome = registry.apply(EndOverdueChanges())
    assert outcome.batch is not None
    assert (outcome.action, outcome.batch.done) == ("ended", 1)
    told = [(message.kind, message.to) for message in sent(registry, since=1)]
    assert told == [("N5", "new"), ("N5", "prior"), ("N5", "registrar")]
    before = registry.rows()
    assert registry.apply(EndOverdueChanges()).action == "unchanged"
    assert registry.rows() == before


def test_sweep_ends_a_batch_and_survives_parties_without_an_address_r29(
    database: Database,
) -> None:
    """R-29: an empty address is noted, and breaks nothing; the rest comes with the next batch."""
    registry = a_holder(database)
    for number in range(5):
        registry.register(f"name{number}.example", links=links("CA1", "CA2", "CA2"))
        registry.apply(repoint(f"name{number}.example"))
    registry.wait(days=7)
    done = []
    while (outcome := registry.apply(EndOverdueChanges(limit=2))).batch:
        if not outcome.batch.done:
            break
        done.append(outcome.batch.done)
    assert done == [2, 2, 1]
    unaddressed = [message for message in sent(registry) if message.address is None]
    assert {message.to for message in unaddressed} == {"registrar"}


def test_many_names_make_one_message_for_each_party_e02(database: Database) -> None:
    """5.3, E-02: fifty names in order, and how many there are."""
    names = [f"name{number:03}.example" for number in range(60)]
    registry = a_holder(database, *names)
    registry.apply(edit())
    decline(registry)
    for message in sent(registry):
        assert (message.names, message.count) == (tuple(names[:50]), 60)
    assert len(sent(registry)) == 3


def test_withdrawn_is_not_withdrawn_twice_r08(database: Database) -> None:
    """R-08, section 13: closed is closed; an unknown number is not found."""
    registry = a_holder(database)
    registry.apply(edit())
    number = latest(registry).id
    _withdraw(registry)
    registry.refuses(
        [
            (WithdrawRegistrantChange(change=number), Code.CLOSED, None),
            (WithdrawRegistrantChange(change=number + 1), Code.NOT_FOUND, "change"),
            (WithdrawRegistrantChange(change=0), Code.NOT_FOUND, "change"),
            (WithdrawRegistrantChange(change=2**70), Code.NOT_FOUND, "change"),
        ]
    )


def test_what_ran_out_is_closed_for_its_requester_too_r19(database: Database) -> None:
    """R-19: past the deadline there is nothing left to withdraw."""
    registry = a_holder(database)
    registry.apply(edit())
    registry.wait(days=7)
    with refused(Code.CLOSED):
        _withdraw(registry)


VOIDING = (
    (UpdateDomain(name="shop.co.example", disputed=True), EndReason.DISPUTED),  # E-21
    (DeleteDomain(name="shop.co.example"), EndReason.DELETED),
    (TransferDomain(name="shop.co.example", to="REG-B"), EndReason.TRANSFERRED),  # E-22
)


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize(("step", "reason"), VOIDING)
def test_dispute_deletion_and_transfer_void_e21_e22(
    database: Database, asked: str, step: Any, reason: EndReason
) -> None:
    """E-21, E-22, 5.2: either state, every kind of change; those who knew are told why."""
    registry = a_holder(database, "shop.co.example", "two.example")
    registry.apply(ASKED[asked])
    approve(registry, NEW)
    registry.apply(step)
    assert (latest(registry).state, latest(registry).reason) == (ChangeState.VOIDED, reason)
    assert [message.to for message in sent(registry) if message.kind == "N4"] == [
        "new",
        "prior",
        "registrar",
    ]
    with refused(Code.CLOSED):
        approve(registry, NEW)


def test_transfer_copies_the_old_data_e22(database: Database) -> None:
    """E-22: what was proposed goes nowhere."""
    registry = a_holder(database)
    registry.apply(edit(name="Never"))
    outcome = registry.apply(TransferDomain(name="shop.example", to="REG-B"))
    copy = registry.contact(outcome.copies["CA1"])
    assert copy.card.name == "Aroha Ngata"
    assert registry.domain("shop.example").link(Role.REGISTRANT).contact == copy.handle  # type: ignore[union-attr]


def test_other_names_changes_go_on_when_one_is_voided(database: Database) -> None:
    """5.2: only what covers the name ends; noting a dispute twice ends nothing more."""
    registry = a_holder(database, "shop.co.example", "two.example")
    registry.apply(repoint("two.example"))
    registry.apply(VOIDING[0][0])
    assert state(registry) is ChangeState.AWAITING_NEW
    registry.apply(a_contact("CA9"))
    approve(registry)
    assert state(registry) is ChangeState.COMPLETED


def test_history_says_each_step_with_its_actor_and_no_value(database: Database) -> None:
    """R-23.1, section 9: who did what through which door; the steps hold no private value."""
    registry = a_holder(database)
    registry.apply(edit())
    approve(registry)
    steps = [
        (entry.actor, entry.door, dict(entry.changes).get("state"))
        for entry in registry.inquiries.list_history("contact", "CA1")
        if entry.action == "registrant change"
    ]
    assert [(actor, door, list(said or ())) for actor, door, said in steps] == [
        ("tester", "test", [None, "awaiting_new"]),
        ("new registrant", "pages", ["awaiting_new", "awaiting_prior"]),
        ("current registrant", "pages", ["awaiting_prior", "completed"]),
    ]
