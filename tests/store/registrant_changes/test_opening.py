"""When a new registrant is asked for, and what is held, let through or refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from store.changes import (
    CardEdit,
    CreateDomain,
    DeleteContact,
    DisclosureEdit,
    UpdateContact,
    UpdateDomain,
)
from store.errors import Code, RegistryError
from store.model import Element
from store.published import Kind
from store.registrant_changes import ChangeKind, ChangeState
from store.sql.database import Database
from store.statuses import Status
from tests.store.editing_values import START, a_contact, a_registry, links, refused, with_zone
from tests.store.registrant_changes.parties import (
    a_holder,
    approve,
    change_of,
    edit,
    latest,
    repoint,
    sent,
    state,
)

OPEN = {ChangeState.AWAITING_NEW, ChangeState.AWAITING_PRIOR}


def test_material_edit_of_a_registrant_is_held_and_changes_nothing_a08(database: Database) -> None:
    """A-08, R-01a: name, organisation or e-mail of a registrant wait for two approvals."""
    registry = a_holder(database, "shop.example", "two.example")
    before = registry.contact("CA1")
    outcome = registry.apply(edit())
    assert (outcome.kind, outcome.subject, outcome.action) == ("contact", "CA1", "held")
    assert outcome.changes == {"email": ("old@example.net", "new@example.net")}
    assert outcome.held is not None
    assert outcome.held.deadline == START + timedelta(days=7)
    assert registry.contact("CA1") == before
    change = change_of(registry, outcome.held.registrant_change)
    assert (change.kind, change.state) == (ChangeKind.EDIT, ChangeState.AWAITING_NEW)
    assert (change.prior_email, change.new_email) == ("old@example.net", "new@example.net")
    assert change.patch == {"email": ("old@example.net", "new@example.net")}


def test_new_registrant_of_one_name_is_held_r01(database: Database) -> None:
    """R-01b: a re-pointed link waits as well; the patch says from what to what."""
    registry = a_holder(database)
    outcome = registry.apply(repoint())
    assert (outcome.kind, outcome.subject, outcome.action) == ("domain", "shop.example", "held")
    assert outcome.changes == {"registrant": ("CA1", "CA3")}
    assert registry.domain("shop.example").links[0].contact == "CA1"
    change = latest(registry)
    assert (change.kind, change.names) == (ChangeKind.REPOINT, ("shop.example",))
    assert (change.contact, change.to_contact) == ("CA1", "CA3")
    assert change.patch == {
        "name": ("Aroha Ngata", "Buyer Ltd"),
        "email": ("old@example.net", "buyer@example.net"),
    }


def test_dry_run_says_held_and_writes_nothing(database: Database) -> None:
    """A dry run tells what would be held, with its deadline."""
    registry = a_holder(database)
    before = registry.rows()
    tried = registry.try_out(edit())
    assert (tried.action, tried.held is not None) == ("held", True)
    assert registry.rows() == before


@pytest.mark.parametrize(
    "card",
    [
        {"name": "Aroha NGATA"},  # D-01: case counts
        {"org": "Ngata Ltd"},  # E-26: an organisation only added
        {"email": "Old@example.net"},
        {"name": "Aroha Ngato"},  # E-24: a corrected typo too
    ],
)
def test_any_difference_of_a_material_field_counts_r02(
    database: Database, card: dict[str, str]
) -> None:
    """R-02, D-01, E-24, E-26: whatever differs after normalisation is material."""
    registry = a_holder(database)
    assert registry.apply(edit(**card)).action == "held"


@pytest.mark.parametrize(
    "change",
    [
        edit(street=("1 Quay",), city="Nelson", sp="NSN", pc="7010", cc="AU"),
        edit(voice="+64.48312999", voice_ext="1", fax="+64.48312998"),
        edit(name="Aroha  Ngata"),  # inner spaces collapse
        UpdateContact(handle="CA1", kind=Kind.ORGANISATION),  # E-25
        UpdateContact(handle="CA1", disclosure=DisclosureEdit(hide=frozenset({Element.ORG}))),
        UpdateContact(handle="CA1", auth_info="another-code"),
        UpdateContact(handle="CA1", add_statuses=frozenset({Status.CLIENT_DELETE_PROHIBITED})),
    ],
)
def test_other_fields_are_applied_at_once_r03(database: Database, change: UpdateContact) -> None:
    """R-03, E-01, E-25: address, numbers, kind, disclosure and codes open no request."""
    registry = a_holder(database)
    assert registry.apply(change).action == "updated"
    assert registry.count("registrant_change") == 0


def test_zone_may_make_the_address_material_but_no_number_d01(database: Database) -> None:
    """D-01, 1.4: the strict setting adds the address; a phone never counts."""
    registry = a_holder(database)
    registry.use(with_zone("example", material_address=True))
    assert registry.apply(edit(voice="+64.48312999")).action == "updated"
    assert registry.apply(edit(city="Nelson")).action == "held"
    assert latest(registry).patch == {"city": ("Wellington", "Nelson")}


def test_mixed_request_is_held_whole_r04(database: Database) -> None:
    """R-04: nothing of it is applied before the approvals, and all of it after them."""
    registry = a_holder(database)
    registry.apply(edit(email="new@example.net", city="Nelson", street=("1 Quay",)))
    assert registry.contact("CA1").card.city == "Wellington"
    approve(registry)
    card = registry.contact("CA1").card
    assert (card.email, card.city, card.street) == ("new@example.net", "Nelson", ("1 Quay",))


def test_no_difference_is_success_without_mail_or_request_r05(database: Database) -> None:
    """R-05: an edit to the same values and a link to the same contact do nothing."""
    registry = a_holder(database)
    before = registry.rows()
    assert registry.apply(edit(email="old@example.net")).action == "unchanged"
    assert registry.apply(repoint(to="CA1")).action == "unchanged"
    assert registry.rows() == before


def test_link_to_a_contact_with_the_same_values_moves_at_once_r05(database: Database) -> None:
    """R-05: the same party under another id is a plain re-link."""
    registry = a_holder(database)
    registry.apply(a_contact("TWIN", email="old@example.net", city="Nelson"))
    assert registry.apply(repoint(to="TWIN")).action == "updated"
    assert registry.domain("shop.example").links[0].contact == "TWIN"
    assert sent(registry) == []


def test_first_registrant_needs_no_approval_d31(database: Database) -> None:
    """D-31: where there is no prior registrant there is nobody to ask."""
    registry = a_registry(database, "CA1", "CA3")
    thin = frozenset[Any]()
    registry.use(with_zone("example", required_roles=thin))
    registry.apply(CreateDomain(name="thin.example", registrar="REG-A"))
    assert registry.apply(repoint("thin.example", "CA3")).action == "updated"
    assert registry.count("registrant_change") == 0


def test_registrant_is_replaced_not_removed_where_approval_counts_d31(database: Database) -> None:
    """D-31: removing one and adding a "first" one must be no way around the approvals."""
    registry = a_holder(database)
    registry.use(with_zone("example", required_roles=frozenset()))
    with refused(Code.POLICY, "registrant"):
        registry.apply(repoint(to=""))
    registry.use(with_zone("example", required_roles=frozenset(), registrant_change="irs_nz"))
    assert registry.apply(repoint(to="")).action == "updated"


@pytest.mark.parametrize("made_by", [edit(), repoint()])
def test_names_in_dispute_or_on_their_way_out_are_refused_r07(
    database: Database, made_by: UpdateContact | UpdateDomain
) -> None:
    """R-07, E-21: the refusal names the names."""
    registry = a_holder(database, "shop.example", "free.example")
    registry.apply(UpdateDomain(name="shop.example", disputed=True))
    before = registry.rows()
    with refused(Code.STATUS_PROHIBITS) as seen:
        registry.apply(made_by)
    assert "shop.example" in seen[0].message
    assert "free.example" not in seen[0].message
    assert registry.rows() == before


def test_refusal_names_twenty_and_counts_the_rest_r07(database: Database) -> None:
    """R-07: first 20 and a count; a status against updates bars as well."""
    names = [f"name{number:02}.example" for number in range(23)]
    registry = a_holder(database, *names)
    locked = frozenset({Status.CLIENT_UPDATE_PROHIBITED})
    for name in names:
        registry.apply(UpdateDomain(name=name, add_statuses=locked))
    with refused(Code.STATUS_PROHIBITS) as seen:
        registry.apply(edit())
    assert "name00.example" in seen[0].message
    assert "name19.example and 3 more" in seen[0].message
    assert "name20" not in seen[0].message


def test_expired_name_that_can_be_renewed_bars_nothing_e23(database: Database) -> None:
    """E-23: plain expiry continues; only redemption is past renewal."""
    registry = a_holder(database)
    registry.wait(days=400)
    assert registry.apply(edit()).action == "held"


def test_second_request_supersedes_the_first_r08_e07(database: Database) -> None:
    """R-08, D-04, E-07: the old links are dead and the old recipients told; the new one counts."""
    registry = a_holder(database)
    registry.apply(edit(email="first@example.net"))
    first = latest(registry)
    registry.apply(edit(email="second@example.net"))
    assert change_of(registry, first.id).state is ChangeState.SUPERSEDED
    told = [(message.kind, message.to, message.address) for message in sent(registry)]
    assert told == [
        ("N1", "new", "first@example.net"),
        ("N4", "new", "first@example.net"),
        ("N4", "registrar", None),
        ("N1", "new", "second@example.net"),
    ]
    approve(registry)
    assert registry.contact("CA1").card.email == "second@example.net"


def test_second_new_registrant_of_a_name_supersedes_r08(database: Database) -> None:
    """R-08: so it is with a name, be it re-pointed or split off."""
    registry = a_holder(database, "shop.example", "two.example")
    registry.apply(a_contact("CA4", name="Other Buyer"))
    registry.apply(repoint(to="CA3"))
    first = latest(registry)
    registry.apply(repoint(to="CA4"))
    second = latest(registry)
    both = ("shop.example", "two.example")
    registry.apply(replace(edit(name="Third"), only=both))
    assert change_of(registry, first.id).state is ChangeState.SUPERSEDED
    assert change_of(registry, second.id).state is ChangeState.SUPERSEDED
    assert (latest(registry).kind, latest(registry).names) == (ChangeKind.SPLIT, both)


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (edit(), repoint(), None),
        (repoint(), edit(), None),
        (edit(), replace(edit(name="X"), only=("shop.example",)), None),
        (edit(), replace(edit(city="Nelson"), only=("shop.example",)), None),
        (replace(edit(name="X"), only=("shop.example",)), edit(), None),
    ],
)
def test_requests_that_cut_into_each_other_are_refused_r08(
    database: Database, first: Any, second: Any, field: str | None
) -> None:
    """R-08: a contact's open edit and a change of one of its names exclude each other."""
    registry = a_holder(database, "shop.example", "two.example")
    registry.apply(first)
    with refused(Code.STATUS_PROHIBITS, field) as seen:
        registry.apply(second)
    assert f"registrant change {latest(registry).id} " in seen[0].message
    registry.wait(days=7)  # the clock ends it, no job needed
    assert registry.apply(second).action in {"held", "split"}


