"""When a question to a party may go out once more, and where to (contacts.md R-20 to R-23)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from store.errors import Code, RegistryError
from store.model import Contact
from store.records_json import rfc3339
from store.registrant_changes import ChangeKind, ChangeParty, RegistrantChange
from store.rules.registrant_changes import check_open
from store.validation.phone import takes_sms

__all__ = [
    "DAY",
    "check_asked",
    "check_pace",
    "check_sms_number",
    "check_wait",
    "sms_number",
    "sms_wait",
]

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
MOST_A_DAY = 5  # R-22, the first message among them


def check_asked(change: RegistrantChange, party: ChangeParty, *, now: datetime) -> None:
    """Refuse to ask a party whose answer nobody waits for (A-10).

    Raises:
        RegistryError: ``CLOSED`` for a change that has ended, ``STATUS_PROHIBITS`` for
            the party whose turn it isn't.
    """
    check_open(change, now=now)
    if change.state.asked is not party:
        raise RegistryError(
            Code.STATUS_PROHIBITS,
            "The current registrant is asked after the new one has approved."
            if party is ChangeParty.PRIOR
            else "The new registrant has approved; the current one is being asked.",
            field="party",
        )


def check_pace(
    sent: Sequence[datetime], resent: Sequence[datetime], *, party: ChangeParty, now: datetime
) -> None:
    """Hold resending to five messages in 24 hours and a minute between two (R-22).

    *sent* are the instants of all the party's questions, *resent* of those that were
    sent again: the minute runs between these, so that a number found wrong at once and
    corrected can be used at once.

    Raises:
        RegistryError: ``POLICY``, saying from when on it may be sent again.
    """
    today = sorted(at for at in sent if at > now - DAY)
    if len(today) >= MOST_A_DAY:
        again = today[-MOST_A_DAY] + DAY
        raise _later(f"The {party} registrant has had {MOST_A_DAY} messages in 24 hours", again)
    last = max(resent, default=None)
    if last is not None and last > now - MINUTE:
        raise _later(f"The {party} registrant had a message within the last minute", last + MINUTE)


def sms_number(
    change: RegistrantChange, party: ChangeParty, holder: Contact, to: Contact | None
) -> str | None:
    """Give the number on record of a party, never one that a caller brings (R-20).

    *holder* is the current registrant, *to* the one that a re-point leads to. The new
    party of an edit has the proposed number, or else the one that stays.
    """
    if party is ChangeParty.PRIOR:
        return holder.card.voice
    if change.kind is ChangeKind.REPOINT:
        return None if to is None else to.card.voice
    if "voice" in change.patch:
        proposed = change.patch["voice"][1]
        return proposed if isinstance(proposed, str) else None
    return holder.card.voice


def check_sms_number(number: str | None, *, party: ChangeParty, contact: str) -> str:
    """Give *number* if a text message may reach it (R-22).

    Raises:
        RegistryError: ``POLICY`` that names the fix: the phone of *contact*.
    """
    if number is not None and takes_sms(number):
        return number
    lack = "has no phone number" if number is None else "has a phone number that takes no SMS"
    raise RegistryError(
        Code.POLICY,
        f"The {party} registrant {lack}; correct the phone of {contact} (its voice), or send"
        " an e-mail.",
        field="channel",
    )


def sms_wait(
    change: RegistrantChange, party: ChangeParty, holder: Contact, *, cooldown: timedelta
) -> datetime | None:
    """Give the instant until which no SMS goes to a party, ``None`` where it needn't wait.

    Only the current registrant's number waits, and only one that was corrected after the
    change was opened (D-02, R-23): who corrects it could answer in the holder's place.
    """
    since = holder.voice_since
    if party is ChangeParty.NEW or since is None or since < change.created:
        return None
    return since + cooldown


def check_wait(until: datetime, *, now: datetime) -> None:
    """Refuse an SMS before *until* (D-02).

    Raises:
        RegistryError: ``POLICY``, saying how long it waits and what ends it.
    """
    if now < until:
        raise _later(
            "The current registrant's number was corrected after the change was opened; without"
            " --release no SMS goes there",
            until,
        )


def _later(sentence: str, again: datetime) -> RegistryError:
    return RegistryError(Code.POLICY, f"{sentence}; again at {rfc3339(again)}.", field="channel")
