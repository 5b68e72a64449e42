"""The completion of a registrant change, in one transaction (contacts.md R-26)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from store.editing.registrant_changes.applying import Applied, apply_patch
from store.editing.registrant_changes.ending import end_change, noted
from store.editing.registrant_changes.telling import ask, tell_completed
from store.editing.session import Session
from store.outcomes import Outcome
from store.registrant_changes import ChangeParty, RegistrantChange
from store.rules.registrant_changes import ChangeEvent, Obstacle, lock_end, moved
from store.sql.records import registrant_changes as records
from store.sql.records.transfer_locks import set_lock

__all__ = ["Step", "ask_prior", "complete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A change after a step; ``outcome`` is the edit's own where that was the last one."""

    change: RegistrantChange
    outcome: Outcome | None = None


def ask_prior(session: Session, change: RegistrantChange) -> Step:
    """Go on with a change that waits for the current registrant: ask, or act for it.

    An agent's approval locks: it waives nothing (R-18). What is touched then is locked.
    """
    agents = records.consents_of(session.connection, change.contact_id)
    if ChangeParty.PRIOR in agents:
        return complete(session, change, waive_lock=False)
    ask(session, change, ChangeParty.PRIOR)
    return Step(change=change)


def complete(session: Session, change: RegistrantChange, *, waive_lock: bool) -> Step:
    """Put the new registrant in place, lock, and tell both; void what can't be done any more.

    The names, the contacts and the change itself are locked by the caller.
    """
    try:
        applied = apply_patch(session, change)
    except Obstacle as obstacle:
        return Step(change=end_change(session, change, ChangeEvent.VOIDED, reason=obstacle.reason))
    after = replace(
        moved(applied.change, ChangeEvent.APPROVED, now=session.now),
        lock_waived=waive_lock,
        lock_until=None if waive_lock else _lock(session, applied),
    )
    saved = records.update_change(session.connection, change, after)
    noted(session, change, saved)
    tell_completed(session, saved, applied.parties)
    return Step(change=saved, outcome=applied.outcome)


def _lock(session: Session, applied: Applied) -> datetime | None:
    """Lock the names that changed hands; one row for all names of an edit (D-36)."""
    until = lock_end(session.policy.change_terms, now=session.now)
    profiles = {zone: session.policy.zone(zone).change_profile for zone in applied.zones}
    if until <= session.now or not any(profile.locks for profile in profiles.values()):
        return None
    number = applied.change.id
    if applied.contact is not None:
        return set_lock(
            session.connection,
            contact_id=applied.contact.id,
            since=session.now,
            until=until,
            change_id=number,
        )
    ends = [
        set_lock(
            session.connection,
            domain_id=domain.id,
            since=session.now,
            until=until,
            change_id=number,
        )
        for domain in applied.names
        if profiles[domain.zone].locks
    ]
    return max(ends)
