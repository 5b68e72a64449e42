"""Contacts through the write door, on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from store.changes import (
    CardEdit,
    CreateDomain,
    DeleteContact,
    DisclosureEdit,
    UpdateContact,
    UpdateDomain,
)
from store.errors import Code
from store.model import Element, PostalType, Role
from store.published import Kind
from store.sql.database import Database
from store.statuses import Status
from store.validation.auth_info import verify_auth_info
from tests.store.editing_values import (
    AUTH,
    START,
    a_contact,
    a_registry,
    links,
    refused,
    with_zone,
)

E = Element
UPDATE_BAR = Status.CLIENT_UPDATE_PROHIBITED
NONE: frozenset[Status] = frozenset()
DELETE_BAR = Status.CLIENT_DELETE_PROHIBITED


def _voice(handle: str, number: str = "+64.48312000") -> UpdateContact:
    return UpdateContact(handle=handle, card=CardEdit(voice=number))


def test_new_contact_is_saved_whole_with_roid_dates_and_hashed_code(database: Database) -> None:
    """A contact keeps its values; the code is stored as a salted hash alone."""
    registry = a_registry(database)
    outcome = registry.apply(
        a_contact(
            "CA1",
            org="Ngā Taonga",
            street=("Level 2", "1 Kōwhai St"),
            sp="",
            pc="6011",
            kind=Kind.INDIVIDUAL,
            disclosure=DisclosureEdit(disclose=frozenset({E.NAME}), hide=frozenset({E.FAX})),
        )
    )
    contact = registry.contact("CA1")
    assert (outcome.kind, outcome.subject, outcome.action) == ("contact", "CA1", "created")
    assert contact.roid == f"C{contact.id}-EXAMPLE"
    assert (contact.card.org, contact.card.street) == ("Ngā Taonga", ("Level 2", "1 Kōwhai St"))
    assert (contact.card.sp, contact.card.fax, contact.kind) == (None, None, Kind.INDIVIDUAL)
    assert (contact.created, contact.created_by, contact.updated) == (START, "tester", None)
    assert {(word.element, word.show, word.at) for word in contact.disclosures} == {
        (E.NAME, True, START),
        (E.FAX, False, None),
    }
    assert contact.auth_hash is not None
    assert AUTH not in contact.auth_hash
    assert verify_auth_info(AUTH, contact.auth_hash)
    assert AUTH not in repr(registry.rows()) + repr(outcome)


def test_never_linked_contact_ages_from_its_creation(database: Database) -> None:
    """D-05: the clock of a contact without links starts at creation."""
    registry = a_registry(database, "CA1")
    detail = registry.inquiries.find_contact("CA1")
    assert detail.contact.unlinked_at == START
    assert detail.state == "orphaned"
    assert detail.next_states == (
        ("pendingDelete", START + timedelta(days=60)),
        ("deleted", START + timedelta(days=90)),
    )


def test_bad_new_contact_is_refused_naming_its_field(database: Database) -> None:
    """Every refusal has a code and the option's name, and leaves the store as it was."""
    a_registry(database, "CA1").refuses(
        [
            (a_contact("CA1"), Code.EXISTS, "id"),
            (a_contact("CA2", registrar="NOBODY"), Code.NOT_FOUND, "registrar"),
            (a_contact("srv-copy"), Code.POLICY, "id"),
            (a_contact("C"), Code.INVALID_VALUE, "id"),
            (a_contact("C" * 17), Code.INVALID_VALUE, "id"),
            (a_contact("CA2", auth_info="short"), Code.INVALID_VALUE, "auth_info"),
            (a_contact("CA2", auth_info=""), Code.MISSING_VALUE, "auth_info"),
            (a_contact("CA2", name=""), Code.MISSING_VALUE, "name"),
            (a_contact("CA2", city=" "), Code.MISSING_VALUE, "city"),
            (a_contact("CA2", cc="XX"), Code.INVALID_VALUE, "cc"),
            (a_contact("CA2", email="example"), Code.INVALID_VALUE, "email"),
            (a_contact("CA2", org="X"), Code.INVALID_VALUE, "org"),
            (a_contact("CA2", voice="+1.5550123"), Code.INVALID_VALUE, "voice"),
            (a_contact("CA2", voice="", voice_ext="12"), Code.INVALID_VALUE, "voice_ext"),
            (
                a_contact("CA2", disclosure=DisclosureEdit(disclose={E.FAX}, hide={E.FAX})),  # type: ignore[arg-type]
                Code.INVALID_VALUE,
                "hide",
            ),
            (a_contact("CA2", name="Ākau", postal_type=PostalType.INT), Code.INVALID_VALUE, "name"),
        ],
    )


