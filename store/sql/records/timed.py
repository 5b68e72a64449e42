"""Until when names are locked or under change: what shows as a status by the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, column, select, table

from store.instants import later_of

__all__ = ["Timed", "timed_of"]

_view = table(
    "public_domain",
    *(column(name) for name in ("id", "locked_until", "holder_locked_until")),
    *(column(name) for name in ("change_until", "holder_change_until")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The ends of a name's transfer lock and open change, past or not; ``None`` for none."""

    locked_until: datetime | None = None
    change_until: datetime | None = None


def timed_of(connection: Connection, numbers: Iterable[int]) -> Mapping[int, Timed]:
    """Read the ends for the domains with these row numbers, in one statement."""
    rows = connection.execute(select(_view).where(_view.c.id.in_(sorted(set(numbers)))))
    return {
        row.id: Timed(
            locked_until=later_of(row.locked_until, row.holder_locked_until),
            change_until=later_of(row.change_until, row.holder_change_until),
        )
        for row in rows
    }
