"""The housekeeper: what time alone brings about, done in small transactions (contacts.md 6).

Nobody waits for it: states are computed from data and clock. Each batch is a change through
the write door, whole or not at all, so a run may be killed anywhere, run twice at once, or
not run for a month.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from store.changes import (
    Actor,
    Change,
    DeleteDueContacts,
    EndOverdueChanges,
    PruneChangeLog,
    ScrubHistory,
)
from store.errors import StoreUnavailableError
from store.outcomes import Outcome, Place
from store.sql.database import Database
from store.write_door import WriteDoor

__all__ = ["Tally", "keep_house"]

FIRST_LIMIT, LEAST_LIMIT, MOST_LIMIT = 100, 100, 2000
HOLD_SECONDS = 0.03  # of a batch, and so what another writer may have to wait
# On SQLite a writer that has waited for less than 53 ms asks again within 20.
PAUSE_SECONDS = 0.021  # the file is brought up to its log meanwhile, which nobody waits for
DRY_LIMIT = 5000

Progress = Callable[["Tally"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What a run has done so far; ``at_least`` says that a dry run didn't look at all of it."""

    registrant_changes: int = 0
    contacts: int = 0
    old_values: int = 0
    messages: int = 0
    at_least: bool = False


class _Pace:
    """How many objects a batch takes: as many as fit into the time, going by the last ones."""

    def __init__(self) -> None:
        self.limit = FIRST_LIMIT

    def took(self, objects: int, seconds: float) -> None:
        """Note what a batch took; half as many again is the most that the next one grows."""
        if objects * 2 >= self.limit or seconds > HOLD_SECONDS:
            fitting = round(self.limit * min(1.5, HOLD_SECONDS / max(seconds, 0.001)))
            self.limit = max(LEAST_LIMIT, min(MOST_LIMIT, fitting))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the collector of cycles: what it takes now and then, others would wait for."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Run:
    """One run over a store: its door, its pace, its tally."""

    def __init__(
        self,
        database: Database,
        door: WriteDoor,
        actor: Actor,
        *,
        dry_run: bool,
        progress: Progress,
    ) -> None:
        self._database = database
        self._door = door
        self._actor = actor
        self._pause = PAUSE_SECONDS if database.dialect == "sqlite" else 0.0
        self._released = 0.0  # when the last batch was over
        self._dry_run = dry_run
        self._progress = progress
        self.tally = Tally()

    def end_changes(self) -> None:
        """End the registrant changes that ran out (R-29)."""
        pace = _Pace()
        while True:
            outcome = self._apply(EndOverdueChanges(limit=self._limit(pace)), pace)
            if outcome.batch is None or not outcome.batch.done:
                return
            ended = outcome.batch.done
            count = self.tally.registrant_changes + ended
            self._show(replace(self.tally, registrant_changes=count))
            if self._dry_run:
                self._note_rest(ended)
                return

    def delete_contacts(self) -> None:
        """Delete the contacts whose time is up, until a whole pass finds none (I-24)."""
        pace = _Pace()
        while self._pass_contacts(pace) and not self._dry_run:
            pass

    def scrub_history(self) -> None:
        """Replace the private values that were kept long enough."""
        pace = _Pace()
        while True:
            outcome = self._apply(ScrubHistory(limit=self._limit(pace)), pace)
            if outcome.batch is None or not outcome.batch.done:
                return
            count = self.tally.old_values + outcome.batch.done
            self._show(replace(self.tally, old_values=count))
            if self._dry_run:
                self._note_rest(outcome.batch.done)
                return

    def prune_log(self) -> None:
        """Delete what readers have long read of the change log; nobody is told of it."""
        pace = _Pace()
        while self._apply(PruneChangeLog(limit=self._limit(pace)), pace).action != "unchanged":
            if self._dry_run:
                return

    def _pass_contacts(self, pace: _Pace) -> int:
        after: Place | None = None
        deleted = 0
        while True:
            due = DeleteDueContacts(limit=pace.limit, after=after)
            outcome = self._apply(self._door.ready(due), pace)
            if outcome.batch is None:
                return deleted
            deleted += outcome.batch.done
            count = self.tally.contacts + outcome.batch.done
            self._show(replace(self.tally, contacts=count))
            after = outcome.batch.after
            if after is None:
                return deleted

    def _apply(self, change: Change, pace: _Pace) -> Outcome:
        self._give_way()
        with _uncollected():
            outcome = self._door.apply(change, self._actor, dry_run=self._dry_run)
        self._released = time.monotonic()
        if outcome.batch is not None:
            pace.took(outcome.batch.done, outcome.batch.seconds)
        return outcome

    def _give_way(self) -> None:
        """See that other writers have had the store for a while since the batch before."""
        if self._pause:
            with suppress(StoreUnavailableError):  # where it matters, the next commit says so
                self._database.checkpoint()
            time.sleep(max(0.0, self._released + self._pause - time.monotonic()))

    def _limit(self, pace: _Pace) -> int:
        return DRY_LIMIT if self._dry_run else pace.limit

    def _note_rest(self, done: int) -> None:
        if done >= DRY_LIMIT:
            self.tally = replace(self.tally, at_least=True)

    def _show(self, tally: Tally) -> None:
        self.tally = tally
        self._progress(tally)


def keep_house(
    database: Database,
    door: WriteDoor,
    actor: Actor,
    *,
    dry_run: bool = False,
    progress: Progress = lambda _tally: None,
) -> Tally:
    """Do all that is due in the store at the door's clock; give what was done.

    A dry run does no batch twice: it looks at all due contacts, and at so many of the rest.

    Raises:
        StoreUnavailableError: the store can't be reached, or others hold it; what was done
            before stays.
    """
    run = _Run(database, door, actor, dry_run=dry_run, progress=progress)
    with database.held_open(checkpoints=True):
        run.end_changes()
        run.delete_contacts()
        run.scrub_history()
        run.prune_log()
    return run.tally