def test_address_form_that_no_zone_takes_is_refused_at_creation(database: Database) -> None:
    """D-27: creating a contact checks what all zones share."""
    registry = a_registry(database)
    loc_only = with_zone("example", postal_types=frozenset({PostalType.LOC}))
    registry.use(loc_only)
    with refused(Code.POLICY, "postal_type"):
        registry.apply(a_contact("CA1", postal_type=PostalType.INT))


def test_edit_changes_only_what_it_names(database: Database) -> None:
    """Fields an edit doesn't name stay; its actor and instant are kept."""
    registry = a_registry(database, "CA1")
    before = registry.contact("CA1")
    registry.wait(hours=1)
    outcome = registry.apply(_voice("CA1"))
    after = registry.contact("CA1")
    assert outcome.changes == {"voice": ("+64.211234567", "+64.48312000")}
    assert after.card.voice == "+64.48312000"
    assert after.card.email == before.card.email
    assert (after.updated, after.updated_by) == (registry.now, "tester")
    assert after.version == before.version + 1


def test_edit_that_changes_nothing_writes_nothing(database: Database) -> None:
    """No history, no version, no date: values alike after normalisation are no change."""
    registry = a_registry(database, "CA1")
    before = registry.rows()
    outcome = registry.apply(
        UpdateContact(handle="CA1", card=CardEdit(name=" Aroha\tNgata ", cc="nz"), auth_info=AUTH)
    )
    assert (outcome.action, dict(outcome.changes)) == ("unchanged", {})
    assert registry.rows() == before


def test_edit_is_one_row_however_many_names_there_are(database: Database) -> None:
    """A-06, E-01: one contact row, one row of history, one of the change log."""
    registry = a_registry(database, "CA1")
    for number in range(12):
        registry.register(f"n{number}.example")
    before = registry.rows()
    touched = registry.touched(lambda: registry.apply(_voice("CA1")))
    after = registry.rows()
    changed = {
        table: len(set(after[table]) - set(before[table]))
        for table in after
        if after[table] != before[table]
    }
    assert changed == {"contact": 1, "history": 1, "change_log": 1}
    assert touched == [("contact", "CA1")]


def test_handle_is_found_exactly_first_then_caselessly(database: Database) -> None:
    """Two handles that differ in case are told apart; one alone is found in any case."""
    registry = a_registry(database, "Abc", "other")
    assert registry.contact("aBC").handle == "Abc"
    registry.apply(a_contact("ABC"))
    assert registry.contact("Abc").handle == "Abc"
    with refused(Code.AMBIGUOUS, "id"):
        registry.apply(_voice("abc"))
    with refused(Code.NOT_FOUND, "id"):
        registry.apply(_voice("no\n\x1b[31mbody"))
    with refused(Code.NOT_FOUND, "id"):
        registry.apply(_voice("\udcff\0"))


def test_stale_version_is_a_conflict(database: Database) -> None:
    """D-30: an edit made on an older version is refused; the right one passes."""
    registry = a_registry(database, "CA1")
    registry.apply(_voice("CA1"))
    stale = UpdateContact(handle="CA1", card=CardEdit(city="Nelson"), version=1)
    with refused(Code.CONFLICT, "version"):
        registry.apply(stale)
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Nelson"), version=2))
    assert registry.contact("CA1").card.city == "Nelson"


def test_update_prohibited_lets_only_its_own_removal_pass(database: Database) -> None:
    """conformance.md 9.2.5, for one bar and for two."""
    registry = a_registry(database, "CA1")
    both = frozenset({UPDATE_BAR, Status.SERVER_UPDATE_PROHIBITED})
    registry.apply(UpdateContact(handle="CA1", add_statuses=both))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(_voice("CA1"))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(
            UpdateContact(
                handle="CA1",
                card=CardEdit(city="Nelson"),
                remove_statuses=frozenset({UPDATE_BAR}),
            )
        )
    registry.apply(UpdateContact(handle="CA1", remove_statuses=frozenset({UPDATE_BAR})))
    last = both - {UPDATE_BAR}
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(replace(_voice("CA1"), remove_statuses=last))
    registry.apply(UpdateContact(handle="CA1", remove_statuses=last))
    assert registry.apply(_voice("CA1")).action == "updated"