def test_contact_whose_edit_waits_gains_no_registrant_link_r09(database: Database) -> None:
    """R-09: else a name would change hands unasked; other roles are fine."""
    registry = a_holder(database)
    registry.apply(a_contact("TWIN", email="old@example.net"))
    registry.register("other.example", links=links("TWIN", "CA2", "CA2"))
    registry.apply(edit())
    with refused(Code.STATUS_PROHIBITS, "registrant"):
        registry.register("new.example", links=links("CA1", "CA2", "CA2"))
    with refused(Code.STATUS_PROHIBITS, "registrant"):
        registry.apply(repoint("other.example", "CA1"))
    registry.register("new.example", links=links("CA2", "CA1", "CA1"))


def test_contact_that_a_name_waits_for_can_not_be_held_for_others_r09(database: Database) -> None:
    """R-09: an edit of the contact that a re-point leads to waits for its end."""
    registry = a_holder(database)
    registry.register("own.example", links=links("CA3", "CA2", "CA2"))
    registry.apply(repoint(to="CA3"))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(edit("CA3", name="Somebody Else"))


def test_split_of_a_registrant_is_held_for_its_names_alone_r10_e15(database: Database) -> None:
    """R-10, E-15: only those names are asked about; the copy is made at the end."""
    registry = a_holder(database, "one.example", "two.example", "three.example")
    contacts = registry.count("contact")
    outcome = registry.apply(replace(edit(), only=("TWO.example", "one.example")))
    assert (outcome.kind, outcome.subject, outcome.action) == ("contact", "CA1", "held")
    assert registry.count("contact") == contacts
    assert [(message.names, message.count) for message in sent(registry)] == [
        (("one.example", "two.example"), 2)
    ]
    approve(registry)
    copy = registry.contact(latest(registry).to_contact or "")
    assert copy.handle.startswith("SRV-")
    assert copy.card.email == "new@example.net"
    assert registry.contact("CA1").card.email == "old@example.net"
    holders = {name: registry.domain(f"{name}.example").links[0].contact for name in
               ("one", "two", "three")}  # fmt: skip
    assert holders == {"one": copy.handle, "two": copy.handle, "three": "CA1"}


