"""Whose history is meant, on both engines."""

from __future__ import annotations

import pytest

from store.changes import CardEdit, DeleteContact, UpdateContact
from store.errors import Code
from store.sql.database import Database
from tests.store.editing_values import Registry, a_contact, a_registry, refused


def _subjects(registry: Registry, typed: str) -> set[str]:
    return {entry.subject for entry in registry.inquiries.list_history("contact", typed)}


def test_handle_in_the_history_comes_before_a_caseless_one_in_the_store(
    database: Database,
) -> None:
    """Handles match exactly first, also the handle of a contact that is gone."""
    registry = a_registry(database)
    registry.apply(a_contact("OLD1"), DeleteContact(handle="OLD1"), a_contact("old1"))
    assert _subjects(registry, "OLD1") == {"OLD1"}
    assert _subjects(registry, "old1") == {"old1"}
    assert _subjects(registry, "Old1") == {"old1"}


def test_exact_handle_in_the_history_is_not_ambiguous(database: Database) -> None:
    """Two contacts that differ in case don't stand before a third that is gone."""
    registry = a_registry(database)
    registry.apply(a_contact("OLD1"), DeleteContact(handle="OLD1"))
    registry.apply(a_contact("old1"), a_contact("Old1"))
    assert _subjects(registry, "OLD1") == {"OLD1"}
    with refused(Code.AMBIGUOUS, None):
        _subjects(registry, "oLD1")


def test_deleted_contact_is_found_in_any_case_if_that_is_unique(database: Database) -> None:
    """A contact that is gone keeps answering to its handle, in any case."""
    registry = a_registry(database)
    registry.apply(a_contact("Gone1"), DeleteContact(handle="Gone1"))
    assert _subjects(registry, "gONE1") == {"Gone1"}
    registry.apply(a_contact("GONE1"), DeleteContact(handle="GONE1"))
    assert _subjects(registry, "GONE1") == {"GONE1"}
    with refused(Code.AMBIGUOUS, "id"):
        _subjects(registry, "gone1")
    with refused(Code.NOT_FOUND, "id"):
        _subjects(registry, "gone")


@pytest.mark.parametrize("pattern", ["CA_", "CA%", "%"])
def test_handle_is_no_pattern(database: Database, pattern: str) -> None:
    """What SQL takes for a pattern is a handle like any other."""
    registry = a_registry(database, "CA1")
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Nelson")))
    registry.apply(DeleteContact(handle="CA1"))
    with refused(Code.NOT_FOUND, "id"):
        _subjects(registry, pattern)
