"""Designated agents: consents recorded, and what they spare (contacts.md R-18), both engines."""

from __future__ import annotations

from dataclasses import replace

import pytest

from store.changes import Change, DeleteContact, RecordConsent
from store.errors import Code
from store.registrant_changes import ChangeParty, ChangeState
from store.sql.database import Database
from store.sql.records.registrant_changes import consents_of
from tests.store.editing_values import START, Registry, a_contact
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    approve,
    edit,
    latest,
    repoint,
    sent,
)

S = ChangeState


def consent(party: ChangeParty, contact: str = "CA1", *, revoke: bool = False) -> RecordConsent:
    """Let an agent approve for a contact as *party*, or no longer."""
    return RecordConsent(contact=contact, party=party, revoke=revoke)


def told(registry: Registry) -> list[tuple[str, str, str | None]]:
    """Give kind, recipient and address of all messages."""
    return [(each.kind, each.to, each.address) for each in sent(registry)]


def consents(registry: Registry, handle: str) -> dict[ChangeParty, object]:
    """Read a contact's consents."""
    number = registry.contact(handle).id
    return dict(registry.database.read(lambda c: consents_of(c, number)))


EDIT, REPOINT = edit(), repoint()
COMPLETED_EDIT = [
    ("N3", "prior", "old@example.net"),
    ("N3", "new", "new@example.net"),
    ("N3", "registrar", None),
]
COMPLETED_REPOINT = [
    ("N3", "prior", "old@example.net"),
    ("N3", "new", "buyer@example.net"),
    ("N3", "registrar", None),
]


@pytest.mark.parametrize(("request_", "new"), [(EDIT, "CA1"), (REPOINT, "CA3")])
def test_agent_of_the_new_registrant_spares_the_first_question(
    database: Database, request_: Change, new: str
) -> None:
    """R-18: with a consent of the new party the current one is asked at once."""
    registry = a_holder(database)
    registry.apply(consent(NEW, new))
    outcome = registry.apply(request_)
    assert outcome.action == "held"
    change = latest(registry)
    assert (change.state, change.new_approved) == (S.AWAITING_PRIOR, START)
    assert told(registry) == [("N2", "prior", "old@example.net")]
    approve(registry, PRIOR)
    assert latest(registry).state is S.COMPLETED


@pytest.mark.parametrize(
    ("request_", "messages"), [(EDIT, COMPLETED_EDIT), (REPOINT, COMPLETED_REPOINT)]
)
def test_agent_of_the_current_registrant_completes_with_the_new_ones_yes(
    database: Database, request_: Change, messages: list[tuple[str, str, str | None]]
) -> None:
    """R-18: the lock applies, since an agent waives nothing, and both are told."""
    registry = a_holder(database)
    registry.apply(consent(PRIOR), request_)
    assert latest(registry).state is S.AWAITING_NEW
    assert [kind for kind, _, _ in told(registry)] == ["N1"]
    registry.wait(days=1)
    approve(registry, NEW)
    change = latest(registry)
    assert (change.state, change.lock_waived) == (S.COMPLETED, False)
    assert change.lock_until == registry.now + registry.policy.change_terms.transfer_lock
    assert told(registry)[1:] == messages


@pytest.mark.parametrize(
    ("request_", "new", "messages"),
    [(EDIT, "CA1", COMPLETED_EDIT), (REPOINT, "CA3", COMPLETED_REPOINT)],
)
def test_agents_of_both_complete_at_submit(
    database: Database, request_: Change, new: str, messages: list[tuple[str, str, str | None]]
) -> None:
    """R-18: no question, no wait; the lock applies and the notices go to both all the same."""
    registry = a_holder(database)
    registry.apply(consent(NEW, new), consent(PRIOR))
    outcome = registry.apply(request_)
    assert (outcome.action, outcome.held) == ("updated", None)
    change = latest(registry)
    assert (change.state, change.lock_waived) == (S.COMPLETED, False)
    assert registry.inquiries.find_lock("shop.example").lock is not None
    assert told(registry) == messages


