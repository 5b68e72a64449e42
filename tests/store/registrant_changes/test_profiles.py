"""Zones where a new registrant needs no approval (contacts.md 4, R-11), on both engines."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from store.changes import (
    CardEdit,
    Change,
    DisclosureEdit,
    RecordConsent,
    UpdateContact,
    UpdateRegistrar,
)
from store.messages import MessageKind
from store.model import Element
from store.policy import PROFILES, RegistryPolicy
from store.registrant_changes import ChangeKind, ChangeState
from store.sql.database import Database
from tests.store.editing_values import Registry, a_contact, links, with_zone
from tests.store.registrant_changes.parties import PRIOR, a_holder, edit, latest, repoint, sent
from tests.store.registrant_changes.queued import queued

C1 = MessageKind.REGISTRANT_CHANGED

SPLIT = replace(edit(), only=("shop.example",))


def under(database: Database, profile: str, *names: str, **values: Any) -> Registry:
    """Give a registry of one zone with another rule for changes of registrant."""
    registry = a_holder(database, *names)
    card = CardEdit(email="hostmaster@reg-a.example", cc="NZ")
    registry.apply(UpdateRegistrar(handle="REG-A", card=card))
    registry.use(with_zone("example", registrant_change=profile, **values))
    return registry


def told(registry: Registry) -> list[tuple[str, str | None]]:
    """Give recipient and address of all messages; each is a C1."""
    assert {each.kind for each in sent(registry)} <= {"C1"}
    return [(each.to, each.address) for each in sent(registry)]


@pytest.mark.parametrize("request_", [edit(), repoint(), SPLIT])
@pytest.mark.parametrize("profile", ["irs_nz", "cord"])
def test_new_registrant_holds_at_once_and_without_a_lock(
    database: Database, profile: str, request_: Change
) -> None:
    """Section 4: `irs_nz` and `cord` ask for no approval, open no request and lock nothing."""
    registry = under(database, profile)
    outcome = registry.apply(request_)
    assert outcome.held is None
    holder = registry.domain("shop.example").links[0].contact
    shown = registry.contact(holder).card.email
    assert shown in {"new@example.net", "buyer@example.net"}
    for table in ("registrant_change", "transfer_lock", "approval_token"):
        assert registry.count(table) == 0


@pytest.mark.parametrize("request_", [edit(), repoint(), SPLIT])
def test_registrar_alone_hears_under_irs_nz(database: Database, request_: Change) -> None:
    """A-20, section 4, `irs_nz`: a change of holder is the registrar's business."""
    registry = under(database, "irs_nz")
    registry.apply(request_)
    assert told(registry) == [("registrar", "hostmaster@reg-a.example")]


@pytest.mark.parametrize(
    ("request_", "new"),
    [(edit(), "new@example.net"), (repoint(), "buyer@example.net"), (SPLIT, "new@example.net")],
)
def test_old_and_new_address_hear_under_cord(
    database: Database, request_: Change, new: str
) -> None:
    """Section 4, `cord`: the old address too, at once, and the registrar."""
    registry = under(database, "cord")
    registry.apply(request_)
    assert told(registry) == [
        ("prior", "old@example.net"),
        ("new", new),
        ("registrar", "hostmaster@reg-a.example"),
    ]


def test_one_mailbox_hears_once_under_cord(database: Database) -> None:
    """Section 4, `cord`: where the address stays there is one holder's mailbox to tell."""
    registry = under(database, "cord")
    registry.apply(edit(org="Ngata Ltd"))
    assert told(registry) == [
        ("new", "old@example.net"),
        ("registrar", "hostmaster@reg-a.example"),
    ]


def test_notice_says_which_fields_changed_and_none_of_their_values(database: Database) -> None:
    """5.3: no private value of one party in the other's message."""
    registry = under(database, "cord")
    registry.apply(edit(name="Buyer Ltd", email="new@example.net", city="Nelson"))
    for each in queued(registry, C1):
        assert each.message.values == {
            "names": ["shop.example"],
            "count": 1,
            "fields": ["name", "email"],
            "registrar": "REG-A",
            "contact": "CA1",
        }


def test_one_notice_names_fifty_and_counts_all(database: Database) -> None:
    """5.3, E-40: one message for a party, never one for each name."""
    names = tuple(f"n{number:02}.example" for number in range(52))
    registry = under(database, "cord", *names)
    registry.apply(edit())
    notices = [each for each in sent(registry) if each.kind == "C1"]
    assert len(notices) == 3
    assert {(each.names, each.count) for each in notices} == {(names[:50], 52)}


@pytest.mark.parametrize(("profile", "renewed"), [("cord", True), ("irs_nz", False)])
def test_new_registrant_has_no_consent_or_alias_of_the_prior_one_p12_p19(
    database: Database, profile: str, renewed: bool
) -> None:
    """P-12, P-19, D-11, R-18: under `cord` it is a new registrant, if nobody is asked."""
    registry = under(database, profile, "shop.example", "back.example")
    said = DisclosureEdit(disclose=frozenset({Element.EMAIL}), hide=frozenset({Element.ADDR}))
    registry.apply(
        UpdateContact(handle="CA1", disclosure=said), RecordConsent(contact="CA1", party=PRIOR)
    )
    before = registry.contact("CA1")
    outcome = registry.apply(edit(), replace(SPLIT, card=CardEdit(name="Twin")))
    holders = [registry.domain(name).links[0].contact for name in ("shop.example", "back.example")]
    generations = {registry.contact(holder).generation for holder in holders}
    assert (before.generation not in generations) is renewed
    assert len(generations) == (2 if renewed else 1)
    for holder in holders:
        shown = {word.element for word in registry.contact(holder).disclosures if word.show}
        assert shown == (set() if renewed else {Element.EMAIL})
    assert registry.count("agent_consent") == (0 if renewed else 1)
    assert outcome.warnings == ()


