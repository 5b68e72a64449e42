"""The 60-day transfer lock in the store: what it covers, what it stops, how it ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from store import changes
from store.changes import LiftTransferLock, TransferDomain, UpdateContact, UpdateDomain
from store.errors import Code
from store.policy import LockStatus
from store.sql.database import Database
from store.sql.records.transfer_locks import set_lock
from store.statuses import Status
from tests.store.editing_values import START, Registry, a_registry, links, refused, with_zone
from tests.store.locks.lock_values import DAYS, lock_contact, lock_name, locked_until

AWAY = TransferDomain(name="shop.example", to="REG-B")
SECOND = timedelta(seconds=1)


@pytest.fixture
def registry(database: Database) -> Registry:
    """Give a registry whose contact CA1 holds two names; CA2 is the same person (R-05)."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("shop.example")
    registry.register("store.example")
    return registry


def test_lock_ends_sixty_days_later_to_the_second_r31(registry: Registry) -> None:
    """R-31: the lock holds until completion plus 60 times 86,400 seconds, and not at that."""
    lock_contact(registry, "CA1")
    registry.now = START + timedelta(seconds=60 * 86_400) - SECOND
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(AWAY)
    registry.now += SECOND
    assert registry.apply(AWAY).action == "transferred"


@pytest.mark.parametrize("shown", LockStatus)
def test_transfer_under_lock_is_refused_r34(registry: Registry, shown: LockStatus) -> None:
    """R-34: where a status shows the lock it prohibits, where none does the name isn't eligible."""
    registry.use(with_zone("example", lock_status=shown))
    lock_contact(registry, "CA1")
    wanted = Code.NOT_ELIGIBLE if shown is LockStatus.NONE else Code.STATUS_PROHIBITS
    with refused(wanted) as refusals:
        registry.apply(AWAY)
    assert "2026-04-30T12:00:00Z" in refusals[0].message


def test_lock_stops_transfers_alone_r33(registry: Registry) -> None:
    """R-33: edits, name servers, renewals, privacy and another holder pass under a lock."""
    lock_contact(registry, "CA1")
    registry.apply(
        UpdateDomain(name="shop.example", add_hosts=("ns1.elsewhere.net",)),
        UpdateDomain(name="shop.example", expires=START + timedelta(days=800)),
        UpdateContact(handle="CA1", card=changes.CardEdit(city="Porirua")),
        UpdateDomain(name="shop.example", links=links(admin="CA2")),
        UpdateDomain(name="shop.example", links=links(registrant="CA2")),
        changes.DeleteDomain(name="store.example"),
    )
    assert registry.domain("shop.example").links[0].contact == "CA2"


def test_lock_covers_links_made_by_then_d36(registry: Registry) -> None:
    """D-36: a contact's lock covers the names it holds at completion, not what it holds later."""
    end = lock_contact(registry, "CA1")
    registry.wait(seconds=1)
    registry.register("later.example")
    assert locked_until(registry, "store.example") == end
    assert locked_until(registry, "later.example") is None


def test_lock_covers_registrant_links_alone_d36(registry: Registry) -> None:
    """D-36: a name whose admin or tech contact has a new holder is not locked."""
    registry.register("other.example", "CA2", links=links("CA2", "CA1", "CA1", "CA1"))
    lock_contact(registry, "CA1")
    assert locked_until(registry, "other.example") is None


def test_zone_without_locks_is_free_a20_r11(registry: Registry) -> None:
    """A-20, R-11: a contact's lock leaves its names alone in a zone whose profile has none."""
    lock_contact(registry, "CA1")
    lock_name(registry, "shop.example")
    registry.use(with_zone("example", registrant_change="irs_nz"))
    assert locked_until(registry, "shop.example") is None
    lift = LiftTransferLock(name="shop.example", reason="order")
    registry.refuses([(lift, Code.NOT_FOUND, "name")])
    shown = registry.inquiries.find_domain("shop.example").statuses
    assert shown == (Status.INACTIVE,)
    assert registry.apply(AWAY).action == "transferred"


def test_lock_is_one_row_for_any_number_of_names_d36(registry: Registry) -> None:
    """D-36, R-32: one row locks all names of a contact, and one stays after a second lock."""
    lock_contact(registry, "CA1")
    registry.wait(days=3)
    lock_contact(registry, "CA1")
    assert registry.count("transfer_lock") == 1


@pytest.mark.parametrize("way", ["re-point", "split"])
def test_lock_stays_on_a_name_that_leaves_its_holder_d36(registry: Registry, way: str) -> None:
    """D-36: a re-point or a split copies the holder's lock to the name, and to no other."""
    end = lock_contact(registry, "CA1")
    registry.wait(days=1)
    if way == "re-point":
        registry.apply(UpdateDomain(name="shop.example", links=links(registrant="CA2")))
    else:
        edit = changes.CardEdit(city="Porirua")
        registry.apply(UpdateContact(handle="CA1", card=edit, only=("shop.example",)))
    registry.apply(UpdateDomain(name="store.example", links=links(admin="CA2")))
    assert locked_until(registry, "shop.example") == end
    assert locked_until(registry, "store.example") == end
    assert registry.count("transfer_lock") == 2


def test_lock_that_is_over_is_copied_nowhere_d36(registry: Registry) -> None:
    """D-36: only a lock in force goes along with a name."""
    lock_contact(registry, "CA1")
    registry.wait(days=61)
    registry.apply(UpdateDomain(name="shop.example", links=links(registrant="CA2")))
    assert registry.count("transfer_lock") == 1


