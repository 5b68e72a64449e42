"""What operators are shown beside the bare record: states, full statuses, links, history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store.model import Contact, Domain, Host, Role
from store.statuses import Status

__all__ = [
    "ContactDetail",
    "ContactLink",
    "Detail",
    "DomainDetail",
    "ForwardedAlias",
    "HistoryEntry",
    "HostDetail",
    "LockDetail",
    "TransferLock",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactLink:
    """A name that links to a contact, and in which role."""

    name: str
    role: Role
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDetail:
    """A contact and where it stands.

    ``state`` is ``linked``, ``orphaned`` or ``pendingDelete``; ``next_states`` are what
    comes next and when. ``links`` are in ascending order, ``changes`` the numbers of the
    open registrant changes from or to it; both are ``None`` in lists.
    """

    contact: Contact
    state: str
    statuses: tuple[Status, ...]
    next_states: tuple[tuple[str, datetime], ...]
    links: tuple[ContactLink, ...] | None = None
    changes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainDetail:
    """A registration with its full statuses.

    ``changes`` are the numbers of the open registrant changes about it: one at most (R-08).
    ``None`` in lists: not looked up.
    """

    domain: Domain
    statuses: tuple[Status, ...]
    changes: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostDetail:
    """A name server with its full statuses."""

    host: Host
    statuses: tuple[Status, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """What changed when, by whom, through which door. ``changes``: field to [old, new]."""

    kind: str
    subject: str
    action: str
    at: datetime
    actor: str
    door: str
    changes: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLock:
    """A transfer lock: since when, until when, and the registrant change that set it."""

    since: datetime
    until: datetime
    change_id: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LockDetail:
    """The transfer lock of a name, ``None`` where there is none, and who lifted the last one."""

    name: str
    lock: TransferLock | None
    lifted: HistoryEntry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardedAlias:
    """A privacy alias and where it forwards now; ``None`` where the contact has no e-mail."""

    name: str
    role: Role
    alias: str
    forwards_to: str | None


Detail = ContactDetail | DomainDetail | HostDetail | HistoryEntry | ForwardedAlias | LockDetail