def test_split_that_touches_no_registrant_is_immediate_r10(database: Database) -> None:
    """R-10, E-20: a tech contact's copy takes its place at once."""
    registry = a_holder(database)
    outcome = registry.apply(replace(edit("CA2", name="New Tech"), only=("shop.example",)))
    assert outcome.action == "split"


def test_one_approving_zone_holds_the_edit_for_all_r11_e18(database: Database) -> None:
    """R-11, D-13, E-18: there is one set of values, so all names wait; a split does not."""
    registry = a_holder(database, "shop.example", "kiwi.co.example")
    registry.use(with_zone("co.example", registrant_change="irs_nz"))
    assert registry.try_out(edit()).action == "held"
    assert registry.apply(replace(edit(), only=("kiwi.co.example",))).action == "split"


def test_edit_held_for_a_registrant_is_held_where_it_is_tech_e19(database: Database) -> None:
    """E-19: the tech section keeps the old values until the approval, too."""
    registry = a_holder(database)
    registry.register("other.example", links=links("CA2", "CA2", "CA1"))
    registry.apply(edit(name="New Name"))
    assert registry.contact("CA1").card.name == "Aroha Ngata"


def test_contact_in_other_roles_is_edited_at_once_e20(database: Database) -> None:
    """E-20: whoever is no registrant needs nobody's approval; an orphan neither."""
    registry = a_holder(database)
    assert registry.apply(edit("CA2", name="X", email="x@example.net")).action == "updated"
    assert registry.apply(edit("CA3", name="Y")).action == "updated"


