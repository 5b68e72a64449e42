"""Locks that completed registrant changes set, waive or leave standing (A-11, R-31, R-32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from store.changes import CardEdit, TransferDomain, UpdateContact
from store.errors import Code
from store.policy import ChangeTerms, RegistryPolicy
from store.sql.database import Database
from tests.store.editing_values import POLICY, START, Registry, refused, with_zone
from tests.store.locks.lock_values import DAYS, locked_until
from tests.store.registrant_changes.parties import a_holder, approve, edit, latest, repoint

SHOP, STORE = "shop.example", "store.example"


@pytest.fixture
def registry(database: Database) -> Registry:
    """Give a registry where CA1 is the registrant of two names."""
    return a_holder(database, SHOP, STORE)


def ends(registry: Registry) -> list[timedelta | None]:
    """Give how long after the start the locks of the two names end."""
    found = [locked_until(registry, name) for name in (SHOP, STORE)]
    return [None if end is None else end - START for end in found]


def test_completed_edit_locks_all_its_names_r31_a11(registry: Registry) -> None:
    """R-31, A-11, D-36: sixty days from completion, on every name, by one row."""
    registry.apply(edit())
    registry.wait(days=2)
    assert ends(registry) == [None, None]
    approve(registry)
    assert ends(registry) == [timedelta(days=62)] * 2
    assert latest(registry).lock_until == START + timedelta(days=62)
    assert registry.count("transfer_lock") == 1
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(TransferDomain(name=STORE, to="REG-B"))


def test_completed_repoint_locks_its_name_alone_r31(registry: Registry) -> None:
    """R-31, D-36: the former holder's other names are free."""
    registry.apply(repoint(SHOP))
    approve(registry)
    assert ends(registry) == [DAYS, None]


def test_waiver_sets_no_lock_a11(registry: Registry) -> None:
    """A-11: the current registrant chose; a transfer passes at once."""
    registry.apply(edit())
    approve(registry, waive_lock=True)
    assert ends(registry) == [None, None]
    assert latest(registry).lock_until is None
    assert registry.apply(TransferDomain(name=SHOP, to="REG-B")).action == "transferred"


def test_waiver_shortens_no_earlier_lock_e27_r32(registry: Registry) -> None:
    """E-27, R-32: a second change whose lock is waived leaves the first lock's end."""
    registry.apply(edit())
    approve(registry)
    registry.wait(days=1)
    registry.apply(edit(email="third@example.net"))
    approve(registry, waive_lock=True)
    assert ends(registry) == [DAYS, DAYS]


def test_waiver_on_a_name_that_leaves_keeps_its_lock_e27_d36(registry: Registry) -> None:
    """E-27, D-36: re-pointing a locked name with a waiver takes its holder's lock along."""
    registry.apply(edit())
    approve(registry)
    registry.wait(days=1)
    registry.apply(repoint(SHOP))
    approve(registry, waive_lock=True)
    assert registry.domain(SHOP).links[0].contact == "CA3"
    assert ends(registry) == [DAYS, DAYS]


def test_second_change_moves_the_end_r32(registry: Registry) -> None:
    """R-32: the new end is sixty days from the second completion."""
    registry.apply(edit())
    approve(registry)
    registry.wait(days=10)
    registry.apply(repoint(SHOP))
    approve(registry)
    assert ends(registry) == [timedelta(days=70), DAYS]


def test_lock_of_no_days_is_none_r31(registry: Registry) -> None:
    """R-31: where the setting is 0 nothing is locked, and an earlier lock stays (R-32)."""
    registry.apply(edit())
    approve(registry)
    registry.use(_with_lock(0))
    registry.apply(edit(email="third@example.net"))
    approve(registry)
    assert ends(registry) == [DAYS, DAYS]
    registry.apply(repoint(STORE))
    approve(registry)
    assert ends(registry) == [DAYS, DAYS]
    registry.wait(days=60)
    registry.apply(edit(email="fourth@example.net"))
    approve(registry)
    assert ends(registry) == [None, None]


def test_name_of_a_zone_without_locks_is_free_e18_r11(registry: Registry) -> None:
    """E-18, R-11, A-20: held for both names, approved for both, and locked in the one zone."""
    registry.use(with_zone("co.example", registrant_change="irs_nz"))
    registry.register("aroha.co.example", "CA1")
    registry.apply(edit())
    approve(registry)
    assert ends(registry) == [DAYS, DAYS]
    assert locked_until(registry, "aroha.co.example") is None
    away = TransferDomain(name="aroha.co.example", to="REG-B")
    assert registry.apply(away).action == "transferred"


def test_split_locks_what_was_split_off(registry: Registry) -> None:
    """R-10, R-31: the names of the copy are locked, the original's are not."""
    edited = UpdateContact(handle="CA1", card=CardEdit(name="Somebody Else"), only=(SHOP,))
    registry.apply(edited)
    approve(registry)
    assert ends(registry) == [DAYS, None]


def _with_lock(days: int) -> RegistryPolicy:
    terms = replace(ChangeTerms(), transfer_lock=timedelta(days=days))
    return replace(POLICY, change_terms=terms)
