"""A phone corrected while a registrant change is open (contacts.md R-03, R-23), both engines."""

from __future__ import annotations

from datetime import timedelta

from store.changes import CardEdit, UpdateContact
from store.messages import MessageKind, Recipient
from store.registrant_changes import Channel
from store.sql.database import Database
from tests.store.editing_values import START, Registry, a_contact
from tests.store.registrant_changes.parties import (
    NEW,
    a_holder,
    approve,
    edit,
    latest,
    refuse,
    repoint,
)
from tests.store.registrant_changes.queued import queued

OLD, CORRECT = "+64.211234567", "+64.277654321"
N6 = MessageKind.PHONE_CORRECTED


def held(database: Database, *names: str) -> Registry:
    """Give a registry where a new e-mail of CA1 waits for approval."""
    registry = a_holder(database, *names)
    registry.apply(edit())
    registry.wait(hours=1)
    return registry


def notices(registry: Registry) -> list[tuple[Recipient, Channel, str | None]]:
    """Give who was told of a correction, and where."""
    return [
        (each.message.recipient, each.message.channel, each.message.address)
        for each in queued(registry, N6)
    ]


def test_phone_is_corrected_at_once_while_a_change_is_open(database: Database) -> None:
    """A-17, A-18, R-03: no request of its own, no lock, and the one that is open goes on."""
    registry = held(database)
    before = latest(registry)
    outcome = registry.apply(edit(voice=CORRECT))
    assert (outcome.action, outcome.changes) == ("updated", {"voice": (OLD, CORRECT)})
    assert registry.contact("CA1").card.voice == CORRECT
    assert latest(registry) == before
    assert registry.count("transfer_lock") == 0
    assert registry.count("approval_token") == 0


def test_completion_does_not_undo_a_corrected_phone(database: Database) -> None:
    """E-06, R-06: the request is a patch, and the patch knows no phone."""
    registry = held(database)
    registry.apply(edit(voice=CORRECT))
    approve(registry)
    card = registry.contact("CA1").card
    assert (card.email, card.voice) == ("new@example.net", CORRECT)


def test_corrected_phone_outlives_a_request_that_proposed_another(database: Database) -> None:
    """E-06, R-27: it neither voids the request nor is undone by it: the later word counts."""
    registry = a_holder(database)
    registry.apply(edit(name="Buyer Ltd", voice="+64.210000000"))
    registry.apply(edit(voice=CORRECT))
    approve(registry)
    card = registry.contact("CA1").card
    assert (card.name, card.voice) == ("Buyer Ltd", CORRECT)


def test_party_hears_of_the_correction_at_its_mailbox_and_its_old_number(
    database: Database,
) -> None:
    """R-23, N6: both numbers masked in both notices, which belong to the change."""
    registry = held(database)
    registry.apply(edit(voice=CORRECT))
    assert notices(registry) == [
        (Recipient.PRIOR, Channel.EMAIL, "old@example.net"),
        (Recipient.PRIOR, Channel.SMS, OLD),
    ]
    for each in queued(registry, N6):
        assert each.message.change_id == latest(registry).id
        assert each.message.values == {"old": "+64.*******67", "new": "+64.*******21"}


def test_contact_that_a_repoint_leads_to_hears_as_the_new_registrant(database: Database) -> None:
    """R-23: the notice goes to the party whose number it was."""
    registry = a_holder(database)
    registry.apply(repoint(), edit("CA3", voice=CORRECT))
    assert notices(registry) == [
        (Recipient.NEW, Channel.EMAIL, "buyer@example.net"),
        (Recipient.NEW, Channel.SMS, OLD),
    ]


def test_one_correction_tells_once_however_many_changes_are_open(database: Database) -> None:
    """5.3: one message for a party, never one for each name."""
    registry = a_holder(database, "one.example", "two.example", "six.example")
    registry.apply(*(repoint(name) for name in ("one.example", "two.example", "six.example")))
    registry.apply(edit(voice=CORRECT))
    assert len(notices(registry)) == 2


def test_first_phone_and_no_phone_are_told_as_well(database: Database) -> None:
    """R-23: without an old number the mailbox alone hears of it."""
    registry = held(database)
    registry.apply(edit(voice=""))
    registry.apply(edit(voice=CORRECT))
    values = [each.message.values for each in queued(registry, N6)]
    assert values[0] == {"old": "+64.*******67", "new": None}
    assert values[-1] == {"old": None, "new": "+64.*******21"}
    assert [channel for _, channel, _ in notices(registry)] == [
        Channel.EMAIL,
        Channel.SMS,
        Channel.EMAIL,
    ]


