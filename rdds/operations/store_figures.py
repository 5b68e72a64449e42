"""What the store itself says of its state, in one short look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from store.instants import to_micros
from store.messages import MessageState
from store.sql import schema
from store.sql.database import Database

__all__ = ["StoreFigures", "look_at_store"]

_MICRO = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreFigures:
    """Counts, and ages in seconds, 0 where there is nothing.

    ``position`` is the number of the change log's last row, ``changed`` its instant in
    Unix seconds. A registrant change is ``overdue`` once its deadline passed and nobody has
    written down its end.
    """

    position: int
    changed: float
    waiting: int
    oldest_waiting: float
    open_changes: int
    overdue: float


def look_at_store(database: Database, now: datetime) -> StoreFigures:
    """Read the figures on one snapshot; each is found by an index.

    Raises:
        StoreUnavailableError: the store can't be reached.
    """
    instant = to_micros(now)

    def age(oldest: int | None) -> float:
        return 0.0 if oldest is None else max(0, instant - oldest) * _MICRO

    def work(connection: Connection) -> StoreFigures:
        log, outbox, changes = schema.change_log, schema.outbox, schema.registrant_change
        newest = select(log.c.seq, log.c.at).order_by(log.c.seq.desc()).limit(1)
        position, at = connection.execute(newest).first() or (0, 0)
        waiting, oldest = connection.execute(
            select(func.count(), func.min(outbox.c.created)).where(
                outbox.c.state == MessageState.WAITING.value
            )
        ).one()
        opened, deadline = connection.execute(
            select(func.count(), func.min(changes.c.deadline)).where(changes.c.open.is_(True))
        ).one()
        return StoreFigures(
            position=position,
            changed=at * _MICRO,
            waiting=waiting,
            oldest_waiting=age(oldest),
            open_changes=opened,
            overdue=age(deadline),
        )

    return database.read(work)
