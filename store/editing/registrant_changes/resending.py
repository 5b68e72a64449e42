"""The question to one party once more, by e-mail or SMS (contacts.md R-20 to R-23)."""

from __future__ import annotations

from store.changes import ResendRegistrantChange
from store.editing.registrant_changes.ending import require_change
from store.editing.registrant_changes.telling import ask
from store.editing.session import Session
from store.model import Contact
from store.outcomes import Outcome
from store.records_json import rfc3339
from store.registrant_changes import ChangeKind, ChangeParty, Channel, RegistrantChange
from store.rules import resending as rules
from store.sql.records.contacts import find_contacts
from store.sql.records.questions import list_questions

__all__ = ["resend_change"]


def resend_change(session: Session, change: ResendRegistrantChange) -> Outcome:
    """Queue the question to a party again, to what stands on record (R-20, N7).

    Raises:
        RegistryError: ``NOT_FOUND``, ``CLOSED`` for a change that has ended,
            ``STATUS_PROHIBITS`` for a party that is not being asked, ``POLICY`` for too
            many messages, a number that takes no SMS, and the wait of D-02.
    """
    standing = require_change(session, change.change)
    rules.check_asked(standing, change.party, now=session.now)
    asked = list_questions(session.connection, standing.id, change.party)
    rules.check_pace(
        [at for at, _ in asked],
        [at for at, again in asked if again],
        party=change.party,
        now=session.now,
    )
    number = _number(session, standing, change) if change.channel is Channel.SMS else None
    ask(
        session,
        standing,
        change.party,
        channel=change.channel,
        address=number,
        resent=True,
    )
    return Outcome(
        kind="registrant-change",
        subject=str(standing.id),
        action="queued",
        changes={"party": (None, change.party.value), "channel": (None, change.channel.value)},
    )


def _number(session: Session, standing: RegistrantChange, change: ResendRegistrantChange) -> str:
    """Give the number that an SMS goes to, released from its wait where that is asked for."""
    numbers = {standing.contact_id, standing.to_contact_id or standing.contact_id}
    found = find_contacts(session.connection, numbers)
    holder, to = found[standing.contact_id], found.get(standing.to_contact_id or 0)
    on_record = rules.sms_number(standing, change.party, holder, to)
    named = holder.handle
    if change.party is ChangeParty.NEW and standing.kind is ChangeKind.REPOINT:
        named = standing.to_contact or named
    number = rules.check_sms_number(on_record, party=change.party, contact=named)
    cooldown = session.policy.change_terms.sms_cooldown_prior
    until = rules.sms_wait(standing, change.party, holder, cooldown=cooldown)
    if until is not None and change.release:
        _note_release(session, standing, holder)
    elif until is not None:
        rules.check_wait(until, now=session.now)
    return number


def _note_release(session: Session, standing: RegistrantChange, holder: Contact) -> None:
    """Write down who let an SMS go to a number that was corrected meanwhile, and why (D-02)."""
    session.write_history(
        "contact",
        holder.handle,
        "sms released",
        {
            "registrant_change": (None, standing.id),
            "party": (None, ChangeParty.PRIOR.value),
            "number_corrected": (None, rfc3339(holder.voice_since)),
        },
    )
