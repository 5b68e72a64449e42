"""What a corrected phone means while a registrant change is open (contacts.md R-03, R-23)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from store.languages import language_of
from store.messages import Message, MessageKind, Recipient
from store.model import Contact
from store.registrant_changes import Channel, RegistrantChange

__all__ = ["correction_notices", "masked_number"]

SHOWN_DIGITS = 2
LEAST_MASKED = 4  # of a shorter number nothing is shown


def masked_number(number: str | None) -> str | None:
    """Give *number* (``+CC.N``) for a message: calling code and last two digits.

    >>> masked_number("+64.211234567")
    '+64.*******67'
    """
    if number is None:
        return None
    code, _, digits = number.partition(".")
    shown = digits[-SHOWN_DIGITS:] if len(digits) >= LEAST_MASKED + SHOWN_DIGITS else ""
    return f"{code}.{'*' * (len(digits) - len(shown))}{shown}"


def correction_notices(
    before: Contact,
    after: Contact,
    *,
    held: Sequence[RegistrantChange],
    awaited: Sequence[RegistrantChange],
) -> tuple[Message, ...]:
    """Give the notices to a party of an open change whose number was corrected (R-23, N6).

    *held* are the open changes whose current registrant the contact is, *awaited* those
    that lead to it. One notice goes to its e-mail address and one to the old number,
    whatever the number of changes; both numbers in them are masked.
    """
    about = next(iter((*held, *awaited)), None)
    if about is None:
        return ()
    notice = Message(
        kind=MessageKind.PHONE_CORRECTED,
        recipient=Recipient.PRIOR if held else Recipient.NEW,
        address=after.card.email,
        change_id=about.id,
        language=language_of(after.card.cc),
        values={"old": masked_number(before.card.voice), "new": masked_number(after.card.voice)},
    )
    if before.card.voice is None:
        return (notice,)
    return (notice, replace(notice, address=before.card.voice, channel=Channel.SMS))
