"""Up to where PostgreSQL's change log was read: exact, whatever the order of commits.

A row's number is given before its transaction commits, so a row with an early number may
appear late. The log keeps each row's transaction instead, and a reader remembers which
transactions it has not seen the end of.

On a primary the snapshot of one look names them. On a standby it doesn't: there
``pg_current_snapshot()`` leaves out what is still open. ``pg_xact_status`` knows, but tells
of a moment after the snapshot: a transaction that ended in between is neither open nor was
it seen. Whatever had ended when look *n* asked that is visible to look *n + 1*; so a
standby's look reads from the position of the look before the last one.
"""

# ruff: noqa: S608 - statements are put together from constants of this module

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from store.sql.statements import MOST_LOG

__all__ = ["BEGIN", "LOOK", "MOST_OPEN", "Position", "log_texts"]

BEGIN = "begin following"
LOOK = "look"

MOST_OPEN = 100_000  # transactions between the oldest open one and the newest

_NEXT = "pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
_OLDEST = "pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def _open_among(candidates: str) -> str:
    """Give those *candidates* that are open, on a standby; nothing on a primary."""
    return (
        "CASE WHEN pg_is_in_recovery() THEN ARRAY("
        f"SELECT c.x FROM ({candidates}) AS c(x)"
        " WHERE pg_xact_status(c.x::text::xid8) = 'in progress') END"
    )


def log_texts(*, leased: bool) -> dict[str, str]:
    """Give the statements that follow the log, by name.

    ``BEGIN`` gives a row: the snapshot, what is open on a standby, number and instant of the
    newest row of the log, and whether the log holds rows of another server's transactions.
    ``LOOK`` takes from which transaction on to read and which earlier ones, the next
    transaction and the open ones of the last look, and the number of the last row; it gives
    the snapshot, what is open, the rows as JSON, and the last row's instant. Where reading
    is *leased*, the last column of both is the heartbeat.
    """
    beat = ", (SELECT h.at FROM public_heartbeat h)" if leased else ""
    from_start = _open_among(
        f"SELECT generate_series(greatest({_OLDEST}, {_NEXT} - {MOST_OPEN}), {_NEXT} - 1)"
    )
    since_last = _open_among(
        f"SELECT unnest($4::bigint[]) UNION ALL SELECT generate_series($3::bigint,"
        f" least({_NEXT}, $3::bigint + {MOST_OPEN}) - 1)"
    )
    row = "l.seq, l.at, l.kind, l.subject FROM public_log l WHERE l.xid"
    rows = (
        f"(SELECT {row} >= $1::bigint LIMIT {MOST_LOG})"
        f" UNION ALL (SELECT {row} = ANY($2::bigint[]) LIMIT {MOST_LOG})"
    )
    return {
        BEGIN: (
            f"SELECT pg_current_snapshot()::text, {from_start}, n.seq, n.at,"
            f" EXISTS (SELECT 1 FROM public_log l WHERE l.xid >= {_NEXT}){beat}"
            " FROM (SELECT seq, at FROM public_log ORDER BY seq DESC LIMIT 1) n"
        ),
        LOOK: (
            f"SELECT pg_current_snapshot()::text, {since_last},"
            " (SELECT json_agg(json_build_array(r.seq, r.at, r.kind, r.subject))"
            f" FROM ({rows}) AS r(seq, at, kind, subject)),"
            f" (SELECT l.at FROM public_log l WHERE l.seq = $5::bigint){beat}"
        ),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """What one look left to be seen: transactions from ``following`` on, and ``open`` ones.

    ``standby`` tells that these may have ended before the look's end, and unseen.
    """

    following: int
    open: Sequence[int]
    standby: bool

    @classmethod
    def read(cls, snapshot: str, open_there: Sequence[int] | None) -> Self:
        """Read a snapshot ``xmin:xmax:xip,…``, and what ``pg_xact_status`` told on a standby."""
        _, following, running = snapshot.split(":")
        standby = open_there is not None
        if open_there is None:
            open_there = tuple(map(int, running.split(","))) if running else ()
        return cls(following=int(following), open=tuple(open_there), standby=standby)

    def arguments(self, last: Position, seq: int) -> tuple[Any, ...]:
        """Give those of ``LOOK``, to read from here on; *last* is the last look's position."""
        return self.following, self.open, last.following, last.open, seq
