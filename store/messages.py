"""Messages to parties, as they wait in the outbox: what happened, to whom it is said, how.

They are queued in the transaction that gives rise to them and rendered when they leave.
A message about a registrant change is rendered from the change itself; ``values`` hold
what stands nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from store.registrant_changes import ChangeParty, Channel

__all__ = ["Message", "MessageKind", "MessageState", "QueuedMessage", "Recipient"]


class MessageKind(StrEnum):
    """The notices of contacts.md 5.3, and the registrar's of section 6."""

    ASK_NEW = "N1"
    ASK_PRIOR = "N2"
    COMPLETED = "N3"
    ENDED = "N4"
    EXPIRED = "N5"
    PHONE_CORRECTED = "N6"
    DELEGATION_CHANGED = "N8"
    REGISTRANT_CHANGED = "C1"  # profiles without approvals: cord to both, irs_nz to the registrar
    CONTACTS_DELETED = "L1"  # the registrar's own orphans, one message for each run


class Recipient(StrEnum):
    """Who a message is for."""

    NEW = "new"
    PRIOR = "prior"
    REGISTRAR = "registrar"
    TECH = "tech"

    @classmethod
    def of(cls, party: ChangeParty) -> Recipient:
        """Give a change's party as a recipient."""
        return cls(party.value)


class MessageState(StrEnum):
    """Where a message stands."""

    WAITING = "waiting"
    SENT = "sent"
    BOUNCED = "bounced"  # refused for good by the other side
    GIVEN_UP = "given_up"  # tried too often, or for too long
    DROPPED = "dropped"  # no longer true, or nobody to send it to


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message to queue.

    ``address`` is the recipient's e-mail address or number (``+CC.N``) at this moment;
    ``None`` where the record has none: the message is noted as dropped (R-29).
    ``language`` is ``en`` or ``it``; ``None`` leaves it to the settings. ``resent`` marks
    N7: the same question once more.
    """

    kind: MessageKind
    recipient: Recipient
    address: str | None
    channel: Channel = Channel.EMAIL
    change_id: int | None = None
    language: str | None = None
    resent: bool = False
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message in the outbox. ``code`` is the other side's last reply, without its text."""

    id: int
    message: Message
    state: MessageState
    created: datetime
    next_try: datetime
    tries: int = 0
    sent: datetime | None = None
    code: str | None = None
