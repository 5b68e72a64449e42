"""The numbers that an import gives to rows, on both engines."""

from __future__ import annotations

from store.changes import DeleteContact
from store.sql.database import Database
from tests.store.deposit import deposits
from tests.store.editing_values import a_registry


def test_number_of_a_deleted_contact_never_comes_back_p12(database: Database) -> None:
    """P-12, D-12: a number stands in ROIDs and aliases, which must not come to mean another."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("shop.example")
    gone = registry.contact("CA2")
    registry.apply(DeleteContact(handle="CA2"))
    parts = [
        deposits.a_registrar("REG-A"),
        deposits.a_contact("CA3"),  # the first to be numbered
        deposits.a_contact("CA1"),
        deposits.a_domain("shop.example", registrant="CA3", admin="CA1", tech="CA1"),
    ]
    deposits.load(database, deposits.deposit(*parts), now=registry.now, replace=True)
    brought = registry.contact("CA3")
    assert brought.id > gone.id
    assert brought.generation > gone.generation
