"""The record of a registrant change: what is asked, of whom, until when, and how it ended.

A change *edits* a contact that is some name's registrant, *re-points* one name to another
contact, or *splits* a contact: a copy with the edit takes its place on some names
(contacts.md 5, R-01, R-10). Until it is completed nothing else in the store knows of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = [
    "OPEN_STATES",
    "Answer",
    "ChangeKind",
    "ChangeParty",
    "ChangeState",
    "Channel",
    "EndReason",
    "Patch",
    "RegistrantChange",
]


class ChangeKind(StrEnum):
    """The ways to a new registrant."""

    EDIT = "edit"
    REPOINT = "repoint"
    SPLIT = "split"


class ChangeState(StrEnum):
    """Where a change stands (contacts.md 5.2)."""

    AWAITING_NEW = "awaiting_new"
    AWAITING_PRIOR = "awaiting_prior"
    COMPLETED = "completed"
    DECLINED_NEW = "declined_new"
    REFUSED_PRIOR = "refused_prior"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    VOIDED = "voided"

    @property
    def asked(self) -> ChangeParty | None:
        """Give the party whose answer is awaited, ``None`` where the change has ended."""
        return _ASKED.get(self)


class ChangeParty(StrEnum):
    """The two whose approval a change needs (A-08)."""

    NEW = "new"
    PRIOR = "prior"


_ASKED = {ChangeState.AWAITING_NEW: ChangeParty.NEW, ChangeState.AWAITING_PRIOR: ChangeParty.PRIOR}
OPEN_STATES = frozenset(_ASKED)


class Answer(StrEnum):
    """What a party says: the new one approves or declines, the prior one approves or refuses."""

    APPROVE = "approve"
    DECLINE = "decline"
    REFUSE = "refuse"


class EndReason(StrEnum):
    """Why a change was voided (contacts.md 5.2, R-27)."""

    DISPUTED = "disputed"  # a dispute about one of its names was opened
    DELETED = "deleted"  # one of its names
    TRANSFERRED = "transferred"  # one of its names, to another registrar
    MOVED = "moved"  # what it was based on is no longer so
    BARRED = "barred"  # a name's status forbids it now
    REFUSED = "refused"  # a zone's rules refuse the new registrant now


class Channel(StrEnum):
    """How a message goes out."""

    EMAIL = "email"
    SMS = "sms"


# A contact's field to its old and its new value, both fit for JSON.
Patch = Mapping[str, tuple[object, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrantChange:
    """One request, with its number and its version.

    ``contact`` is the current registrant's handle; ``to_contact`` the new one's of a
    re-point, and the copy's of a completed split. ``names``, in inner form and ascending,
    are those of a re-point or a split; an edit is about all names that the contact is
    registrant of. ``state`` is the stored one: a change past its ``deadline`` is expired
    whatever it says (R-19).

    ``patch`` holds every field the edit changes; for a re-point the material fields, from
    the one contact to the other. ``prior_email`` and ``new_email`` are the addresses at
    opening. ``lock_until`` is set by a completion that locks, ``reason`` where it was voided.
    """

    id: int = 0
    kind: ChangeKind
    state: ChangeState
    registrar: str
    contact: str
    contact_id: int
    to_contact: str | None = None
    to_contact_id: int | None = None
    names: tuple[str, ...] = ()
    patch: Patch = field(default_factory=dict)
    prior_email: str | None
    new_email: str | None
    created: datetime
    created_by: str
    deadline: datetime
    new_approved: datetime | None = None
    prior_approved: datetime | None = None
    lock_waived: bool | None = None
    lock_until: datetime | None = None
    closed: datetime | None = None
    reason: EndReason | None = None
    version: int = 1

    def state_at(self, now: datetime) -> ChangeState:
        """Give the state at *now*; at exactly the deadline an open change is expired (R-19)."""
        if self.state in OPEN_STATES and now >= self.deadline:
            return ChangeState.EXPIRED
        return self.state

    def is_open(self, now: datetime) -> bool:
        """Tell whether a party may still answer at *now*."""
        return self.state_at(now) in OPEN_STATES