def test_second_lock_ends_no_earlier_r32_e27(registry: Registry) -> None:
    """R-32, E-27: the later end of two counts, whichever was set first."""
    first = lock_contact(registry, "CA1")
    registry.wait(days=1)
    assert lock_contact(registry, "CA1", lasting=timedelta(days=2)) == first
    assert locked_until(registry, "shop.example") == first
    registry.wait(days=1)
    second = lock_contact(registry, "CA1")
    assert locked_until(registry, "shop.example") == second == first + timedelta(days=2)


def test_shorter_second_lock_binds_new_names_for_its_own_time_r32(registry: Registry) -> None:
    """R-32, D-36: a name linked after the first lock has the second one's end alone."""
    first = lock_contact(registry, "CA1")
    registry.wait(days=1)
    registry.register("later.example")
    lock_contact(registry, "CA1", lasting=timedelta(days=2))
    assert locked_until(registry, "shop.example") == first
    assert locked_until(registry, "later.example") == registry.now + timedelta(days=2)


def test_name_with_two_locks_has_the_later_end_r32(registry: Registry) -> None:
    """R-32: the holder's lock and the name's own add up."""
    lock_name(registry, "shop.example", lasting=timedelta(days=5))
    end = lock_contact(registry, "CA1", lasting=timedelta(days=9))
    assert locked_until(registry, "shop.example") == end


def test_holder_cannot_remove_the_lock_r31(registry: Registry) -> None:
    """R-31: no edit of statuses takes the lock away; it stands in no record."""
    lock_contact(registry, "CA1")
    status = frozenset({Status.SERVER_TRANSFER_PROHIBITED})
    with refused(Code.NOT_FOUND, "remove_status"):
        registry.apply(UpdateDomain(name="shop.example", remove_statuses=status))
    registry.apply(UpdateDomain(name="shop.example", add_statuses=status))
    registry.apply(UpdateDomain(name="shop.example", remove_statuses=status))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(AWAY)


def test_lock_lifted_by_order_r31(registry: Registry) -> None:
    """R-31: an order lifts the lock of one name, with its reason in the history."""
    end = lock_contact(registry, "CA1")
    outcome = registry.apply(LiftTransferLock(name="Shop.Example.", reason=" Court order 7 "))
    assert outcome.action == "unlocked"
    assert outcome.changes["reason"] == (None, "Court order 7")
    detail = registry.inquiries.find_lock("shop.example")
    assert detail.lock is None
    assert detail.lifted is not None
    assert (detail.lifted.actor, detail.lifted.at) == ("tester", START)
    assert detail.lifted.changes["reason"] == [None, "Court order 7"]
    assert locked_until(registry, "store.example") == end
    assert registry.apply(AWAY).action == "transferred"


def test_lifted_lock_does_not_come_back_with_a_holder_d36(registry: Registry) -> None:
    """D-36: what was lifted isn't copied, and a later lock counts all the same."""
    lock_contact(registry, "CA1")
    registry.apply(LiftTransferLock(name="shop.example", reason="order"))
    registry.apply(UpdateDomain(name="shop.example", links=links(registrant="CA2")))
    assert locked_until(registry, "shop.example") is None
    registry.wait(seconds=1)
    assert locked_until(registry, "shop.example") is None
    end = lock_contact(registry, "CA2")
    assert locked_until(registry, "shop.example") == end


def test_lock_set_in_the_second_of_a_lift_counts_r31(registry: Registry) -> None:
    """A lock that begins as an earlier one is lifted is another lock."""
    lock_contact(registry, "CA1")
    registry.wait(days=1)
    registry.apply(LiftTransferLock(name="shop.example", reason="order"))
    end = lock_contact(registry, "CA1")
    assert locked_until(registry, "shop.example") == end


def test_lift_is_refused_without_reason_or_lock_r31(registry: Registry) -> None:
    """A lift needs a reason and a lock; a refused one leaves no trace."""
    registry.refuses(
        [
            (LiftTransferLock(name="shop.example", reason="order"), Code.NOT_FOUND, "name"),
            (LiftTransferLock(name="gone.example", reason="order"), Code.NOT_FOUND, "name"),
        ]
    )
    lock_name(registry, "shop.example")
    for reason, code in (
        (" \t", Code.MISSING_VALUE),
        ("x" * 1001, Code.INVALID_VALUE),
        ("a\0b", Code.INVALID_VALUE),
    ):
        lift = LiftTransferLock(name="shop.example", reason=reason)
        registry.refuses([(lift, code, "reason")])


def test_lock_goes_with_its_name(registry: Registry) -> None:
    """A deleted name leaves no lock: registered anew it is another registration."""
    lock_name(registry, "shop.example")
    registry.apply(changes.DeleteDomain(name="shop.example"))
    assert registry.count("transfer_lock") == 0


def test_lock_is_one_things(registry: Registry) -> None:
    """A lock names a contact or a domain: neither or both is a mistake of the program."""
    for numbers in ({}, {"contact_id": 1, "domain_id": 1}):
        with pytest.raises(ValueError, match="contact's or a domain's"):
            registry.database.write(
                lambda connection, numbers=numbers: set_lock(  # type: ignore[misc]
                    connection, since=START, until=START + DAYS, change_id=None, **numbers
                ),
                commit=True,
            )
