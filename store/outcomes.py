"""What an edit did, for whoever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store.registrant_changes import ChangeParty

__all__ = ["Batch", "Completed", "Held", "Outcome", "Place"]

# Where a walk over contacts without links stands: since when, and its number.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An edit that waits for approval: the registrant change's number and its deadline.

    ``asked`` is the party that is asked first; agents may have approved for the new one (R-18).
    ``names`` counts the names whose registrant would be another.
    """

    registrant_change: int
    deadline: datetime
    asked: ChangeParty = ChangeParty.NEW
    names: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A registrant change that agents of both parties completed at once (R-18).

    ``lock_until`` is the end of the transfer lock, ``None`` where the zones have none.
    """

    registrant_change: int
    lock_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """How far a change over many objects came.

    ``done`` counts the objects that it changed. ``after`` is where the following batch of
    due contacts goes on, ``None`` where none was left to look at. ``seconds`` is how long it
    held what other editors may wait for, the commit included.
    """

    done: int
    after: Place | None = None
    seconds: float = field(default=0.0, compare=False, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One edit's result; a dry run's is the same.

    ``kind`` is ``contact``, ``domain``, ``host``, ``registrar``, ``privacy-service``,
    ``reserved-name`` or ``registrant-change``; ``subject`` the handle, name or number.
    ``action`` is ``created``, ``updated``, ``deleted``, ``split``, ``transferred``,
    ``added``, ``removed``, ``unchanged``, ``held``, ``answered``, ``ended``, ``queued`` or
    ``unlocked``.
    ``changes`` maps a field, named as its option with underscores, to its old and new
    value, ``None`` for none, fit for JSON. ``copies`` maps the contacts that were copied to
    their copies' ids (a split, a transfer). ``held`` says that nothing has changed yet,
    ``completed`` that a registrant change brought it.
    ``batch`` is there for a change over many objects; ``subject`` is then the first of them.
    """

    kind: str
    subject: str
    action: str
    changes: Mapping[str, tuple[object, object]] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    copies: Mapping[str, str] = field(default_factory=dict)
    held: Held | None = None
    completed: Completed | None = None
    batch: Batch | None = None
