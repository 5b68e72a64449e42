"""Transfer locks and deposits: an import keeps what no deposit carries."""

from __future__ import annotations

import pytest

from store.sql.database import Database
from tests.store.deposit import deposits
from tests.store.editing_values import START, Registry, a_registry, links
from tests.store.locks.lock_values import lock_contact, lock_name, locked_until


@pytest.fixture
def registry(database: Database) -> Registry:
    """Give a registry whose contact CA1 holds a name, and CA2 another."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("shop.example")
    registry.register("other.example", "CA2", links=links("CA2", "CA1", "CA1"))
    return registry


def load(registry: Registry, holder: str) -> None:
    """Bring all anew, with *holder* as the registrant of the first name."""
    parts = [
        deposits.a_registrar("REG-A"),
        deposits.a_contact("CA1"),
        deposits.a_contact("CA2"),
        deposits.a_domain("shop.example", registrant=holder, admin="CA1", tech="CA1"),
        deposits.a_domain("other.example", registrant="CA2", admin="CA1", tech="CA1"),
    ]
    deposits.load(registry.database, deposits.deposit(*parts), now=registry.now, replace=True)


def test_lock_outlives_an_import(registry: Registry) -> None:
    """interface.md, import: a FULL deposit keeps locks, the holder's and a name's own."""
    end = lock_contact(registry, "CA1")
    lock_name(registry, "other.example")
    registry.wait(days=1)
    load(registry, "CA1")
    assert locked_until(registry, "shop.example") == end
    assert locked_until(registry, "other.example") is not None


def test_import_that_brings_another_holder_keeps_the_lock_d36(registry: Registry) -> None:
    """D-36, D-29: the lock goes along with the name, the holder's stays with the others."""
    end = lock_contact(registry, "CA1")
    registry.wait(days=1)
    load(registry, "CA2")
    assert registry.domain("shop.example").links[0].contact == "CA2"
    assert locked_until(registry, "shop.example") == end
    assert locked_until(registry, "other.example") is None
    assert registry.count("transfer_lock") == 2


def test_lock_that_is_over_is_not_brought_along(registry: Registry) -> None:
    """A lock of the past is copied by no import."""
    lock_contact(registry, "CA1")
    registry.now = START.replace(year=START.year + 1)
    load(registry, "CA2")
    assert registry.count("transfer_lock") == 1
