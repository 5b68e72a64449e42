"""Measure `rdds housekeep`: how fast contacts go whose time is up, and what others wait for it.

A store is filled with contacts that are all due, each with a row of history, and one that
isn't. A second process edits that one again and again, a hundredth of a second apart, first
alone and then beside the housekeeper. The time of its longest edit is what a writer may have to
wait; what it takes alone is the machine's. Give `--database` an empty PostgreSQL database to
measure that engine. Nothing passes or fails: it prints what it saw.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from datetime import timedelta
from statistics import quantiles

from sqlalchemy import Connection, insert
from table import columns

from rdds.housekeeping import keep_house
from store.changes import Actor, CardEdit, CreateContact, CreateRegistrar, UpdateContact
from store.folding import fold_handle, search_key
from store.instants import now, to_micros
from store.policy import RegistryPolicy
from store.sql.database import Database
from store.sql.schema import contact, history
from store.write_door import WriteDoor

ACTOR = Actor(name="bench", door="bench")
REGISTRARS = 20
PART = 10_000
ALONE_SECONDS = 5.0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench/housekeep.py", description=__doc__)
    parser.add_argument("--database", help="an empty database, SQLite's or PostgreSQL's")
    parser.add_argument("--contacts", type=int, default=100_000, help="contacts that are due")
    parser.add_argument("--writer", metavar="URL", help=argparse.SUPPRESS)
    return parser.parse_args()


def _door(database: Database) -> WriteDoor:
    return WriteDoor(database, RegistryPolicy(), clock=now)


def _fill(database: Database, contacts: int) -> None:
    door = _door(database)
    for number in range(REGISTRARS):
        card = CardEdit(name=f"Registrar {number}", email=f"r{number}@example.net")
        door.apply(CreateRegistrar(handle=f"REG-{number}", card=card), ACTOR)
    card = CardEdit(name="Kept", city="Wellington", cc="NZ", email="kept@example.net")
    kept = CreateContact(handle="KEPT", registrar="REG-0", card=card, auth_info="bench-code")
    door.apply(kept, ACTOR)
    for begin in range(0, contacts, PART):
        numbers = range(begin, min(begin + PART, contacts))
        database.write(lambda connection, numbers=numbers: _insert(connection, numbers))


def _insert(connection: Connection, numbers: range) -> None:
    since = to_micros(now() - timedelta(days=100))
    rows, told = [], []
    for number in numbers:
        values = {
            "registrar": f"REG-{number % REGISTRARS}",
            "postal_type": "loc",
            "name": f"Holder Number {number}",
            "org": f"Holding {number} Ltd",
            "city": "Wellington",
            "pc": "6011",
            "cc": "NZ",
            "voice": f"+64.2{number:08}",
            "email": f"holder{number}@example.net",
        }
        handle = f"H{number:07}"
        rows.append(
            values
            | {
                "handle": handle,
                "handle_key": fold_handle(handle),
                "roid": f"{handle}-EX",
                "roid_key": search_key(f"{handle}-EX"),
                "name_key": search_key(values["name"]),
                "email_key": search_key(values["email"]),
                "street1": f"{number} Lambton Quay",
                "statuses": "",
                "disclosures": "{}",
                "auth_hash": "hash",
                "generation": 1,
                "unlinked_at": since + number // 1000,
                "created": since,
                "version": 1,
            }
        )
        changes = {field: [None, value] for field, value in ({"id": handle} | values).items()}
        changes["street"] = [None, [f"{number} Lambton Quay"]]
        told.append(
            {
                "kind": "contact",
                "subject": handle,
                "action": "created",
                "at": since,
                "actor": "bench",
                "door": "bench",
                "changes": json.dumps(changes),
                "private": True,
            }
        )
    connection.execute(insert(contact), rows)
    connection.execute(insert(history), told)


def _write(url: str) -> None:
    """Edit one contact until standard input ends; print when each edit began and its seconds."""
    database = Database.open(url)
    door, taken = _door(database), []
    told = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), told.set()), daemon=True).start()
    with database.held_open():
        while not told.wait(0.01):
            edit = UpdateContact(handle="KEPT", card=CardEdit(city=f"City {len(taken)}"))
            begun = time.monotonic()
            door.apply(edit, ACTOR)
            taken.append((begun, time.monotonic() - begun))
    print(json.dumps(taken))
    database.close()


def _measure(database: Database) -> None:
    words = [sys.executable, __file__, "--writer", database.url]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as writer:
        time.sleep(ALONE_SECONDS)
        begun, cpu = time.monotonic(), time.process_time()
        tally = keep_house(database, _door(database), ACTOR)
        ended, cpu = time.monotonic(), time.process_time() - cpu
        said, _ = writer.communicate()
    edits: list[tuple[float, float]] = json.loads(said)
    seconds = ended - begun
    print(
        f"{database.dialect}: {tally.contacts:,} contacts in {seconds:.1f} s,"
        f" {tally.contacts / seconds:,.0f} a second, {cpu / tally.contacts * 1e6:.0f} µs CPU each"
    )
    rows = [
        _row("alone", [taken for at, taken in edits if at < begun]),
        _row("beside", [taken for at, taken in edits if begun <= at < ended]),
    ]
    print(columns(("another's edits", "number", "p50 ms", "p99 ms", "longest ms"), rows))


def _row(name: str, taken: list[float]) -> tuple[str, ...]:
    cuts = quantiles(taken, n=100, method="inclusive")
    shown = (cuts[49], cuts[98], max(taken))
    return (name, f"{len(taken):,}", *(f"{seconds * 1000:.1f}" for seconds in shown))


def main() -> None:
    """Fill, measure, print."""
    given = _arguments()
    if given.writer:
        _write(given.writer)
        return
    with tempfile.TemporaryDirectory(prefix="rdds-bench-") as folder:
        url = given.database or f"sqlite:///{folder}/rdds.sqlite3"
        database = Database(url)
        database.upgrade()
        _fill(database, given.contacts)
        _measure(database)
        database.close()


if __name__ == "__main__":
    main()
