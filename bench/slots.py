"""The contacts that are edited while others ask: each with a name that it alone stands for."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, text

from store.sql.database import Database

__all__ = ["Slot", "choose_slots", "load_slots", "save_slots", "town", "towns_in"]

# All of a name's roles but billing, which is never shown, belong to one contact that may be edited.
_CHOICE = text(
    "SELECT d.name, min(c.handle) FROM domain d"
    " JOIN domain_contact l ON l.domain_id = d.id AND l.role <> 'billing'"
    " JOIN contact c ON c.id = l.contact_id"
    " WHERE d.name IN :names AND d.privacy = 'none' AND c.statuses = ''"
    " GROUP BY d.name HAVING count(*) = 3 AND min(c.id) = max(c.id)"
).bindparams(bindparam("names", expanding=True))
_TOWN = re.compile(rb"Town (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A contact by its handle, and a name that shows it."""

    contact: str
    name: str


def choose_slots(url: str, names: Sequence[str], count: int) -> tuple[Slot, ...]:
    """Give up to *count* different contacts of *names* in the store at *url*.

    Raises:
        RuntimeError: none of them will do.
    """

    def work(connection: Connection) -> dict[str, Slot]:
        found = {}
        for start in range(0, len(names), 500):
            part = {"names": list(names[start : start + 500])}
            for name, handle in connection.execute(_CHOICE, part):
                found.setdefault(handle, Slot(contact=handle, name=name))
        return found

    database = Database(url)
    try:
        slots = tuple(database.read(work).values())[:count]
    finally:
        database.close()
    if not slots:
        raise RuntimeError("no contact of the names asked for can be edited")
    return slots


def save_slots(file: Path, slots: Sequence[Slot]) -> None:
    """Write *slots* to *file*, for other processes."""
    file.write_text(json.dumps([asdict(slot) for slot in slots]), encoding="utf-8")


def load_slots(file: Path) -> tuple[Slot, ...]:
    """Read what :func:`save_slots` wrote."""
    return tuple(Slot(**slot) for slot in json.loads(file.read_text(encoding="utf-8")))


def town(value: int) -> str:
    """Give the city that an edit to *value* writes."""
    return f"Town {value}"


def towns_in(answer: bytes) -> set[int]:
    """Read the values back from an answer of either door."""
    return set(map(int, _TOWN.findall(answer)))