def test_statuses_that_no_editor_sets_are_refused(database: Database) -> None:
    """conformance.md 9.2.4: adding what is set and removing what is not set as well."""
    registry = a_registry(database, "CA1")
    registry.apply(UpdateContact(handle="CA1", add_statuses=frozenset({DELETE_BAR})))
    cases: list[tuple[frozenset[Status], frozenset[Status], Code, str]] = [
        (frozenset({Status.CLIENT_HOLD}), NONE, Code.POLICY, "add_status"),
        (frozenset({Status.OK}), NONE, Code.POLICY, "add_status"),
        (frozenset({Status.LINKED}), NONE, Code.POLICY, "add_status"),
        (frozenset({Status.PENDING_DELETE}), NONE, Code.POLICY, "add_status"),
        (frozenset({DELETE_BAR}), NONE, Code.EXISTS, "add_status"),
        (NONE, frozenset({UPDATE_BAR}), Code.NOT_FOUND, "remove_status"),
        (frozenset({UPDATE_BAR}), frozenset({UPDATE_BAR}), Code.POLICY, "remove_status"),
    ]
    registry.refuses(
        (UpdateContact(handle="CA1", add_statuses=add, remove_statuses=remove), code, field)
        for add, remove, code, field in cases
    )


def test_consent_keeps_its_date_and_ends_with_undisclose(database: Database) -> None:
    """A consent that stands isn't dated anew; undisclose returns to policy."""
    registry = a_registry(database, "CA1")
    consent = DisclosureEdit(disclose=frozenset({E.NAME}))
    registry.apply(UpdateContact(handle="CA1", disclosure=consent))
    registry.wait(days=1)
    assert registry.apply(UpdateContact(handle="CA1", disclosure=consent)).action == "unchanged"
    back = DisclosureEdit(undisclose=frozenset({E.NAME}), hide=frozenset({E.EMAIL}))
    registry.apply(UpdateContact(handle="CA1", disclosure=back))
    (word,) = registry.contact("CA1").disclosures
    assert (word.element, word.show) == (E.EMAIL, False)


