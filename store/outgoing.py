"""Messages as a sender takes them from the outbox, and what it says of them afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from store.messages import MessageKind, MessageState, QueuedMessage, Recipient
from store.registrant_changes import Channel, RegistrantChange

__all__ = ["Delivery", "Fate", "Outgoing", "Sponsor", "masked_address"]


class Fate(StrEnum):
    """What became of a try."""

    SENT = "sent"
    REFUSED = "refused"  # for good: no later try would end otherwise
    FAILED = "failed"  # tried again later
    UNTRIED = "untried"  # given back as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Sponsor:
    """The registrar whom a party may turn to."""

    name: str
    email: str | None = None
    voice: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message that one sender has claimed.

    It is the sender's until ``queued.next_try``; ``claimed`` is when it was taken and
    ``queued.tries`` counts this try. ``token`` opens the page on which the party decides;
    it is fresh and stands nowhere else. ``language`` is ``en`` or ``it``. ``transfer_lock``
    is how long a completion locks, zero for not at all.
    """

    queued: QueuedMessage
    claimed: datetime
    language: str
    transfer_lock: timedelta
    change: RegistrantChange | None = None
    token: str | None = None
    sponsor: Sponsor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a message fares, for an operator. ``address`` is masked."""

    id: int
    kind: MessageKind
    recipient: Recipient
    channel: Channel
    address: str | None
    state: MessageState
    created: datetime
    next_try: datetime
    tries: int
    resent: bool
    sent: datetime | None = None
    code: str | None = None


def masked_address(address: str) -> str:
    """Give an e-mail address or a number as it may be kept and shown; twice is once.

    >>> masked_address("maria@shop.example"), masked_address("+64.211234567")
    ('m***@shop.example', '+64.***67')
    """
    local, at, host = address.rpartition("@")
    if at:
        return f"{local[:1]}***@{host}"
    calling_code, dot, digits = address.rpartition(".")
    return f"{calling_code}{dot}***{digits[-2:]}"
