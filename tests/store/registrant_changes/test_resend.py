"""A question once more, by e-mail or SMS (contacts.md R-20 to R-23), on both engines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from store.changes import EndOverdueChanges, ResendRegistrantChange
from store.errors import Code, RegistryError
from store.messages import MessageKind, MessageState, QueuedMessage, Recipient
from store.registrant_changes import Answer, ChangeParty, ChangeState, Channel
from store.sql.database import Database
from store.sql.schema import outbox
from tests.store.editing_values import POLICY, START, Registry, refused
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    answer,
    approve,
    edit,
    latest,
    refuse,
    repoint,
    token,
)
from tests.store.registrant_changes.queued import queued

MOBILE, OTHER_MOBILE, LANDLINE = "+64.211234567", "+64.277654321", "+64.44721234"
EMAIL, SMS = Channel.EMAIL, Channel.SMS


def again(registry: Registry, party: ChangeParty, channel: Channel) -> ResendRegistrantChange:
    """Ask for the newest change's question to *party* once more."""
    return ResendRegistrantChange(change=latest(registry).id, party=party, channel=channel)


def resent(registry: Registry, party: ChangeParty, channel: Channel) -> QueuedMessage:
    """Resend; give what was queued."""
    outcome = registry.apply(again(registry, party, channel))
    assert (outcome.kind, outcome.action) == ("registrant-change", "queued")
    return queued(registry)[-1]


def held(database: Database, **card: str) -> Registry:
    """Give a registry with an edit of CA1 that waits for its new registrant."""
    registry = a_holder(database)
    registry.apply(edit(**(card or {"email": "new@example.net"})))
    return registry


def test_new_registrant_is_asked_again_at_the_proposed_address(database: Database) -> None:
    """A-14, A-15, R-20: the same question to the same mailbox, as N7."""
    registry = held(database)
    first = queued(registry)[-1].message
    message = resent(registry, NEW, EMAIL).message
    assert message.address == "new@example.net"
    assert message == replace(first, resent=True)


def test_current_registrant_is_asked_again_at_the_address_on_record(database: Database) -> None:
    """A-14, A-15, R-20: the other party has its own question and its own mailbox."""
    registry = held(database)
    approve(registry, NEW)
    first = queued(registry)[-1].message
    message = resent(registry, PRIOR, EMAIL).message
    assert (message.kind, message.recipient) == (MessageKind.ASK_PRIOR, Recipient.PRIOR)
    assert message.address == "old@example.net"
    assert message == replace(first, resent=True)


def test_only_the_party_that_is_being_asked_can_be_asked_again(database: Database) -> None:
    """A-10: nothing to the current registrant before the new one's yes, nothing after it to him."""
    registry = held(database)
    registry.refuses([(again(registry, PRIOR, EMAIL), Code.STATUS_PROHIBITS, "party")])
    approve(registry, NEW)
    registry.refuses([(again(registry, NEW, EMAIL), Code.STATUS_PROHIBITS, "party")])


def test_closed_and_unknown_changes_are_not_resent(database: Database) -> None:
    """5.2: a change that has ended asks nobody, whoever ended it."""
    registry = held(database)
    refuse(registry)
    unknown = ResendRegistrantChange(change=99, party=NEW, channel=EMAIL)
    registry.refuses(
        [
            (again(registry, PRIOR, EMAIL), Code.CLOSED, None),
            (unknown, Code.NOT_FOUND, "change"),
            (replace(unknown, change=-1), Code.NOT_FOUND, "change"),
            (replace(unknown, change=2**70), Code.NOT_FOUND, "change"),
        ]
    )


def test_change_that_ran_out_is_not_resent(database: Database) -> None:
    """R-19: at exactly the deadline it is expired; a second before it isn't (E-11, E-12)."""
    registry = held(database)
    registry.wait(days=6, hours=23)
    approve(registry, NEW)
    registry.wait(minutes=59, seconds=59)
    resent(registry, PRIOR, EMAIL)
    registry.wait(seconds=1)
    registry.refuses([(again(registry, PRIOR, EMAIL), Code.CLOSED, None)])