def test_split_asks_for_the_contacts_own_consents(database: Database) -> None:
    """R-18: the copy isn't there to consent; whom it is made from has."""
    registry = a_holder(database, "one.example", "two.example")
    registry.apply(consent(NEW), consent(PRIOR))
    outcome = registry.apply(replace(edit(), only=("one.example",)))
    assert (outcome.action, latest(registry).state) == ("split", S.COMPLETED)
    assert registry.contact(outcome.copies["CA1"]).card.email == "new@example.net"
    assert registry.contact("CA1").card.email == "old@example.net"


@pytest.mark.parametrize(
    "strangers",
    [(consent(NEW, "CA1"), consent(PRIOR, "CA3")), (consent(NEW, "CA2"), consent(PRIOR, "CA2"))],
)
def test_consent_of_somebody_else_or_for_the_other_part_spares_nothing(
    database: Database, strangers: tuple[RecordConsent, ...]
) -> None:
    """R-18: an agent stands for one registrant, as the party it was named for."""
    registry = a_holder(database)
    registry.apply(*strangers, REPOINT)
    assert latest(registry).state is S.AWAITING_NEW
    approve(registry, NEW)
    assert latest(registry).state is S.AWAITING_PRIOR


def test_revoked_consent_spares_nothing(database: Database) -> None:
    """R-18: a consent can be taken back, and counts when the party's turn comes."""
    registry = a_holder(database)
    registry.apply(consent(NEW), consent(PRIOR), consent(NEW, revoke=True), EDIT)
    assert latest(registry).state is S.AWAITING_NEW
    registry.apply(consent(PRIOR, revoke=True))
    approve(registry, NEW)
    assert latest(registry).state is S.AWAITING_PRIOR


def test_consent_is_dated_and_in_the_history(database: Database) -> None:
    """R-18: a stored, dated record for each registrant, with who recorded it."""
    registry = a_holder(database)
    outcome = registry.apply(consent(NEW))
    assert (outcome.kind, outcome.subject, outcome.action) == ("contact", "CA1", "updated")
    assert consents(registry, "CA1") == {NEW: START}
    registry.wait(days=1)
    registry.apply(consent(NEW))
    assert consents(registry, "CA1") == {NEW: registry.now}
    registry.apply(consent(NEW, revoke=True))
    entries = list(registry.inquiries.list_history("contact", "CA1"))[-3:]
    assert {(entry.action, entry.actor, entry.door) for entry in entries} == {
        ("consent", "tester", "test")
    }
    assert [entry.changes for entry in entries] == [
        {"new_agent": [None, "2026-03-01T12:00:00Z"]},
        {"new_agent": ["2026-03-01T12:00:00Z", "2026-03-02T12:00:00Z"]},
        {"new_agent": ["2026-03-02T12:00:00Z", None]},
    ]


def test_consent_changes_no_record_and_nothing_that_is_published(database: Database) -> None:
    """R-18: readers keep what they have: a consent is between the parties and the registrar."""
    registry = a_holder(database)
    before = registry.contact("CA1")
    assert registry.touched(lambda: registry.apply(consent(NEW), consent(PRIOR))) == []
    assert registry.contact("CA1") == before


def test_taking_back_what_was_never_given_changes_nothing(database: Database) -> None:
    """Nothing is written, and nothing is refused."""
    registry = a_holder(database)
    before = registry.rows()
    assert registry.apply(consent(NEW, revoke=True)).action == "unchanged"
    assert registry.try_out(consent(NEW)).action == "updated"
    registry.refuses([(consent(NEW, "NOBODY"), Code.NOT_FOUND, "id")])
    assert registry.rows() == before


def test_consents_go_with_their_contact(database: Database) -> None:
    """A contact that is deleted leaves no consent behind for another one."""
    registry = a_holder(database)
    registry.apply(a_contact("CA9"), consent(NEW, "CA9"), DeleteContact(handle="CA9"))
    assert registry.count("agent_consent") == 0
