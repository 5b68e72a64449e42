"""One edit in the making: its transaction, its instant, its actor, and its journal."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection

from store.changes import Actor
from store.messages import Message
from store.model import Contact, PrivacyService, Registrar
from store.names import ascii_name
from store.outcomes import Outcome
from store.policy import RegistryPolicy
from store.records_json import Record, difference
from store.refusals import missing
from store.rules.contacts import CLONE_PREFIX
from store.rules.decision import blamed_on
from store.sql import journal
from store.sql.records import contacts, names, outbox, privacy_services, registrars

__all__ = ["Session", "with_warnings"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: nothing to misread
_RANDOM_LETTERS = 12  # with the prefix, the sixteen characters an id may have


@dataclass(kw_only=True)
class Session:
    """What every step of one edit needs.

    ``now``, in whole seconds, dates the records; ``logged_at``, exact, the change log,
    whose newest row is the doors' "last update" stamp.
    """

    connection: Connection
    policy: RegistryPolicy
    actor: Actor
    now: datetime
    logged_at: datetime
    touched: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def zones(self) -> frozenset[str]:
        """The zones served: those of the settings and those that deposits brought."""
        return names.imported_zones(self.connection) | frozenset(self.policy.zones)

    def require_contact(self, handle: str, *, field: str = "id", lock: bool = False) -> Contact:
        """Load a contact; ``NOT_FOUND`` or ``AMBIGUOUS`` blames *field*."""
        with blamed_on(field):
            found = contacts.find_contact(self.connection, handle, lock=lock)
        return found or missing("contact", handle, field)

    def require_registrar(
        self, handle: str, *, field: str = "registrar", lock: bool = False
    ) -> Registrar:
        """Load a registrar; ``NOT_FOUND`` or ``AMBIGUOUS`` blames *field*."""
        with blamed_on(field):
            found = registrars.find_registrar(self.connection, handle, keep=True, lock=lock)
        return found or missing("registrar", handle, field)

    def require_privacy_service(
        self, handle: str, *, field: str = "id", lock: bool = False
    ) -> PrivacyService:
        """Load a privacy service; ``NOT_FOUND`` or ``AMBIGUOUS`` blames *field*."""
        with blamed_on(field):
            found = privacy_services.find_privacy_service(
                self.connection, handle, keep=True, lock=lock
            )
        return found or missing("privacy service", handle, field)

    def new_clone_handle(self) -> str:
        """Draw an id for a copy, with the prefix that nobody else may use."""
        letters = (secrets.choice(_ALPHABET) for _ in range(_RANDOM_LETTERS))
        return CLONE_PREFIX + "".join(letters)

    def touch(self, kind: str, subject: str) -> None:
        """Note for readers that answers made from this object are stale."""
        self.touched.append((kind, subject))

    def record(
        self,
        kind: str,
        subject: str,
        action: str,
        *,
        before: Record | None = None,
        after: Record | None = None,
    ) -> Outcome:
        """Write what one edit did to an object into the history; tell readers and the caller."""
        changes = difference(before, after)
        self.write_history(kind, subject, action, changes)
        self.touch(kind, subject)
        return Outcome(kind=kind, subject=subject, action=action, changes=changes)

    def write_history(
        self, kind: str, subject: str, action: str, changes: Mapping[str, tuple[object, object]]
    ) -> None:
        """Write a row of history."""
        journal.write_history(
            self.connection,
            kind=kind,
            subject=subject,
            action=action,
            at=self.now,
            actor=self.actor.name,
            door=self.actor.door,
            changes=changes,
        )

    def send(self, message: Message) -> None:
        """Queue *message*; it leaves after the commit, or never if there is none."""
        outbox.queue_message(self.connection, message, now=self.now)

    def finish(self) -> None:
        """Write the change log, last before the commit."""
        if self.touched:
            journal.log_changes(self.connection, self.touched, at=self.logged_at)

    @staticmethod
    def unchanged(kind: str, subject: str, warnings: tuple[str, ...] = ()) -> Outcome:
        """Give the outcome of an edit that changes nothing and writes nothing."""
        return Outcome(kind=kind, subject=subject, action="unchanged", warnings=warnings)

    @staticmethod
    def named(text: str, *, field: str = "name") -> str:
        """Read a domain or host name that *field* brought."""
        with blamed_on(field):
            return ascii_name(text)


def with_warnings(outcome: Outcome, warnings: tuple[str, ...]) -> Outcome:
    """Give *outcome* with *warnings* after those that it has."""
    return replace(outcome, warnings=outcome.warnings + warnings)
