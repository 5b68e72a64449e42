"""Privacy outlives whatever happens to a name, and its aliases turn with the holder alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from store.changes import CardEdit, DisclosureEdit, TransferDomain, UpdateContact
from store.model import Element, PrivacyMode, Role
from store.policy import PROFILES
from store.sql.database import Database
from tests.store.deposit import deposits
from tests.store.editing_values import START, links
from tests.store.privacy.veils import NAME, SECOND, Veils, an_order, switched, veils_over
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    approve,
    decline,
    latest,
    refuse,
    sent,
)

NONE, WITHHOLD, PROXY = PrivacyMode.NONE, PrivacyMode.WITHHOLD, PrivacyMode.PROXY
NEW_MAIL = "successor@mail.example.net"


@pytest.fixture
def veils(database: Database, store_url: str) -> Iterator[Veils]:
    """Give two names of one holder under a privacy service."""
    with veils_over(database, store_url) as veils:
        yield veils


def _renewed(veils: Veils) -> None:
    veils.registry.apply(an_order(NAME, expires=START + timedelta(days=800)))


def _expired(veils: Veils) -> None:
    veils.registry.wait(days=900)


def _transferred(veils: Veils) -> None:
    veils.registry.apply(TransferDomain(name=NAME, to="REG-B"))


def _corrected(veils: Veils) -> None:
    veils.registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Nukualofa")))


def _relinked(veils: Veils) -> None:
    veils.registry.apply(an_order(NAME, links=links(admin="CA3", tech="CA3")))


def _edited(veils: Veils) -> None:
    veils.registry.apply(UpdateContact(handle="CA1", card=CardEdit(email=NEW_MAIL)))
    approve(veils.registry)


def _repointed(veils: Veils) -> None:
    veils.registry.apply(an_order(NAME, links=links("CA3")))
    approve(veils.registry)


def _split(veils: Veils) -> None:
    card = CardEdit(name="Successor Person", email=NEW_MAIL)
    veils.registry.apply(UpdateContact(handle="CA1", card=card, only=(NAME,)))
    approve(veils.registry)


def _imported(veils: Veils) -> None:
    """Bring all that is known anew, as a restore from escrow does."""
    people = [
        deposits.a_contact(handle, email=f"{handle.lower()}@mail.example.net", registrar="REG-A")
        for handle in ("CA1", "CA2", "CA3")
    ]
    names = [
        deposits.a_domain(
            name, registrant="CA1", admin="CA1", tech="CA2", status=("pendingDelete",)
        )
        for name in (NAME, SECOND)
    ]
    sponsor = deposits.a_registrar("REG-A")
    whole = deposits.deposit(sponsor, *people, *names, tld="co.example")
    deposits.load(veils.registry.database, whole, replace=True)


HAPPENINGS = (
    *(_renewed, _expired, _transferred, _corrected, _relinked),
    *(_edited, _repointed, _split, _imported),
)


@pytest.mark.parametrize("happening", HAPPENINGS)
@pytest.mark.parametrize("mode", [PROXY, WITHHOLD])
def test_privacy_outlives_it_p17_p18_p19(
    veils: Veils, happening: Callable[[Veils], None], mode: PrivacyMode
) -> None:
    """P-17, P-18, P-19: renewal, expiry, transfer, edits, a new holder, a restore: it stays on."""
    veils.registry.apply(switched(mode))
    happening(veils)
    domain = veils.registry.domain(NAME)
    assert domain.privacy is mode
    handles = {link.contact for link in domain.links}
    if mode is PROXY:
        assert veils.shows("CA1", "CA2", "CA3", *handles) == set()
        assert "Registrant Organization: Veil Limited" in veils.whois().splitlines()
    else:
        holder = veils.registry.contact(domain.links[0].contact).card
        assert all(line.lower() not in veils.said() for line in (*holder.street, holder.city or ""))


@pytest.mark.parametrize("happening", [_renewed, _corrected, _relinked, _transferred, _imported])
def test_alias_is_stable_while_the_holder_is_p12(
    veils: Veils, happening: Callable[[Veils], None]
) -> None:
    """P-12, D-12: no edit but a new holder turns an alias; it reaches the role's contact."""
    before = veils.emails()
    happening(veils)
    assert veils.emails() == before
    tech = veils.registry.domain(NAME).link(Role.TECH)
    assert tech is not None
    assert veils.forward(before["tech"]) == veils.registry.contact(tech.contact).card.email


@pytest.mark.parametrize("happening", [_edited, _repointed, _split])
def test_aliases_turn_with_the_holder_p12_d11(
    veils: Veils, happening: Callable[[Veils], None]
) -> None:
    """P-12, D-11: a new holder has new aliases for every role, and the old ones are dead."""
    before = veils.emails()
    happening(veils)
    after = veils.emails()
    assert not set(before.values()) & set(after.values())
    assert [veils.forward(alias) for alias in before.values()] == [None] * 3
    holder = veils.registry.domain(NAME).links[0].contact
    assert veils.forward(after["registrant"]) == veils.registry.contact(holder).card.email
    assert veils.forward(after["tech"]) == "quokka@mail.example.net"