def test_phone_that_a_zone_asks_for_stays(database: Database) -> None:
    """D-27, T-05: clearing a phone is refused while the contact is tech in a gtld zone."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("shop.example", links=links("CA2", "CA2", "CA1"))
    registry.register("shop.co.example", contact="CA2")
    with refused(Code.MISSING_VALUE, "voice"):
        registry.apply(_voice("CA1", ""))
    registry.apply(_voice("CA2", ""))  # registrant and admin in gtld, all of them in irs
    assert registry.contact("CA2").card.voice is None


def test_organisation_under_withhold_is_refused(database: Database) -> None:
    """E-25, P-20: the registrant of a withheld name stays a person."""
    from store.changes import PrivacyEdit
    from store.model import PrivacyMode

    registry = a_registry(database, "CA1")
    registry.register("shop.co.example")
    registry.apply(
        UpdateDomain(name="shop.co.example", privacy=PrivacyEdit(mode=PrivacyMode.WITHHOLD))
    )
    with refused(Code.POLICY, "kind"):
        registry.apply(UpdateContact(handle="CA1", kind=Kind.ORGANISATION))
    registry.apply(UpdateContact(handle="CA1", kind=Kind.INDIVIDUAL))


def test_edit_is_not_refused_for_what_stood_there_before(database: Database) -> None:
    """interface.md: entry rules bind edits, not what a registry already holds."""
    registry = a_registry(database, "CA1")
    registry.use(with_zone("example", phone_required_roles=frozenset()))
    registry.apply(_voice("CA1", ""))
    registry.register("shop.example")
    registry.use(with_zone("example"))
    assert registry.apply(UpdateContact(handle="CA1", card=CardEdit(pc="x"))).action == "updated"


def test_new_code_replaces_the_old_one_and_is_never_told(database: Database) -> None:
    """The outcome and the history say that the code changed, and nothing of it."""
    registry = a_registry(database, "CA1")
    outcome = registry.apply(UpdateContact(handle="CA1", auth_info="another-code"))
    stored = registry.contact("CA1").auth_hash
    assert stored is not None
    assert verify_auth_info("another-code", stored)
    assert outcome.changes == {"auth_info": (None, "changed")}
    assert stored not in repr(list(registry.inquiries.list_history("contact", "CA1")))


def test_unlikely_values_are_taken_with_a_warning(database: Database) -> None:
    """D-27: a phone or a postcode that is merely unlikely only warns."""
    registry = a_registry(database)
    outcome = registry.apply(a_contact("CA1", voice="+64.999999999", pc="ABC"))
    assert [warning.partition(":")[0] for warning in outcome.warnings] == ["voice", "pc"]


def test_split_puts_a_copy_on_the_names_in_every_role(database: Database) -> None:
    """E-15: the names get a copy with the edit; the others and the contact stay.

    At once, where a new registrant needs no approval.
    """
    registry = a_registry(database, "CA1", "CA2")
    registry.use(with_zone("example", registrant_change="irs_nz"))
    registry.apply(
        UpdateContact(handle="CA1", disclosure=DisclosureEdit(disclose=frozenset({E.ORG})))
    )
    registry.register("one.example")
    registry.register("two.example", links=links("CA1", "CA2", "CA1", "CA1"))
    kept = registry.domain("one.example")
    registry.wait(days=1)
    outcome = registry.apply(
        UpdateContact(handle="CA1", card=CardEdit(email="new@example.net"), only=("TWO.example.",))
    )
    copy = registry.contact(outcome.copies["CA1"])
    old = registry.contact("CA1")
    two = registry.domain("two.example")
    assert outcome.action == "split"
    assert outcome.changes == {"email": ("aroha@example.net", "new@example.net")}
    assert {link.role: link.contact for link in two.links} == {
        Role.REGISTRANT: copy.handle,
        Role.ADMIN: "CA2",
        Role.TECH: copy.handle,
        Role.BILLING: copy.handle,
    }
    assert two.updated == registry.now
    assert registry.domain("one.example") == kept
    assert copy.handle.startswith("SRV-")
    assert len(copy.handle) <= 16
    assert copy.roid == f"C{copy.id}-EXAMPLE"
    assert (copy.auth_hash, copy.disclosures) == (old.auth_hash, old.disclosures)
    assert (copy.created, copy.updated, copy.unlinked_at) == (registry.now, None, None)
    assert (old.card.email, old.unlinked_at) == ("aroha@example.net", None)


def test_split_of_the_last_names_starts_the_old_ones_clock(database: Database) -> None:
    """E-16: what a split leaves without links is orphaned from then on."""
    registry = a_registry(database, "CA1")
    registry.register("one.example")
    registry.wait(days=1)
    registry.apply(UpdateContact(handle="CA1", card=CardEdit(city="Nelson"), only=("one.example",)))
    assert registry.contact("CA1").unlinked_at == registry.now


def test_bad_split_is_refused_naming_only(database: Database) -> None:
    """The names must exist, link to the contact, and may be edited."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("one.example")
    registry.register("two.example", contact="CA2")
    for name, code in {
        "none.example": Code.NOT_FOUND,
        "two.example": Code.NOT_FOUND,
        "-": Code.INVALID_NAME,
    }.items():
        with refused(code, "only"):
            registry.apply(UpdateContact(handle="CA1", card=CardEdit(pc="6011"), only=(name,)))
    registry.apply(UpdateDomain(name="one.example", add_statuses=frozenset({UPDATE_BAR})))
    before = registry.rows()
    with refused(Code.STATUS_PROHIBITS, "only"):
        registry.apply(UpdateContact(handle="CA1", card=CardEdit(pc="6011"), only=("one.example",)))
    assert registry.rows() == before


