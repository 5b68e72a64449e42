"""Who is told of an edit of a contact of many names: the parties of the change, nobody beside."""

from __future__ import annotations

from dataclasses import replace

from store.changes import CardEdit, UpdateContact
from store.sql.database import Database
from tests.store.editing_values import POLICY, Registry
from tests.store.registrant_changes.parties import NEW, PRIOR, a_holder, approve, edit, sent

NAMES = tuple(f"name{number}.example" for number in range(12))


def _told(registry: Registry) -> list[tuple[str, str]]:
    return sorted((message.kind, message.to) for message in sent(registry))


def test_plain_edit_is_told_to_nobody_e40(database: Database) -> None:
    """E-40: an address that stands on many names is no message to anyone."""
    registry = a_holder(database, *NAMES)
    for handle in ("CA1", "CA2"):
        registry.apply(UpdateContact(handle=handle, card=CardEdit(city="Nelson")))
    assert sent(registry) == []


def test_new_holder_of_many_names_is_told_to_the_registrar_once_e40(database: Database) -> None:
    """E-40: where nobody is asked the registrar hears, once, and no admin or tech contact."""
    registry = a_holder(database, *NAMES)
    free = {name: replace(zone, registrant_change="irs_nz") for name, zone in POLICY.zones.items()}
    registry.use(replace(POLICY, zones=free))
    registry.apply(edit())
    assert _told(registry) == [("C1", "registrar")]


def test_parties_alone_hear_of_a_change_of_many_names_e40_e02(database: Database) -> None:
    """E-40, E-02: five messages from the request to its end, none to the names' other contacts."""
    registry = a_holder(database, *NAMES)
    registry.apply(edit())
    approve(registry, NEW, PRIOR)
    assert [kind for kind, _ in _told(registry)] == ["N1", "N2", "N3", "N3", "N3"]
    assert "tech@example.net" not in {message.address for message in sent(registry)}