def test_all_names_turn_by_one_row_d12(veils: Veils) -> None:
    """D-12: an edit of a holder turns the aliases of all its names and writes no row of a name."""
    before = {**veils.emails(), **{f"2 {k}": v for k, v in veils.emails(SECOND).items()}}
    versions = [veils.registry.domain(name).version for name in (NAME, SECOND)]
    _edited(veils)
    after = {*veils.emails().values(), *veils.emails(SECOND).values()}
    assert not after & set(before.values())
    assert [veils.registry.domain(name).version for name in (NAME, SECOND)] == versions


@pytest.mark.parametrize("happening", [_repointed, _split])
def test_other_names_keep_their_aliases_e15(
    veils: Veils, happening: Callable[[Veils], None]
) -> None:
    """E-15, P-12: a holder who gives up one name keeps the aliases of the other."""
    before = veils.emails(SECOND)
    happening(veils)
    assert veils.emails(SECOND) == before


def test_former_holder_that_comes_back_finds_its_aliases_d12(veils: Veils) -> None:
    """D-12: an alias is a name, a role and a holder: who is holder again has it again."""
    before = veils.emails()
    _repointed(veils)
    veils.registry.apply(an_order(NAME, links=links("CA1")))
    approve(veils.registry)
    assert veils.emails() == before


STATES: dict[str, Callable[[Veils], object]] = {
    "awaiting_new": lambda veils: None,
    "awaiting_prior": lambda veils: approve(veils.registry, NEW),
    "completed": lambda veils: approve(veils.registry),
    "declined_new": lambda veils: decline(veils.registry),
    "refused_prior": lambda veils: refuse(veils.registry),
    "expired": lambda veils: veils.registry.wait(days=7),
}


@pytest.mark.parametrize("state", STATES)
def test_privacy_turned_on_at_every_state_of_a_change_e13(veils: Veils, state: str) -> None:
    """E-13: at once; nobody behind the service is told of, before completion or after."""
    veils.registry.apply(switched(NONE))
    card = CardEdit(name="Successor Person", email=NEW_MAIL)
    veils.registry.apply(UpdateContact(handle="CA1", card=card))
    STATES[state](veils)
    assert latest(veils.registry).state_at(veils.registry.now).value == state
    assert veils.registry.apply(switched(PROXY)).action == "updated"
    assert veils.shows("CA1", "CA2") == set()
    assert "successor" not in veils.said()
    before = veils.emails()
    if latest(veils.registry).is_open(veils.registry.now):
        approve(veils.registry, *([PRIOR] if state == "awaiting_prior" else [NEW, PRIOR]))
        assert not set(veils.emails().values()) & set(before.values())
        assert veils.shows("CA1", "CA2") == set()
        assert "successor" not in veils.said()
    addresses = {each.address for each in sent(veils.registry)}
    assert not any("alias.example" in (address or "") for address in addresses)


@pytest.mark.parametrize("state", STATES)
def test_privacy_turned_off_at_every_state_of_a_change_e14(veils: Veils, state: str) -> None:
    """E-14: the prior's data are shown at once, what is proposed never before completion."""
    card = CardEdit(name="Successor Person", email=NEW_MAIL)
    veils.registry.apply(UpdateContact(handle="CA1", card=card))
    STATES[state](veils)
    assert veils.registry.apply(switched(NONE)).action == "updated"
    said, completed = veils.said(), state == "completed"
    assert ("zephyr person" in said) is not completed
    assert ("successor person" in said) is completed
    assert (NEW_MAIL in said) is completed


def test_switch_ends_no_open_change_p10(veils: Veils) -> None:
    """P-10, E-13: a change that waits goes on waiting, with its deadline."""
    veils.registry.apply(UpdateContact(handle="CA1", card=CardEdit(email=NEW_MAIL)))
    opened = latest(veils.registry)
    for mode in (NONE, PROXY, WITHHOLD):
        veils.registry.apply(switched(mode))
    assert latest(veils.registry) == opened


def test_consents_fall_and_hidden_parts_stay_hidden_d11_p19(
    database: Database, store_url: str
) -> None:
    """D-11, P-19: a new holder shows nothing by its predecessor's consent."""
    gtld = PROFILES["gtld"]
    with veils_over(database, store_url, mode=NONE, zone=gtld) as veils:
        words = DisclosureEdit(
            disclose=frozenset({Element.NAME, Element.EMAIL}), hide=frozenset({Element.ADDR})
        )
        veils.registry.apply(UpdateContact(handle="CA1", disclosure=words))
        assert "zephyr person" in veils.said()
        _edited(veils)
        contact = veils.registry.contact("CA1")
        assert [(word.element, word.show) for word in contact.disclosures] == [
            (Element.ADDR, False)
        ]
        assert "zephyr person" not in veils.said()
        assert NEW_MAIL not in veils.said()


def test_privacy_off_shows_a_new_holder_by_policy_alone_p19(veils: Veils) -> None:
    """P-19: in a zone that shows parties, the new holder is shown as any holder is."""
    veils.registry.apply(switched(NONE))
    _repointed(veils)
    assert "yonder person" in veils.said()
