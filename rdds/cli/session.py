"""One run of the command line: what was asked for, the settings, and the store's doors."""

from __future__ import annotations

import getpass
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rdds.settings import Settings
    from store.change_inquiries import ChangeInquiries
    from store.changes import Actor, Change
    from store.inquiries import Inquiries
    from store.outcomes import Outcome
    from store.sql.database import Database

__all__ = ["Session", "actor", "pass_session"]


@dataclass(slots=True, kw_only=True)
class Session:
    """What holds for one run. Settings are read at their first use, once."""

    asked: Path | None = None
    as_json: bool = False
    _settings: Settings | None = None

    def settings(self) -> Settings:
        """Read the settings in force.

        Raises:
            RegistryError: ``SETTINGS``.
        """
        if self._settings is None:
            from rdds.settings import load_settings

            self._settings = load_settings(self.asked, os.environ)
        return self._settings

    @contextmanager
    def store(self, *, create: bool) -> Iterator[Database]:
        """Open the store; with *create*, make or upgrade an SQLite one first.

        Raises:
            StoreUnavailableError: also ``STORE_MISSING`` and ``STORE_OUTDATED``.
        """
        from store.sql.database import Database

        database = Database.open(self.settings().database.url, create=create)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def editing(self, *, dry_run: bool) -> Iterator[Database]:
        """Open the store for a writing command; a dry run makes and upgrades nothing.

        Raises:
            StoreUnavailableError: also in a dry run, where the real run would be refused.
        """
        from store.sql.addresses import sqlite_path

        url = self.settings().database.url
        if not dry_run or sqlite_path(url) is None:
            with self.store(create=True) as database:
                yield database
            return
        from rdds.upkeep import tried_store

        with tried_store(url) as database:
            yield database

    def changes_in(self, database: Database) -> ChangeInquiries:
        """Give the private listings of registrant changes of an open store."""
        from store.change_inquiries import ChangeInquiries
        from store.instants import now

        return ChangeInquiries(database, self.settings().registry_policy(), clock=now)

    @contextmanager
    def inquiries(self) -> Iterator[Inquiries]:
        """Open the store's private listings."""
        from store.inquiries import Inquiries
        from store.instants import now

        with self.store(create=False) as database:
            yield Inquiries(database, self.settings().registry_policy(), clock=now)

    def apply(self, change: Change, *, dry_run: bool) -> Outcome:
        """Hand *change* to the write door.

        Raises:
            RegistryError: why it was refused.
        """
        with self.editing(dry_run=dry_run) as database:
            return self.apply_to(database, change, dry_run=dry_run)

    def apply_to(self, database: Database, change: Change, *, dry_run: bool) -> Outcome:
        """Hand *change* to the write door of a store that is open for editing.

        Raises:
            RegistryError: why it was refused.
        """
        from store.instants import now
        from store.write_door import WriteDoor

        door = WriteDoor(database, self.settings().registry_policy(), clock=now)
        outcome = door.apply(change, actor(), dry_run=dry_run)
        if outcome.held is None:
            return outcome
        from rdds.settings.warnings import list_approval_warnings

        more = tuple(list_approval_warnings(self.settings()))
        return replace(outcome, warnings=outcome.warnings + more)


def actor() -> Actor:
    """Give who types: the login of the process, or its number where it has no name."""
    from store.changes import Actor

    try:
        import pwd

        name = pwd.getpwuid(os.getuid()).pw_name
    except (ImportError, KeyError):
        try:
            name = getpass.getuser()
        except (KeyError, OSError):
            name = f"uid {os.getuid()}"
    return Actor(name=name, door="cli")


# Commands take their options as keywords, which click's own type for this can't say.
pass_session: Callable[[Callable[..., Any]], Callable[..., Any]] = click.make_pass_decorator(
    Session
)
