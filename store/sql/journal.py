"""The history for people and the change log for readers, in an edit's own transaction."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring
from types import MappingProxyType
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, delete, func, literal_column, select, update

from store.folding import contact_key
from store.instants import to_micros
from store.sql.lists import among, insert_rows, listed
from store.sql.schema import change_log, history, store_secret

__all__ = [
    "FACTS",
    "Fingerprints",
    "HistoryRow",
    "log_changes",
    "prune_change_log",
    "ready_histories",
    "scrub_histories",
    "scrub_history",
    "scrub_rows",
    "write_ends",
    "write_histories",
    "write_history",
]

# How a registrant change went and who consented to an agent: evidence, and nobody's data.
EVIDENCE = frozenset(
    {
        *("registrant_change", "state", "reason", "lock_waived", "new_agent", "prior_agent"),
        *("party", "number_corrected"),
    }
)

# "history keeps id and hashes only" of a contact that is gone (contacts.md 6)
IDS = frozenset({"id", "roid"})

# What a deletion leaves: of the contact its ids alone, and what was evidence.
LEFT = IDS | EVIDENCE

# What an old history keeps of a contact that stands: nothing of the person's own.
FACTS = LEFT | {
    "registrar",
    "kind",
    "postal_type",
    "disclose",
    "hide",
    "disclosures",  # both of them, in the patch of a registrant change
    "statuses",
    "auth_info",  # only ever said to have changed
    "copy",
    "deposit",
}

# Whose history holds private values.
_PERSONAL = frozenset({"contact", "registrant-change"})

_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


class Fingerprints:
    """Keyed hashes of values: alike values stay recognisable, and none can be guessed."""

    def __init__(self, connection: Connection) -> None:
        statement = select(store_secret.c.secret).where(store_secret.c.name == "alias")
        secret: bytes = connection.execute(statement).scalar_one()
        self._key = hmac.digest(secret, b"history", "sha256")
        self._known: dict[str, dict[str, str]] = {}  # a deleted contact's values come twice

    def of_changes(
        self, changes: Mapping[str, Iterable[object]], *, plain: frozenset[str] = LEFT
    ) -> dict[str, list[object]]:
        """Give *changes* with every value but *plain* fields' as a fingerprint; none stays none."""
        known = self._known.get
        return {
            field: list(pair)
            if field in plain
            # Most values are text or nothing: a third of the time of asking for each.
            else [
                value
                if value is None
                else (known(value) or self._of(value))
                if type(value) is str
                else self._of(value)
                for value in pair
            ]
            for field, pair in changes.items()
        }

    def spelled(
        self, changes: Mapping[str, Iterable[object]], *, plain: frozenset[str] = LEFT
    ) -> str:
        """Give *changes* as :meth:`of_changes` does, in JSON."""
        return _spelled(self.of_changes(changes, plain=plain))

    def _of(self, value: object) -> object:
        if isinstance(value, str):
            made = self._known[value] = self._new(encode_basestring(value))
            return made
        if value is None or _is_print(value):
            return value
        return self._new(_CANONICAL(value))

    def _new(self, canonical: str) -> dict[str, str]:
        return {"hash": hmac.digest(self._key, canonical.encode(), "sha256").hex()}


def _spelled(changes: Mapping[str, list[object]]) -> str:
    return orjson.dumps(changes).decode()


def _is_print(value: object) -> bool:
    # Values are text, lists and such; an object of this shape is a fingerprint already.
    return isinstance(value, dict) and value.keys() == {"hash"}


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRow:
    """What changed in one object. ``changes``: field to [old, new], fit for JSON."""

    kind: str
    subject: str
    action: str
    changes: Mapping[str, Iterable[object]]

    @property
    def private(self) -> bool:
        """Tell whether time must turn some of these values into fingerprints."""
        return self.kind in _PERSONAL and any(
            field not in FACTS and any(value is not None and not _is_print(value) for value in pair)
            for field, pair in self.changes.items()
        )


def write_history(
    connection: Connection,
    *,
    kind: str,
    subject: str,
    action: str,
    at: datetime,
    actor: str,
    door: str,
    changes: Mapping[str, Iterable[object]],
) -> None:
    """Write one row: what changed in one object, by whom, through which door."""
    row = HistoryRow(kind=kind, subject=subject, action=action, changes=changes)
    write_histories(connection, [row], at=at, actor=actor, door=door)


def write_histories(
    connection: Connection, rows: Sequence[HistoryRow], *, at: datetime, actor: str, door: str
) -> None:
    """Write *rows* in one go, all of one edit."""
    if not rows:
        return
    spelled = [
        {
            "kind": row.kind,
            "subject": row.subject,
            "action": row.action,
            "changes": _spelled({field: list(pair) for field, pair in row.changes.items()}),
            "private": row.private,
        }
        for row in rows
    ]
    insert_rows(connection, history, spelled, at=to_micros(at), actor=actor, door=door)