def test_resending_prolongs_nothing(database: Database) -> None:
    """R-19: one deadline for it all, whatever is sent when."""
    registry = held(database)
    before = latest(registry)
    registry.wait(days=3)
    resent(registry, NEW, EMAIL)
    assert latest(registry) == before


def test_sms_goes_to_the_number_that_stays_unless_the_edit_proposes_one(
    database: Database,
) -> None:
    """A-16, R-20: an edit's new party has the proposed number, or else the one on record."""
    registry = held(database)
    assert resent(registry, NEW, SMS).message.address == MOBILE
    registry.apply(edit(name="Buyer Ltd", voice=OTHER_MOBILE))
    message = resent(registry, NEW, SMS).message
    assert (message.channel, message.address) == (SMS, OTHER_MOBILE)
    approve(registry, NEW)
    assert resent(registry, PRIOR, SMS).message.address == MOBILE


def test_sms_of_a_repoint_goes_to_each_contacts_own_number(database: Database) -> None:
    """A-16, R-20: the new party of a re-point is the contact that it leads to."""
    registry = a_holder(database)
    registry.apply(edit("CA3", voice=OTHER_MOBILE), repoint())
    assert resent(registry, NEW, SMS).message.address == OTHER_MOBILE
    approve(registry, NEW)
    assert resent(registry, PRIOR, SMS).message.address == MOBILE


def test_split_asks_the_holder_of_the_contact(database: Database) -> None:
    """R-10, R-20: while the copy isn't made its number is the contact's or the proposed one."""
    registry = a_holder(database, "one.example", "two.example")
    registry.apply(replace(edit(email="new@example.net"), only=("one.example",)))
    message = resent(registry, NEW, SMS).message
    assert (message.address, message.values["names"]) == (MOBILE, ["one.example"])


@pytest.mark.parametrize("number", ["", LANDLINE])
def test_sms_needs_a_number_that_takes_one(database: Database, number: str) -> None:
    """R-22: the refusal names the fix, and an e-mail is still sent."""
    registry = a_holder(database)
    registry.apply(edit(voice=number), edit())
    with refused(Code.POLICY, "channel") as refusal:
        registry.apply(again(registry, NEW, SMS))
    assert "correct the phone of CA1" in refusal[0].message
    resent(registry, NEW, EMAIL)


def test_proposed_number_that_takes_no_sms_is_refused(database: Database) -> None:
    """R-22: what counts is the number that would be used, not another one on record."""
    registry = held(database, name="Buyer Ltd", voice=LANDLINE)
    registry.refuses([(again(registry, NEW, SMS), Code.POLICY, "channel")])


def test_party_has_five_messages_a_day(database: Database) -> None:
    """R-22: the first message counts; a day later there is room for one again."""
    registry = held(database)
    for _ in range(4):
        registry.wait(hours=1)
        resent(registry, NEW, EMAIL)
    registry.wait(hours=1)
    with refused(Code.POLICY, "channel") as refusal:
        registry.apply(again(registry, NEW, SMS))
    assert "again at 2026-03-02T12:00:00Z" in refusal[0].message
    registry.now = START + timedelta(days=1) - timedelta(seconds=1)
    registry.refuses([(again(registry, NEW, EMAIL), Code.POLICY, "channel")])
    registry.wait(seconds=1)
    resent(registry, NEW, EMAIL)
    registry.wait(minutes=1)
    registry.refuses([(again(registry, NEW, EMAIL), Code.POLICY, "channel")])


def test_each_party_has_five_messages_of_its_own(database: Database) -> None:
    """R-22: the limit is the party's; the other one starts anew."""
    registry = held(database)
    for _ in range(4):
        registry.wait(minutes=1)
        resent(registry, NEW, EMAIL)
    approve(registry, NEW)
    for _ in range(4):
        registry.wait(minutes=1)
        resent(registry, PRIOR, EMAIL)
    registry.wait(minutes=1)
    registry.refuses([(again(registry, PRIOR, EMAIL), Code.POLICY, "channel")])