def test_linked_contact_is_not_deleted(database: Database) -> None:
    """E-03, E-30: refused while any role, billing included, links to it."""
    registry = a_registry(database, "CA1", "CA2")
    registry.register("one.example", links=links("CA1", "CA1", "CA1", "CA2"))
    with refused(Code.IN_USE, "id") as seen:
        registry.apply(DeleteContact(handle="CA2"))
    assert "1 name" in seen[0].message
    registry.apply(UpdateDomain(name="one.example", links=links(billing="")))
    assert registry.apply(DeleteContact(handle="CA2")).action == "deleted"
    with refused(Code.NOT_FOUND, "id"):
        registry.apply(DeleteContact(handle="CA2"))


def test_deleted_contact_leaves_no_values_in_its_history(database: Database) -> None:
    """contacts.md 6: history keeps id and hashes only; alike values stay alike."""
    registry = a_registry(database, "CA1")
    registry.apply(_voice("CA1"))
    registry.apply(DeleteContact(handle="CA1"))
    entries = list(registry.inquiries.list_history("contact", "CA1"))
    assert [entry.action for entry in entries] == ["created", "updated", "deleted"]
    for secret in ("Aroha", "+64", "aroha@", "Wellington"):
        assert secret not in repr(registry.rows())
    created, _, deleted = (entry.changes for entry in entries)
    assert created["id"] == [None, "CA1"]
    assert created["email"][1] == deleted["email"][0] != created["voice"][1]  # type: ignore[index]


def test_numbers_of_deleted_contacts_never_come_back(database: Database) -> None:
    """A ROID means one object for ever."""
    registry = a_registry(database, "CA1")
    first = registry.contact("CA1").roid
    registry.apply(DeleteContact(handle="CA1"), a_contact("CA1"))
    assert registry.contact("CA1").roid != first


def test_orphan_ages_by_the_clock_alone(database: Database) -> None:
    """I-23, L-01, L-07: the exact boundary belongs to the later state; no job is needed."""
    registry = a_registry(database, "CA1")
    for days, before, after in ((60, "orphaned", "pendingDelete"), (90, *("pendingDelete",) * 2)):
        registry.now = START + timedelta(days=days, seconds=-1)
        assert registry.inquiries.find_contact("CA1").state == before
        registry.wait(seconds=1)
        detail = registry.inquiries.find_contact("CA1")
        assert detail.state == after
        assert Status.PENDING_DELETE in detail.statuses


def test_pending_delete_takes_no_edit_and_no_deletion_but_a_link(database: Database) -> None:
    """contacts.md 6, I-25: only linking restores it, and the clock starts anew."""
    registry = a_registry(database, "CA1", "CA2")
    registry.wait(days=60)
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(_voice("CA1"))
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(DeleteContact(handle="CA1"))
    registry.wait(days=29)
    registry.register("one.example")
    assert registry.inquiries.find_contact("CA1").state == "linked"
    assert registry.apply(_voice("CA1")).action == "updated"
    registry.wait(days=2)  # CA2 is due by now, and lives until it is deleted (L-06, L-07)
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(_voice("CA2"))
    registry.apply(UpdateDomain(name="one.example", links=links(admin="CA2")))
    assert registry.inquiries.find_contact("CA2").state == "linked"


def test_orphan_with_a_delete_bar_doesnt_age_until_it_is_lifted(database: Database) -> None:
    """L-04: then it still gets its thirty days of pendingDelete."""
    registry = a_registry(database, "CA1")
    registry.apply(UpdateContact(handle="CA1", add_statuses=frozenset({DELETE_BAR})))
    registry.wait(days=200)
    assert registry.inquiries.find_contact("CA1").state == "orphaned"
    with refused(Code.STATUS_PROHIBITS):
        registry.apply(DeleteContact(handle="CA1"))
    registry.apply(UpdateContact(handle="CA1", remove_statuses=frozenset({DELETE_BAR})))
    detail = registry.inquiries.find_contact("CA1")
    assert detail.state == "pendingDelete"
    assert detail.next_states == (("deleted", registry.now + timedelta(days=30)),)


def test_contact_of_another_registrar_is_not_linked(database: Database) -> None:
    """E-39, D-17: refused, naming the role."""
    registry = a_registry(database, "CA1")
    registry.apply(a_contact("CB1", registrar="REG-B"))
    with refused(Code.NOT_SPONSOR, "tech"):
        registry.apply(
            CreateDomain(name="one.example", registrar="REG-A", links=links("CA1", "CA1", "CB1"))
        )
