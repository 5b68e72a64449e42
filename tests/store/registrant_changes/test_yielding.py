"""Edits that hold at once while a registrant change waits for them (R-04, R-06, R-27)."""

from __future__ import annotations

from dataclasses import replace

from store.registrant_changes import ChangeState, EndReason
from store.sql.database import Database
from tests.store.editing_values import with_zone
from tests.store.registrant_changes.parties import a_holder, approve, edit, latest, sent


def test_name_that_is_only_spelled_otherwise_leaves_the_request_whole_e08(
    database: Database,
) -> None:
    """E-08, R-02: what both approve is what was asked for, not what a correction left of it."""
    registry = a_holder(database)
    registry.apply(edit(name="Buyer Ltd"))
    registry.apply(edit(name="Aroha  Ngata"))
    assert latest(registry).patch == {"name": ("Aroha  Ngata", "Buyer Ltd")}
    approve(registry)
    assert registry.contact("CA1").card.name == "Buyer Ltd"


def test_later_spelling_counts_where_the_request_was_no_other_name_e05(database: Database) -> None:
    """E-05: a spelling that was asked for beside a new e-mail yields to a later one."""
    registry = a_holder(database)
    registry.apply(edit(name="Aroha  Ngata", email="new@example.net"))
    registry.apply(edit(name="Aroha   Ngata"))
    assert set(latest(registry).patch) == {"email"}


def test_split_that_waits_keeps_its_request_too_e08(database: Database) -> None:
    """E-08: a waiting copy is no other than an edit."""
    registry = a_holder(database, "shop.example", "back.example")
    registry.apply(replace(edit(name="Buyer Ltd"), only=("shop.example",)))
    registry.apply(edit(name="Aroha  Ngata"))
    approve(registry)
    copy = registry.domain("shop.example").links[0].contact
    assert registry.contact(copy).card.name == "Buyer Ltd"


def test_request_whose_base_is_another_person_is_voided_r27(database: Database) -> None:
    """R-27: once the zone asks for no approval, a new name ends what was asked before."""
    registry = a_holder(database)
    registry.apply(edit(name="Buyer Ltd"))
    registry.use(with_zone("example", registrant_change="irs_nz"))
    registry.apply(edit(name="Somebody Else"))
    change = latest(registry)
    assert (change.state, change.reason) == (ChangeState.VOIDED, EndReason.MOVED)
    assert [(each.kind, each.to) for each in sent(registry)][1:3] == [
        ("N4", "new"),
        ("N4", "registrar"),
    ]


def test_request_with_nothing_left_of_a_new_registrant_is_voided_r27(database: Database) -> None:
    """R-27: where an address alone was asked for, a later one leaves nobody to approve."""
    registry = a_holder(database)
    registry.use(with_zone("example", material_address=True))
    registry.apply(edit(city="Nelson"))
    registry.apply(edit(city="Welling  ton"))
    registry.use(with_zone("example"))
    registry.apply(edit(city="Napier"))
    change = latest(registry)
    assert (change.state, change.reason) == (ChangeState.VOIDED, EndReason.MOVED)


def test_request_that_ran_out_is_closed_as_such_r19(database: Database) -> None:
    """R-19: an edit after the deadline finds an expired request, not a voided one."""
    registry = a_holder(database)
    registry.apply(edit(name="Buyer Ltd"))
    registry.wait(days=7)
    registry.apply(edit(name="Aroha  Ngata"))
    assert latest(registry).state is ChangeState.EXPIRED
    assert latest(registry).closed is not None