def test_short_number_is_masked_whole(database: Database) -> None:
    """R-23: two digits of five would be nearly half of it."""
    registry = a_holder(database)
    registry.apply(edit(voice="+290.22158"), edit())
    registry.apply(edit(voice=CORRECT))
    assert queued(registry, N6)[0].message.values["old"] == "+290.*****"


def test_nobody_hears_of_a_correction_when_nothing_is_open(database: Database) -> None:
    """N6 belongs to an open change: before, after, and once it ran out, there is none."""
    registry = a_holder(database)
    registry.apply(edit(voice="+64.210000000"), edit())
    registry.wait(days=7)
    registry.apply(edit(voice="+64.210000001"))
    registry.apply(edit(email="newer@example.net"))
    refuse(registry)
    registry.apply(edit(voice="+64.210000002"))
    assert notices(registry) == []


def test_other_edits_and_other_contacts_are_not_told_of(database: Database) -> None:
    """N6: a fax or an address is no phone, and the tech contact is no party."""
    registry = held(database)
    registry.apply(edit(fax=CORRECT, city="Nelson"), edit("CA2", voice=CORRECT))
    assert notices(registry) == []


def test_correction_is_dated_by_the_edit_that_held(database: Database) -> None:
    """D-02: the wait counts from the correction; a proposed number corrects nothing yet."""
    registry = a_holder(database)
    assert registry.contact("CA1").voice_since is None
    registry.apply(edit(fax=CORRECT))
    assert registry.contact("CA1").voice_since is None
    registry.wait(hours=1)
    registry.apply(edit(voice=CORRECT))
    assert registry.contact("CA1").voice_since == START + timedelta(hours=1)
    registry.wait(hours=1)
    registry.apply(edit(voice=CORRECT, fax=""))
    registry.apply(edit(name="Buyer Ltd", voice=OLD))
    assert registry.contact("CA1").voice_since == START + timedelta(hours=1)


def test_correction_is_in_the_contacts_history(database: Database) -> None:
    """R-23, D-02: an audit entry always: who, when, through which door."""
    registry = held(database)
    registry.apply(edit(voice=CORRECT))
    entry = list(registry.inquiries.list_history("contact", "CA1"))[-1]
    assert (entry.actor, entry.door, entry.at) == ("tester", "test", registry.now)
    assert entry.changes == {"voice": [OLD, CORRECT]}


def test_notice_is_in_the_partys_language(database: Database) -> None:
    """5.3: an Italian contact is told in Italian."""
    registry = a_holder(database)
    registry.apply(edit(cc="IT"), edit())
    registry.apply(edit(voice=CORRECT))
    assert {each.message.language for each in queued(registry, N6)} == {"it"}


def test_held_correction_tells_nothing_until_it_is_completed(database: Database) -> None:
    """R-04: a phone beside a new name waits with it, whole."""
    registry = held(database)
    registry.apply(edit(name="Buyer Ltd", voice=CORRECT))
    assert registry.contact("CA1").card.voice == OLD
    assert notices(registry) == []


def test_dry_run_corrects_and_tells_nothing(database: Database) -> None:
    """A dry run is the real one without its commit."""
    registry = held(database)
    before = registry.rows()
    assert registry.try_out(edit(voice=CORRECT)).action == "updated"
    assert registry.rows() == before


def test_split_with_another_phone_corrects_nobodys_number(database: Database) -> None:
    """R-10: the copy has a number of its own; the contact's stays, and nobody is told."""
    registry = a_holder(database, "one.example", "two.example")
    registry.apply(a_contact("CA4", email="four@example.net"))
    registry.apply(repoint("two.example", to="CA4"))
    split = UpdateContact(handle="CA1", card=CardEdit(voice=CORRECT), only=("one.example",))
    outcome = registry.apply(split)
    copy = registry.contact(outcome.copies["CA1"])
    assert (copy.card.voice, registry.contact("CA1").card.voice) == (CORRECT, OLD)
    assert notices(registry) == []


def test_new_party_can_answer_after_its_phone_is_corrected(database: Database) -> None:
    """A-18: the correction stands outside the policy: links stay good."""
    registry = held(database)
    registry.apply(edit(voice=CORRECT))
    assert approve(registry, NEW).action == "answered"