def write_ends(
    connection: Connection,
    ends: Sequence[tuple[str, str]],
    *,
    kind: str,
    at: datetime,
    actor: str,
    door: str,
) -> None:
    """Write that objects were deleted; *ends* are subjects and changes of fingerprints alone."""
    insert_rows(
        connection,
        history,
        [{"subject": subject, "changes": said} for subject, said in ends],
        kind=kind,
        action="deleted",
        private=False,
        at=to_micros(at),
        actor=actor,
        door=door,
    )


def scrub_history(connection: Connection, *, kind: str, subject: str) -> None:
    """Replace the values in the history of a deleted object by fingerprints."""
    scrub_histories(connection, Fingerprints(connection), kind=kind, subjects=[subject])


def scrub_histories(
    connection: Connection,
    prints: Fingerprints,
    *,
    kind: str,
    subjects: Sequence[str],
    readied: Mapping[int, str] = MappingProxyType({}),
) -> None:
    """Replace the values in the histories of deleted objects by fingerprints.

    *readied* are texts of :func:`ready_histories`: what a row says changes no more.
    """
    mine = (history.c.kind == kind, among(connection, history.c.subject, subjects))
    numbers = connection.execute(select(history.c.id).where(*mine)).scalars().all()
    rest = [number for number in numbers if number not in readied]
    said = select(history.c.id, history.c.changes).where(among(connection, history.c.id, rest))
    rows = connection.execute(said).all() if rest else ()
    texts = [(number, readied[number]) for number in numbers if number in readied]
    _save_scrubbed(connection, [*texts, *_scrubbed(prints, rows, plain=LEFT)])


def ready_histories(
    connection: Connection, prints: Fingerprints, *, kind: str, subjects: Sequence[str]
) -> dict[int, str]:
    """Give what the histories of objects will say once these are deleted, by row."""
    mine = (history.c.kind == kind, among(connection, history.c.subject, subjects))
    rows = connection.execute(select(history.c.id, history.c.changes).where(*mine)).all()
    return dict(_scrubbed(prints, rows, plain=LEFT))


def scrub_rows(
    connection: Connection,
    prints: Fingerprints,
    rows: Iterable[Sequence[Any]],
    *,
    plain: frozenset[str],
) -> None:
    """Replace the values in *rows*, each a number and its changes, by fingerprints."""
    _save_scrubbed(connection, list(_scrubbed(prints, rows, plain=plain)))


def _scrubbed(
    prints: Fingerprints, rows: Iterable[Sequence[Any]], *, plain: frozenset[str]
) -> Iterator[tuple[int, str]]:
    for number, changes in rows:
        yield number, prints.spelled(orjson.loads(changes), plain=plain)


def _save_scrubbed(connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
    if not texts:
        return
    rows = [{"id": number, "changes": spelled} for number, spelled in texts]
    source = listed(connection, history, rows)
    if source is None:
        one = update(history).where(history.c.id == bindparam("number"))
        scrubbed = {"changes": bindparam("spelled"), "private": False}
        named = [{"number": row["id"], "spelled": row["changes"]} for row in rows]
        connection.execute(one.values(scrubbed), named)
    else:
        all_of_them = update(history).where(history.c.id == source.c.id)
        connection.execute(all_of_them.values(changes=source.c.changes, private=False))


def log_changes(
    connection: Connection, touched: Iterable[tuple[str, str]], *, at: datetime
) -> None:
    """Tell readers which objects this transaction touched, each once, as (kind, subject).

    On PostgreSQL a row holds its transaction's number: readers must not skip a change
    that commits late with an early ``seq``.
    """
    named = [
        {"kind": kind, "subject": contact_key(subject) if kind == "contact" else subject}
        for kind, subject in dict.fromkeys(touched)
    ]
    same: dict[str, Any] = {"at": to_micros(at)}
    if connection.dialect.name == "postgresql":
        same["xid"] = literal_column("pg_current_xact_id()::text::bigint")
    insert_rows(connection, change_log, named, **same)


def prune_change_log(connection: Connection, *, until: datetime, limit: int) -> int:
    """Delete the rows logged up to *until* among the *limit* first ones, but for the newest.

    Rows stand in the order of their instants but for a clock's steps, so no index is needed.
    """
    first = select(change_log.c.seq, change_log.c.at).order_by(change_log.c.seq).limit(limit)
    oldest = first.subquery("oldest")
    newest = select(func.max(change_log.c.seq)).scalar_subquery()
    old = select(oldest.c.seq).where(oldest.c.at <= to_micros(until), oldest.c.seq < newest)
    return connection.execute(delete(change_log).where(change_log.c.seq.in_(old))).rowcount