def test_party_is_resent_to_once_a_minute(database: Database) -> None:
    """R-22: by whatever channel; a minute later it goes out again."""
    registry = held(database)
    resent(registry, NEW, EMAIL)
    registry.wait(seconds=59)
    with refused(Code.POLICY, "channel") as refusal:
        registry.apply(again(registry, NEW, SMS))
    assert "again at 2026-03-01T12:01:00Z" in refusal[0].message
    registry.wait(seconds=1)
    resent(registry, NEW, SMS)


def test_limits_hold_for_changes_apart(database: Database) -> None:
    """R-22: a new request asks anew; what the superseded one was sent is its own."""
    registry = held(database)
    resent(registry, NEW, EMAIL)
    registry.apply(edit(email="newer@example.net"))
    assert resent(registry, NEW, EMAIL).message.address == "newer@example.net"


def test_links_sent_before_stay_good_until_one_is_used(database: Database) -> None:
    """R-21: every message has a link of its own; the first answer ends them all."""
    registry = held(database)
    first = token(registry, latest(registry).id, NEW)
    resent(registry, NEW, EMAIL)
    second = token(registry, latest(registry).id, NEW)
    answer(registry, NEW, Answer.APPROVE, token=first, data_correct=True)
    with refused(Code.CLOSED):
        answer(registry, NEW, Answer.APPROVE, token=second, data_correct=True)


def test_dry_run_sends_nothing_and_says_what_would_be_sent(database: Database) -> None:
    """A dry run is the real one without its commit."""
    registry = held(database)
    before = registry.rows()
    outcome = registry.try_out(again(registry, NEW, SMS))
    assert (outcome.action, outcome.changes["channel"]) == ("queued", (None, "sms"))
    assert registry.rows() == before


def asked_prior(database: Database) -> Registry:
    """Give a change that waits for the current registrant, an hour after it was opened."""
    registry = held(database)
    registry.wait(hours=1)
    approve(registry, NEW)
    return registry


def test_sms_to_a_number_corrected_meanwhile_waits_for_the_current_registrant(
    database: Database,
) -> None:
    """D-02, R-23: twenty-four hours from the correction, to the second."""
    registry = asked_prior(database)
    registry.apply(edit(voice=OTHER_MOBILE))
    with refused(Code.POLICY, "channel") as refusal:
        registry.apply(again(registry, PRIOR, SMS))
    assert "again at 2026-03-02T13:00:00Z" in refusal[0].message
    resent(registry, PRIOR, EMAIL)
    registry.wait(hours=23, minutes=59, seconds=59)
    registry.refuses([(again(registry, PRIOR, SMS), Code.POLICY, "channel")])
    registry.wait(seconds=1)
    assert resent(registry, PRIOR, SMS).message.address == OTHER_MOBILE


def test_second_correction_waits_anew(database: Database) -> None:
    """D-02: the wait is for the number on record now."""
    registry = asked_prior(database)
    registry.apply(edit(voice=OTHER_MOBILE))
    registry.wait(hours=24)
    registry.apply(edit(voice="+64.210000000"))
    registry.refuses([(again(registry, PRIOR, SMS), Code.POLICY, "channel")])


def test_correction_before_the_request_waits_for_nothing(database: Database) -> None:
    """D-02: what counts is a correction after the change was opened."""
    registry = a_holder(database)
    registry.apply(edit(voice=OTHER_MOBILE))
    registry.wait(seconds=1)
    registry.apply(edit())
    approve(registry, NEW)
    assert resent(registry, PRIOR, SMS).message.address == OTHER_MOBILE


def test_new_party_does_not_wait(database: Database) -> None:
    """D-02, A-19: a corrected number is used at once for the new registrant."""
    registry = held(database)
    registry.apply(edit(voice=OTHER_MOBILE))
    assert resent(registry, NEW, SMS).message.address == OTHER_MOBILE


