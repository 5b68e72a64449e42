"""The tables of the WHOIS door are total."""

from __future__ import annotations

from dataclasses import fields

from store.published import Party, PublicRole
from store.statuses import Status
from whois43.labels import EPP_CODES, PARTY_KEYS, ROLE_WORDS


def test_status_table_spells_every_status() -> None:
    """Each status has EPP's spelling, and no two share one."""
    assert set(EPP_CODES) == set(Status)
    assert len(set(EPP_CODES.values())) == len(Status)


def test_status_table_has_the_spelling_of_epp() -> None:
    """The codes are those of RFC 5731, 5732, 5733 and 3915, which the store uses too."""
    assert all(code == status.value for status, code in EPP_CODES.items())


def test_role_table_has_a_word_for_every_public_role() -> None:
    """Registrant, Admin and Tech, as conformance.md 6.4 spells them."""
    assert set(ROLE_WORDS) == set(PublicRole)


def test_party_table_prints_every_public_member_of_a_party() -> None:
    """No member is forgotten but those that have no key or a place of their own."""
    elsewhere = {"role", "handle", "kind", "standing", "contact_uri", "statuses"}
    elsewhere |= {"created", "updated"}
    assert {member for _, member in PARTY_KEYS} == {f.name for f in fields(Party)} - elsewhere
