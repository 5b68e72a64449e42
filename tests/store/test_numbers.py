"""Phone and fax with their extensions, as edits clear them, on both engines."""

from __future__ import annotations

import pytest

from store.changes import (
    CardEdit,
    CreatePrivacyService,
    CreateRegistrar,
    UpdateContact,
    UpdatePrivacyService,
    UpdateRegistrar,
)
from store.errors import Code
from store.model import Card, Role
from store.sql.database import Database
from tests.store.editing_values import (
    Registry,
    a_card,
    a_contact,
    a_registry,
    refused,
    with_zone,
)

NUMBERS = {
    "voice": "+64.48312000",
    "voice_ext": "12",
    "fax": "+64.48312001",
    "fax_ext": "13",
}


def _numbers(card: Card) -> list[str | None]:
    return [getattr(card, field) for field in NUMBERS]


@pytest.fixture
def registry(database: Database) -> Registry:
    """Give a registry where a contact, a registrar and a service have all numbers."""
    registry = a_registry(database)
    card = a_card(org="Shield Ltd", **NUMBERS)
    registry.apply(
        a_contact("CA1", **NUMBERS),
        CreateRegistrar(handle="REG-N", card=card),
        CreatePrivacyService(handle="SHIELD", card=card, alias_domain="s.example.net"),
    )
    return registry


@pytest.mark.parametrize("nothing", ["", "  "])
def test_cleared_number_takes_its_extension_along(registry: Registry, nothing: str) -> None:
    """8.1: no extension without a number; who clears the number means both."""
    voice, fax = CardEdit(voice=nothing), CardEdit(fax=nothing)
    registry.apply(
        UpdateContact(handle="CA1", card=voice),
        UpdateRegistrar(handle="REG-N", card=fax),
        UpdatePrivacyService(handle="SHIELD", card=voice),
        UpdatePrivacyService(handle="SHIELD", card=fax),
    )
    assert _numbers(registry.contact("CA1").card) == [None, None, "+64.48312001", "13"]
    registrar = registry.inquiries.find_registrar("REG-N")
    assert _numbers(registrar.card) == ["+64.48312000", "12", None, None]
    assert _numbers(registry.inquiries.find_privacy_service("SHIELD").card) == [None] * 4


def test_extension_given_without_a_number_is_refused(registry: Registry) -> None:
    """An extension that the edit names needs its number, also one that is just cleared."""
    with refused(Code.INVALID_VALUE, "voice_ext"):
        registry.apply(UpdateContact(handle="CA1", card=CardEdit(voice="", voice_ext="14")))
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(voice="")))
    with refused(Code.INVALID_VALUE, "voice_ext"):
        registry.apply(UpdateContact(handle="CA1", card=CardEdit(voice_ext="14")))


def test_changed_number_keeps_its_extension(registry: Registry) -> None:
    """An edit changes just what is given."""
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(voice="+64.48312999")))
    assert _numbers(registry.contact("CA1").card)[:2] == ["+64.48312999", "12"]


def test_refused_split_names_the_contact_that_was_asked_for(registry: Registry) -> None:
    """A refusal speaks of no copy: there is none yet."""
    registry.use(with_zone("example", phone_required_roles=frozenset({Role.REGISTRANT})))
    registry.register("one.example")
    split = UpdateContact(handle="CA1", card=CardEdit(voice=""), only=("one.example",))
    with pytest.raises(Exception, match="contact CA1 needs a phone") as caught:
        registry.apply(split)
    assert "SRV-" not in str(caught.value)