def test_generation_of_a_new_registrant_is_no_later_contacts_d12(database: Database) -> None:
    """D-12: what turned an alias is no contact's number afterwards."""
    registry = under(database, "cord")
    registry.apply(edit(), a_contact("CA9"))
    assert registry.contact("CA1").generation != registry.contact("CA9").generation


def test_alias_turns_where_a_copy_that_is_another_takes_a_name_p12(database: Database) -> None:
    """P-12: a copy shares its original's aliases only as long as it is the same person."""
    registry = under(database, "cord", "shop.example", "back.example")
    registry.apply(replace(SPLIT, card=CardEdit(city="Nelson")))
    copy = registry.domain("shop.example").links[0].contact
    assert registry.contact(copy).generation == registry.contact("CA1").generation
    registry.apply(repoint("shop.example", "CA3"), edit(copy, name="Twin"))
    registry.apply(repoint("back.example", copy))
    assert registry.contact(copy).generation != registry.contact("CA1").generation


def test_split_tells_of_its_own_names(database: Database) -> None:
    """R-10, E-15: the others are untouched, and no message speaks of them."""
    registry = under(database, "cord", "shop.example", "other.example")
    registry.apply(SPLIT)
    assert {each.names for each in sent(registry)} == {("shop.example",)}


@pytest.mark.parametrize("profile", ["irs_nz", "cord"])
def test_immaterial_edits_and_other_roles_tell_nobody(database: Database, profile: str) -> None:
    """R-03, E-20: a phone or an address is no new registrant, nor is a new tech contact."""
    registry = under(database, profile)
    registry.apply(
        edit(voice="+64.277654321", city="Nelson"),
        edit("CA2", email="desk@example.net"),
        edit("CA3", email="other@example.net"),
        replace(repoint(), links=links(tech="CA3")),
    )
    assert told(registry) == []


def test_new_address_is_told_where_the_zone_says_so(database: Database) -> None:
    """D-01: a zone may add the address to what makes a new registrant."""
    registry = under(database, "cord", material_address=True)
    registry.apply(edit(city="Nelson"))
    assert [each.message.values["fields"] for each in queued(registry, C1)] == [["city"]] * 2


def test_dry_run_tells_nobody(database: Database) -> None:
    """A dry run is the real one without its commit."""
    registry = under(database, "cord")
    before = registry.rows()
    registry.try_out(edit())
    assert registry.rows() == before


def mixed(database: Database, profile: str = "irs_nz") -> Registry:
    """Give a registry where CA1 holds a name that asks for approvals and one that doesn't."""
    registry = a_holder(database, "shop.example", "shop.co.example")
    zone = replace(PROFILES["irs"], registrant_change=profile)
    registry.use(RegistryPolicy(zones={"example": PROFILES["gtld"], "co.example": zone}))
    return registry


def test_edit_of_a_contact_of_both_kinds_of_zone_is_held_for_both(database: Database) -> None:
    """R-11, D-13, E-18: there is one set of values, so all names wait."""
    registry = mixed(database)
    assert registry.apply(edit()).action == "held"
    change = latest(registry)
    assert (change.kind, change.state) == (ChangeKind.EDIT, ChangeState.AWAITING_NEW)
    asked = sent(registry)[-1]
    assert (asked.kind, asked.names) == ("N1", ("shop.co.example", "shop.example"))
    assert registry.contact("CA1").card.email == "old@example.net"


def test_split_frees_the_names_that_need_no_approval(database: Database) -> None:
    """R-11, D-13, E-18: split first, and only the name that asks for approvals waits."""
    registry = mixed(database)
    outcome = registry.apply(replace(edit(), only=("shop.co.example",)))
    copy = registry.contact(outcome.copies["CA1"])
    assert (outcome.action, copy.card.email) == ("split", "new@example.net")
    assert [(each.kind, each.to) for each in sent(registry)] == [("C1", "registrar")]
    assert registry.apply(replace(edit(), only=("shop.example",))).action == "held"


def test_repoint_follows_the_zone_of_its_name(database: Database) -> None:
    """R-11, A-20: one name has one zone's rule, whatever else its holder has."""
    registry = mixed(database, "cord")
    assert registry.apply(repoint("shop.co.example")).action == "updated"
    assert registry.apply(repoint("shop.example")).action == "held"


def test_contact_that_is_only_tech_in_the_approving_zone_is_not_held(database: Database) -> None:
    """R-11, E-19, E-20: what counts are the registrant's links."""
    registry = mixed(database)
    registry.register("desk.co.example", links=links("CA2", "CA2", "CA2"))
    outcome = registry.apply(UpdateContact(handle="CA2", card=CardEdit(email="desk@example.net")))
    assert outcome.action == "updated"
    assert [(each.kind, each.to, each.names) for each in sent(registry)] == [
        ("C1", "registrar", ("desk.co.example",))
    ]