def test_new_registrant_out_of_pending_delete_is_restored_at_completion_e17(
    database: Database,
) -> None:
    """E-17: allowed; the link at completion restores it, not the request."""
    registry = a_holder(database)
    registry.wait(days=61)
    registry.apply(repoint(to="CA3"))
    assert registry.inquiries.find_contact("CA3").state == "pendingDelete"
    approve(registry)
    assert registry.inquiries.find_contact("CA3").state == "linked"


def test_prior_contact_without_links_is_orphaned_from_completion_e16(database: Database) -> None:
    """E-16: its clock starts then, not at the request."""
    registry = a_holder(database)
    registry.apply(repoint())
    registry.wait(days=1)
    assert registry.contact("CA1").unlinked_at is None
    approve(registry)
    assert registry.contact("CA1").unlinked_at == registry.now


def test_contact_that_a_change_leads_to_is_not_deleted_l05(database: Database) -> None:
    """L-05: it is not linked either; once the change is over it can go."""
    registry = a_holder(database)
    registry.apply(repoint(to="CA3"))
    assert registry.contact("CA3").unlinked_at is not None
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(DeleteContact(handle="CA3"))
    registry.wait(days=7)
    registry.apply(DeleteContact(handle="CA3"))


def test_stale_edit_of_a_registrant_is_a_conflict_d30(database: Database) -> None:
    """D-30: what was made on an old version opens nothing."""
    registry = a_holder(database)
    registry.apply(edit(city="Nelson"))
    with refused(Code.CONFLICT, "version"):
        registry.apply(replace(edit(), version=1))
    assert registry.count("registrant_change") == 0


def test_request_warns_that_a_consent_falls_d11(database: Database) -> None:
    """D-11: consent to publication given with a new registrant is the new one's to give."""
    registry = a_holder(database)
    show = DisclosureEdit(disclose=frozenset({Element.ORG}))
    asked = UpdateContact(handle="CA1", card=CardEdit(org="Ngata Ltd"), disclosure=show)
    assert any("org" in warning for warning in registry.apply(asked).warnings)
    approve(registry)
    assert registry.contact("CA1").disclosures == ()


def test_only_open_states_are_open(database: Database) -> None:
    """5.2: the two waiting states, and no other."""
    registry = a_holder(database)
    registry.apply(edit())
    assert state(registry) in OPEN
    approve(registry)
    assert state(registry) not in OPEN


def test_unknown_contact_is_not_found(database: Database) -> None:
    """Section 13: 2303."""
    registry = a_holder(database)
    with pytest.raises(RegistryError) as refusal:
        registry.apply(repoint(to="NONE"))
    assert refusal.value.code is Code.NOT_FOUND
