"""What a party to a registrant change is shown, and no more: frozen public values.

The new registrant sees what is proposed and nothing of the current one; the current one
sees both sides (contacts.md 5.3). ``store.approval_records`` reads them from the store.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from store.registrant_changes import ChangeKind, ChangeParty, ChangeState

__all__ = ["MOST_LISTED", "Approval", "NamePage", "ProposedValue"]

MOST_LISTED = 50  # names beside the request; further ones stand on pages of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedValue:
    """A field of the registrant's data, named as in records: its lines now and afterwards.

    Empty lines: there is no value. To the new registrant ``old`` is always empty.
    """

    field: str
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A registrant change as one party's link shows it at the instant ``now``.

    ``state`` is the one at ``now`` (R-19). ``approved`` is when this very party did.
    ``names`` are the first of ``count``, in inner form and ascending; they and ``values``
    are empty once nobody asks this party. ``lock`` is how long the change would lock the
    names, zero for not at all and to the new registrant.
    """

    change: int
    party: ChangeParty
    kind: ChangeKind
    state: ChangeState
    registrar: str
    created: datetime
    deadline: datetime
    now: datetime
    approved: datetime | None = None
    closed: datetime | None = None
    names: tuple[str, ...] = ()
    count: int = 0
    values: tuple[ProposedValue, ...] = ()
    lock: timedelta = timedelta(0)
    lock_until: datetime | None = None
    lock_waived: bool = False

    @property
    def is_asked(self) -> bool:
        """Tell whether this party's answer is awaited."""
        return self.state.asked is self.party

    @property
    def has_answered(self) -> bool:
        """Tell whether this party approved or ended the change itself."""
        match self.party:
            case ChangeParty.NEW:
                ended = ChangeState.DECLINED_NEW
            case ChangeParty.PRIOR:
                ended = ChangeState.REFUSED_PRIOR
        return self.approved is not None or self.state is ended


@dataclass(frozen=True, slots=True, kw_only=True)
class NamePage:
    """Some of the names that a change is about, ascending; ``more`` come after the last."""

    names: tuple[str, ...]
    more: bool
