"""Measure a registrant change: a contact with very many names, and one with a single name.

A material edit is asked for, the new registrant approves, the current one does. For each step
it prints the time and the rows that were written: neither is to grow with the names. Nothing
passes or fails.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, event, func, insert, select, text
from table import columns

from store.changes import Actor, AnswerRegistrantChange, CardEdit, Change, UpdateContact
from store.changes import CreateContact as NewContact
from store.changes import CreateRegistrar as NewRegistrar
from store.errors import RegistryError
from store.handles import new_public_id
from store.instants import now, to_micros
from store.policy import PROFILES, RegistryPolicy
from store.registrant_changes import Answer, ChangeParty, Channel
from store.sql.database import Database
from store.sql.records.approval_tokens import new_token
from store.sql.schema import contact, domain, domain_contact, registrant_change
from store.write_door import WriteDoor

ACTOR = Actor(name="bench", door="bench")
STEPS = ("edit", "new approves", "prior approves")
HEAD = ("step", "names", "p50 ms", "worst ms", "rows")
AT_ONCE = 5_000
ROLES = ("registrant", "admin", "tech")


@dataclass(slots=True)
class Seen:
    """What one step took, each time: milliseconds, and rows written."""

    ms: list[float] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)


class Written:
    """Counts the rows that statements write, on either engine."""

    def __init__(self) -> None:
        self.rows = 0
        event.listen(Engine, "after_cursor_execute", self._count)

    def _count(self, _connection: Connection, cursor: Any, statement: str, *_more: object) -> None:
        if statement.split(None, 1)[0].upper() in {"INSERT", "UPDATE", "DELETE"}:
            self.rows += max(cursor.rowcount, 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/registrant_change.py", description=__doc__)
    parser.add_argument("--database", help="the URL of an empty store; else one of its own")
    parser.add_argument("--names", type=int, default=100_000, help="names of the one contact")
    parser.add_argument("--rounds", type=int, default=5, help="changes of each contact")
    given = parser.parse_args()
    if given.names < 1 or given.rounds < 1:
        parser.error("names and rounds: 1 at least")
    return given


@contextmanager
def _store(url: str | None) -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="rdds-bench-") as folder:
        database = Database(url or f"sqlite:///{Path(folder) / 'rdds.sqlite3'}")
        try:
            database.upgrade()
            if database.read(lambda c: c.execute(select(func.count(domain.c.id))).scalar_one()):
                raise RuntimeError("the store isn't empty")
            yield database
        finally:
            database.close()


def _fill(database: Database, door: WriteDoor, names: int) -> None:
    """Make two holders: MANY has *names* names, ONE has one."""
    door.apply(NewRegistrar(handle="REG", card=CardEdit(name="Registrar")), ACTOR)
    for handle in ("MANY", "ONE"):
        card = CardEdit(name=handle, city="Wellington", cc="NZ", email=f"{handle}@example.net")
        door.apply(
            NewContact(handle=handle, registrar="REG", card=card, auth_info="fuBAR26"), ACTOR
        )
    held = [(number, "MANY") for number in range(1, names + 1)] + [(names + 1, "ONE")]
    at = to_micros(now())

    def work(connection: Connection) -> None:
        rows = connection.execute(select(contact.c.handle, contact.c.id)).all()
        holders = dict(rows)
        for start in range(0, len(held), AT_ONCE):
            part = held[start : start + AT_ONCE]
            connection.execute(insert(domain), [_name(number, at) for number, _ in part])
            links = [_link(number, role, holders[h], at) for number, h in part for role in ROLES]
            connection.execute(insert(domain_contact), links)
        connection.execute(contact.update().values(unlinked_at=None))

    database.write(work)
    database.write(lambda connection: connection.execute(text("ANALYZE")))


def _name(number: int, at: int) -> dict[str, object]:
    return {
        "id": number,
        "name": f"n{number:07}.example",
        "zone": "example",
        "roid": f"D{number}-BENCH",
        "registrar": "REG",
        "statuses": "",
        "privacy": "none",
        "disputed": False,
        "created": at,
        "expires": at + 10**15,
        "version": 1,
    }


def _link(number: int, role: str, holder: int, at: int) -> dict[str, object]:
    return {
        "domain_id": number,
        "role": role,
        "contact_id": holder,
        "since": at,
        "public_id": new_public_id(),
    }


def _token(database: Database, party: ChangeParty) -> str:
    def work(connection: Connection) -> str:
        newest = connection.execute(select(func.max(registrant_change.c.id))).scalar_one()
        return new_token(connection, newest, party, channel=Channel.EMAIL, now=now())

    return database.write(work)


def _changes(database: Database, handle: str, turn: int) -> Iterator[Change]:
    """Give the steps of one registrant change, each when it is its turn."""
    yield UpdateContact(handle=handle, card=CardEdit(email=f"{handle}-{turn}@example.net"))
    yield AnswerRegistrantChange(
        token=_token(database, ChangeParty.NEW), answer=Answer.APPROVE, data_correct=True
    )
    yield AnswerRegistrantChange(token=_token(database, ChangeParty.PRIOR), answer=Answer.APPROVE)


def _measure(database: Database, door: WriteDoor, rounds: int) -> dict[tuple[str, str], Seen]:
    written, found = Written(), {(s, h): Seen() for s in STEPS for h in ("ONE", "MANY")}
    for turn in range(rounds):
        for handle in ("ONE", "MANY"):
            for step, change in zip(STEPS, _changes(database, handle, turn), strict=True):
                before, begun = written.rows, time.perf_counter()
                door.apply(change, ACTOR)
                seen = found[step, handle]
                seen.ms.append((time.perf_counter() - begun) * 1000)
                seen.rows.add(written.rows - before)
    return found


def main() -> int:
    """Fill a store, measure, print."""
    given = _arguments()
    policy = RegistryPolicy(zones={"example": PROFILES["gtld"]})
    try:
        with _store(given.database) as database:
            door = WriteDoor(database, policy, clock=now)
            _fill(database, door, given.names)
            found = _measure(database, door, given.rounds)
    except (RegistryError, RuntimeError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    names = {"ONE": 1, "MANY": given.names}
    rows = [
        (step, f"{names[handle]:,}", f"{median(seen.ms):.1f}", f"{max(seen.ms):.1f}",
         ", ".join(map(str, sorted(seen.rows))))
        for (step, handle), seen in found.items()
    ]  # fmt: skip
    print(columns(HEAD, rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
