"""The history for people and the change log for readers, in an edit's own transaction."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, insert, literal_column, select, update

from store.instants import to_micros
from store.sql.schema import change_log, history, store_secret

__all__ = ["Fingerprints", "log_changes", "scrub_history", "write_history"]

_PLAIN = frozenset({"id", "roid"})  # "history keeps id and hashes only" (contacts.md 6)


class Fingerprints:
    """Keyed hashes of values: alike values stay recognisable, and none can be guessed."""

    def __init__(self, connection: Connection) -> None:
        statement = select(store_secret.c.secret).where(store_secret.c.name == "alias")
        secret: bytes = connection.execute(statement).scalar_one()
        self._key = hmac.digest(secret, b"history", "sha256")

    def of_changes(self, changes: Mapping[str, Iterable[object]]) -> dict[str, list[object]]:
        """Give *changes* with every value but ids as a fingerprint; none stays none."""
        return {
            field: [value if field in _PLAIN else self._of(value) for value in pair]
            for field, pair in changes.items()
        }

    def _of(self, value: object) -> object:
        # Values are text, lists and such; an object is a fingerprint already.
        if value is None or (isinstance(value, dict) and value.keys() == {"hash"}):
            return value
        spelled = json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
        return {"hash": hmac.new(self._key, spelled, hashlib.sha256).hexdigest()}


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
    spelled = {field: list(pair) for field, pair in changes.items()}
    connection.execute(
        insert(history).values(
            kind=kind,
            subject=subject,
            action=action,
            at=to_micros(at),
            actor=actor,
            door=door,
            changes=json.dumps(spelled, ensure_ascii=False),
        )
    )


def scrub_history(connection: Connection, *, kind: str, subject: str) -> None:
    """Replace the values in the history of a deleted object by fingerprints."""
    prints = Fingerprints(connection)
    mine = (history.c.kind == kind, history.c.subject == subject)
    rows = connection.execute(select(history.c.id, history.c.changes).where(*mine)).all()
    for number, spelled in rows:
        scrubbed = prints.of_changes(json.loads(spelled))
        connection.execute(
            update(history)
            .where(history.c.id == number)
            .values(changes=json.dumps(scrubbed, ensure_ascii=False))
        )


def log_changes(
    connection: Connection, touched: Iterable[tuple[str, str]], *, at: datetime
) -> None:
    """Tell readers which objects this transaction touched, each once, as (kind, subject).

    On PostgreSQL a row holds its transaction's number: readers must not skip a change
    that commits late with an early ``seq``.
    """
    postgresql = connection.dialect.name == "postgresql"
    statement = insert(change_log)
    if postgresql:
        statement = statement.values(xid=literal_column("pg_current_xact_id()::text::bigint"))
    for kind, subject in dict.fromkeys(touched):
        connection.execute(statement.values(at=to_micros(at), kind=kind, subject=subject))