def test_wait_of_no_length_is_allowed(database: Database) -> None:
    """D-02: zero hours match the founding document to the letter."""
    registry = asked_prior(database)
    terms = replace(POLICY.change_terms, sms_cooldown_prior=timedelta())
    registry.use(replace(POLICY, change_terms=terms))
    registry.apply(edit(voice=OTHER_MOBILE))
    assert resent(registry, PRIOR, SMS).message.address == OTHER_MOBILE


def test_release_ends_the_wait_for_one_message_and_is_written_down(database: Database) -> None:
    """D-02, R-23: an operator's release is in the contact's history, with what it was for."""
    registry = asked_prior(database)
    registry.apply(edit(voice=OTHER_MOBILE))
    registry.apply(replace(again(registry, PRIOR, SMS), release=True))
    assert queued(registry)[-1].message.address == OTHER_MOBILE
    entry = list(registry.inquiries.list_history("contact", "CA1"))[-1]
    assert (entry.action, entry.actor, entry.door) == ("sms released", "tester", "test")
    assert entry.changes == {
        "registrant_change": [None, latest(registry).id],
        "party": [None, "prior"],
        "number_corrected": [None, "2026-03-01T13:00:00Z"],
    }
    registry.wait(minutes=1)
    registry.refuses([(again(registry, PRIOR, SMS), Code.POLICY, "channel")])


@pytest.mark.parametrize(("party", "channel"), [(NEW, SMS), (PRIOR, EMAIL), (PRIOR, SMS)])
def test_release_of_nothing_leaves_no_entry(
    database: Database, party: ChangeParty, channel: Channel
) -> None:
    """D-02: where nothing waits there is nothing to release."""
    registry = held(database)
    if party is PRIOR:
        approve(registry, NEW)
    before = registry.count("history")
    registry.apply(replace(again(registry, party, channel), release=True))
    assert registry.count("history") == before


def test_release_ends_no_other_limit(database: Database) -> None:
    """R-22: a released message is one of the five, and the number must take it."""
    registry = asked_prior(database)
    registry.apply(edit(voice=LANDLINE))
    registry.refuses([(replace(again(registry, PRIOR, SMS), release=True), Code.POLICY, "channel")])


def test_change_whose_messages_all_bounce_waits_for_its_deadline(database: Database) -> None:
    """E-09, R-24: a bounce marks the message alone; the registrar hears that it ran out."""
    registry = a_holder(database)
    registry.apply(edit(voice=""), edit())
    before = latest(registry)

    def bounce(connection: Connection) -> None:
        connection.execute(outbox.update().values(state=MessageState.BOUNCED.value))

    database.write(bounce)
    resent(registry, NEW, EMAIL)
    database.write(bounce)
    registry.refuses([(again(registry, NEW, SMS), Code.POLICY, "channel")])
    assert latest(registry) == before
    registry.wait(days=7)
    registry.apply(EndOverdueChanges())
    assert latest(registry).state is ChangeState.EXPIRED
    ends = [each.message.recipient for each in queued(registry, MessageKind.EXPIRED)]
    assert Recipient.REGISTRAR in ends


def test_both_mailboxes_dead_and_a_wrong_phone_still_lead_to_approval(database: Database) -> None:
    """E-10: the phone is corrected, the SMS goes there, both approve; the deadline stays."""
    registry = a_holder(database)
    registry.apply(edit(voice=LANDLINE), edit())
    deadline = latest(registry).deadline
    with pytest.raises(RegistryError, match="takes no SMS"):
        registry.apply(again(registry, NEW, SMS))
    registry.apply(edit(voice=OTHER_MOBILE))
    resent(registry, NEW, SMS)
    approve(registry, NEW)
    registry.wait(days=1)
    resent(registry, PRIOR, SMS)
    approve(registry, PRIOR)
    change = latest(registry)
    assert (change.state, change.deadline) == (ChangeState.COMPLETED, deadline)
    card = registry.contact("CA1").card
    assert (card.email, card.voice) == ("new@example.net", OTHER_MOBILE)
