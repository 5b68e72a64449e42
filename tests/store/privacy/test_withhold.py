"""The mode `withhold` is for persons: asked at the switch, at a link, and at every new holder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from store.changes import CardEdit, UpdateContact
from store.errors import Code
from store.model import PrivacyMode
from store.published import Kind
from store.registrant_changes import ChangeState
from store.sql.database import Database
from tests.store.editing_values import links, refused
from tests.store.privacy.veils import NAME, SECOND, Veils, an_order, switched, veils_over
from tests.store.registrant_changes.parties import NEW, PRIOR, approve, latest

ORGANISATION = Kind.ORGANISATION


@pytest.fixture
def veils(database: Database, store_url: str) -> Iterator[Veils]:
    """Give two names of one person in mode ``withhold``."""
    with veils_over(database, store_url, mode=PrivacyMode.WITHHOLD) as veils:
        yield veils


def withheld(veils: Veils, name: str = NAME) -> bool:
    """Tell whether both doors keep address and phones of a name's parties back."""
    kept = [value for value in veils.values("CA1") if "street" in value or "111" in value]
    said = veils.said(name)
    return len(kept) == 3 and not any(value in said for value in kept)


def test_what_is_withheld_is_withheld_of_all_parties_p11(veils: Veils) -> None:
    """P-11, section 7.2: address and phones of every published contact; name and e-mail stay."""
    assert withheld(veils)
    said = veils.said()
    for handle, word in (("CA1", "zephyr"), ("CA2", "quokka")):
        assert f"{word} person" in said
        assert f"{word}@mail.example.net" in said
        for part in (f"1 {word} street", f"{word}ton", f"{word}shire", f"{word}9"):
            assert part not in said, handle


def test_organisation_gets_no_withholding_p20(veils: Veils) -> None:
    """P-20: refused at the switch."""
    veils.registry.apply(switched(PrivacyMode.NONE), switched(PrivacyMode.NONE, SECOND))
    veils.registry.apply(UpdateContact(handle="CA1", kind=ORGANISATION))
    with refused(Code.POLICY, "privacy"):
        veils.registry.apply(switched(PrivacyMode.WITHHOLD))


def test_holder_stays_a_person_e25(veils: Veils) -> None:
    """E-25, P-20: a change of kind alone isn't material, and eligibility is looked at again."""
    with refused(Code.POLICY, "kind"):
        veils.registry.apply(UpdateContact(handle="CA1", kind=ORGANISATION))
    veils.registry.apply(switched(PrivacyMode.NONE), switched(PrivacyMode.NONE, SECOND))
    outcome = veils.registry.apply(UpdateContact(handle="CA1", kind=ORGANISATION))
    assert (outcome.action, outcome.held) == ("updated", None)


def test_new_holder_is_asked_again_when_it_is_proposed_p20(veils: Veils) -> None:
    """P-20: an organisation that would take over, by whatever way, is refused beforehand."""
    veils.registry.apply(UpdateContact(handle="CA3", kind=ORGANISATION))
    with refused(Code.POLICY, "registrant"):
        veils.registry.apply(an_order(NAME, links=links("CA3")))
    edit = UpdateContact(handle="CA1", kind=ORGANISATION, card=CardEdit(name="Zephyr Limited"))
    with refused(Code.POLICY, "kind"):
        veils.registry.apply(edit)
    with refused(Code.POLICY, "kind"):
        veils.registry.apply(replace(edit, only=(NAME,)))
    assert veils.registry.count("registrant_change") == 0
    assert withheld(veils)


@pytest.mark.parametrize("way", ["edit", "re-point", "split"])
def test_new_holder_is_asked_again_at_completion_p20_p18(veils: Veils, way: str) -> None:
    """P-20, P-18: who became an organisation meanwhile doesn't become the holder, and no mode ends.

    Withholding was off when the change was asked for and is on when it would be completed.
    """
    for name in (NAME, SECOND):
        veils.registry.apply(switched(PrivacyMode.NONE, name))
    edit = UpdateContact(handle="CA1", kind=ORGANISATION, card=CardEdit(name="Zephyr Limited"))
    if way == "re-point":
        veils.registry.apply(UpdateContact(handle="CA3", kind=ORGANISATION))
        veils.registry.apply(an_order(NAME, links=links("CA3")))
    else:
        only = (NAME,) if way == "split" else ()
        veils.registry.apply(replace(edit, only=only))
    approve(veils.registry, NEW)
    for name in (NAME, SECOND):
        veils.registry.apply(switched(PrivacyMode.WITHHOLD, name))
    approve(veils.registry, PRIOR)
    assert latest(veils.registry).state is ChangeState.VOIDED
    assert veils.registry.domain(NAME).privacy is PrivacyMode.WITHHOLD
    assert veils.registry.count("transfer_lock") == 0
    assert withheld(veils)


def test_person_takes_over_and_stays_withheld_p17(veils: Veils) -> None:
    """P-17, P-20: an eligible new holder is withheld as the old one was."""
    veils.registry.apply(UpdateContact(handle="CA3", kind=Kind.INDIVIDUAL))
    veils.registry.apply(an_order(NAME, links=links("CA3")))
    approve(veils.registry)
    assert veils.registry.domain(NAME).privacy is PrivacyMode.WITHHOLD
    said = veils.said()
    assert "yonder person" in said
    assert "1 yonder street" not in said
