"""The end of what was kept long enough: private values, and rows that readers have read."""

from __future__ import annotations

from datetime import timedelta

from store.changes import PruneChangeLog, ScrubHistory
from store.editing.session import Session
from store.outcomes import Batch, Outcome
from store.sql.journal import Fingerprints
from store.sql.journal import prune_change_log as prune_rows
from store.sql.records import old_values

__all__ = ["LOGGED", "prune_change_log", "scrub_history"]

# A reader looks with every question; one that slept longer forgets all that it kept.
LOGGED = timedelta(days=2)


def scrub_history(session: Session, change: ScrubHistory) -> Outcome:
    """Take the private values out of up to a batch of old rows.

    Histories and closed registrant changes keep what changed and fingerprints of the values,
    messages that left or never will keep that they were. Nothing is touched that a party may
    still answer or that waits to be sent.
    """
    until = session.now - session.policy.private_history
    prints = Fingerprints(session.connection)
    done = old_values.scrub_old_history(session.connection, prints, until=until, limit=change.limit)
    done += old_values.scrub_old_changes(
        session.connection, prints, until=until, limit=change.limit - done
    )
    done += old_values.scrub_old_messages(
        session.connection, until=until, limit=change.limit - done
    )
    return Outcome(
        kind="history",
        subject="",
        action="updated" if done else "unchanged",
        batch=Batch(done=done),
    )


def prune_change_log(session: Session, change: PruneChangeLog) -> Outcome:
    """Delete up to a batch of old rows of the change log; the newest row stays, whatever its age.

    It holds the doors' "last update" stamp.
    """
    done = prune_rows(session.connection, until=session.now - LOGGED, limit=change.limit)
    return Outcome(
        kind="change-log",
        subject="",
        action="updated" if done else "unchanged",
        batch=Batch(done=done),
    )
