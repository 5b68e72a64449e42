"""The end of private values that were kept long enough: fingerprints take their place."""

from __future__ import annotations

import time

from store.changes import ScrubHistory
from store.editing.session import Session
from store.outcomes import Batch, Outcome
from store.sql.journal import Fingerprints
from store.sql.records import old_values

__all__ = ["scrub_history"]


def scrub_history(session: Session, change: ScrubHistory) -> Outcome:
    """Take the private values out of up to a batch of old rows.

    Histories and closed registrant changes keep what changed and fingerprints of the values,
    messages that left or never will keep that they were. Nothing is touched that a party may
    still answer or that waits to be sent.
    """
    begun = time.monotonic()
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
        batch=Batch(done=done, seconds=time.monotonic() - begun),
    )
