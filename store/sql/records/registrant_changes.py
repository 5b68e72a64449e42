"""Registrant changes in the store, with the names they are about and the agents' consents."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from store.instants import from_micros
from store.registrant_changes import (
    OPEN_STATES,
    ChangeKind,
    ChangeParty,
    ChangeState,
    EndReason,
    Patch,
    RegistrantChange,
)
from store.sql.records.saving import next_number, update_versioned
from store.sql.rows import micros
from store.sql.schema import (
    agent_consent,
    domain,
    domain_contact,
    registrant_change,
    registrant_change_name,
)

__all__ = [
    "changes_of",
    "consents_of",
    "count_held",
    "find_change",
    "give_consent",
    "insert_change",
    "list_open_naming",
    "list_open_of_contacts",
    "list_open_of_domains",
    "list_open_to_contacts",
    "list_overdue",
    "names_barred",
    "names_held",
    "revoke_consent",
    "update_change",
    "update_patch",
    "zones_held",
]

_table, _names = registrant_change, registrant_change_name


def find_change(
    connection: Connection, number: int, *, lock: bool = False
) -> RegistrantChange | None:
    """Find a change by its number; with *lock*, keep other editors off its row."""
    statement = select(_table).where(_table.c.id == number)
    rows = connection.execute(statement.with_for_update() if lock else statement)
    return next(iter(changes_of(connection, rows.mappings().all())), None)


def insert_change(
    connection: Connection, record: RegistrantChange, *, domains: Sequence[tuple[int, str]] = ()
) -> RegistrantChange:
    """Save a new change and, for a re-point or a split, its *domains*: number and name."""
    number = next_number(connection, _table)
    connection.execute(insert(_table).values(**_columns(record), id=number, version=record.version))
    if domains:
        rows = [{"change_id": number, "domain_id": each, "name": name} for each, name in domains]
        connection.execute(insert(_names), rows)
    return replace(record, id=number, names=tuple(sorted(name for _, name in domains)))


def update_change(
    connection: Connection, before: RegistrantChange, after: RegistrantChange
) -> RegistrantChange:
    """Save *after* over *before*.

    Raises:
        RegistryError: ``CONFLICT`` where another answer came between.
    """
    update_versioned(connection, _table, before.id, before.version, _columns(after))
    return replace(after, version=before.version + 1)


def update_patch(connection: Connection, change: RegistrantChange, patch: Patch) -> None:
    """Replace the patch of a waiting change, whose row is locked."""
    statement = update(_table).where(_table.c.id == change.id)
    connection.execute(statement.values(patch=_patch_text(patch), version=change.version + 1))


_Pair = tuple[Select[Any], Select[Any]]  # without a lock and with one


def _pair(statement: Select[Any]) -> _Pair:
    return statement, statement.with_for_update()


# Statements of every edit are written once: to write one takes longer than to run it.
_OPEN = select(_table).where(_table.c.open.is_(True)).order_by(_table.c.id)
_NUMBERS: BindParameter[Any] = bindparam("numbers", expanding=True)
_FROM = _pair(_OPEN.where(_table.c.contact_id.in_(_NUMBERS)))
_TO = _pair(_OPEN.where(_table.c.to_contact_id.in_(_NUMBERS)))
_NAMING = _pair(
    _OPEN.where(
        or_(
            _table.c.contact_id == bindparam("number"),
            _table.c.to_contact_id == bindparam("number"),
        )
    )
)
_ABOUT = _pair(
    _OPEN.where(_table.c.id.in_(select(_names.c.change_id).where(_names.c.domain_id.in_(_NUMBERS))))
)


def list_open_of_contacts(
    connection: Connection, numbers: Iterable[int], *, lock: bool = False
) -> list[RegistrantChange]:
    """Give the changes not yet closed, expired or not, whose current registrant is one of these."""
    return _open(connection, _FROM, {"numbers": sorted(set(numbers))}, lock=lock)


def list_open_to_contacts(
    connection: Connection, numbers: Iterable[int], *, lock: bool = False
) -> list[RegistrantChange]:
    """Give the re-points not yet closed that lead to one of these contacts."""
    return _open(connection, _TO, {"numbers": sorted(set(numbers))}, lock=lock)


def list_open_naming(
    connection: Connection, number: int, *, lock: bool = False
) -> list[RegistrantChange]:
    """Give the changes not yet closed from or to a contact: at once, so in everybody's order."""
    return _open(connection, _NAMING, {"number": number}, lock=lock)


def list_open_of_domains(
    connection: Connection, numbers: Iterable[int], *, lock: bool = False
) -> list[RegistrantChange]:
    """Give the re-points and splits not yet closed that are about one of these domains."""
    return _open(connection, _ABOUT, {"numbers": sorted(set(numbers))}, lock=lock)


def list_overdue(connection: Connection, *, now: datetime, limit: int) -> list[RegistrantChange]:
    """Give up to *limit* changes past their deadline and not yet closed; others' are skipped."""
    statement = (
        select(_table)
        .where(_table.c.open.is_(True), _table.c.deadline <= micros(now))
        .order_by(_table.c.deadline)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return changes_of(connection, connection.execute(statement).mappings().all())


def names_held(
    connection: Connection, contact_number: int, *, limit: int
) -> tuple[tuple[str, ...], int]:
    """Give the first names that a contact is registrant of, in order, and how many there are."""
    names = select(domain.c.name).join(domain_contact, domain_contact.c.domain_id == domain.c.id)
    mine = _held_by(contact_number)
    first = connection.execute(names.where(mine).order_by(domain.c.name).limit(limit)).scalars()
    return tuple(first), count_held(connection, contact_number)


def count_held(connection: Connection, contact_number: int) -> int:
    """Count the names that a contact is registrant of."""
    counting = select(func.count()).select_from(domain_contact).where(_held_by(contact_number))
    return int(connection.execute(counting).scalar_one())


def zones_held(connection: Connection, contact_number: int) -> frozenset[str]:
    """Give the zones of the names that a contact is registrant of.

    A third of what all its uses take with 100,000 names: every one of them is looked at.
    """
    return frozenset(connection.execute(_ZONES_HELD, {"number": contact_number}).scalars())


def names_barred(
    connection: Connection, contact_number: int, *, statuses: Iterable[str], limit: int
) -> tuple[tuple[str, ...], int]:
    """Give the first names of a registrant that are in dispute or in one of *statuses* (R-07).

    And how many there are. One statement where there is none, however many names are held.
    """
    barred = or_(
        domain.c.disputed.is_(True),
        and_(domain.c.statuses != "", or_(*(domain.c.statuses.contains(s) for s in statuses))),
    )
    joined = domain.join(domain_contact, domain_contact.c.domain_id == domain.c.id)
    mine = (_held_by(contact_number), barred)
    names = select(domain.c.name).select_from(joined).where(*mine)
    first = tuple(connection.execute(names.order_by(domain.c.name).limit(limit)).scalars())
    if len(first) < limit:
        return first, len(first)
    counting = select(func.count()).select_from(joined).where(*mine)
    return first, int(connection.execute(counting).scalar_one())


def _held_by(contact_number: int | BindParameter[int]) -> ColumnElement[bool]:
    return and_(
        domain_contact.c.contact_id == contact_number, domain_contact.c.role == "registrant"
    )


_ZONES_HELD = (
    select(domain.c.zone)
    .select_from(domain.join(domain_contact, domain_contact.c.domain_id == domain.c.id))
    .where(_held_by(bindparam("number")))
    .distinct()
)


def consents_of(connection: Connection, contact_number: int) -> dict[ChangeParty, datetime]:
    """Give the consents of a contact to a designated agent, and when they were given (R-18)."""
    statement = select(agent_consent.c.party, agent_consent.c.given).where(
        agent_consent.c.contact_id == contact_number
    )
    return {
        ChangeParty(party): from_micros(given) for party, given in connection.execute(statement)
    }


def give_consent(
    connection: Connection, contact_number: int, party: ChangeParty, *, at: datetime, by: str
) -> None:
    """Record a consent, in place of an earlier one."""
    revoke_consent(connection, contact_number, party)
    connection.execute(
        insert(agent_consent).values(
            contact_id=contact_number, party=party.value, given=micros(at), given_by=by
        )
    )


def revoke_consent(connection: Connection, contact_number: int, party: ChangeParty) -> bool:
    """Forget a consent; tell whether there was one."""
    mine = (agent_consent.c.contact_id == contact_number, agent_consent.c.party == party.value)
    return connection.execute(delete(agent_consent).where(*mine)).rowcount == 1


def changes_of(connection: Connection, rows: Iterable[RowMapping]) -> list[RegistrantChange]:
    """Read the changes of *rows*, with their names in one statement."""
    rows = list(rows)
    if not rows:
        return []
    about: dict[int, list[str]] = {}
    statement = select(_names.c.change_id, _names.c.name).where(
        _names.c.change_id.in_([row["id"] for row in rows])
    )
    for number, name in connection.execute(statement.order_by(_names.c.name)):
        about.setdefault(number, []).append(name)
    return [_change_of(row, tuple(about.get(row["id"], ()))) for row in rows]


def _open(
    connection: Connection,
    statements: _Pair,
    sought: Mapping[str, Any],
    *,
    lock: bool,
) -> list[RegistrantChange]:
    rows = connection.execute(statements[lock], sought)
    return changes_of(connection, rows.mappings().all())


def _columns(record: RegistrantChange) -> dict[str, Any]:
    return {
        "kind": record.kind.value,
        "state": record.state.value,
        "open": record.state in OPEN_STATES,
        "registrar": record.registrar,
        "contact_id": record.contact_id,
        "contact": record.contact,
        "to_contact_id": record.to_contact_id,
        "to_contact": record.to_contact,
        "patch": _patch_text(record.patch),
        "prior_email": record.prior_email,
        "new_email": record.new_email,
        "created": micros(record.created),
        "created_by": record.created_by,
        "deadline": micros(record.deadline),
        "new_approved": micros(record.new_approved),
        "prior_approved": micros(record.prior_approved),
        "lock_waived": record.lock_waived,
        "lock_until": micros(record.lock_until),
        "closed": micros(record.closed),
        "reason": None if record.reason is None else record.reason.value,
    }


def _patch_text(patch: Patch) -> str:
    return json.dumps({field: list(pair) for field, pair in patch.items()}, ensure_ascii=False)


def _change_of(row: RowMapping, names: tuple[str, ...]) -> RegistrantChange:
    patch = {field: (pair[0], pair[1]) for field, pair in json.loads(row["patch"]).items()}
    return RegistrantChange(
        id=row["id"],
        kind=ChangeKind(row["kind"]),
        state=ChangeState(row["state"]),
        registrar=row["registrar"],
        contact=row["contact"],
        contact_id=row["contact_id"],
        to_contact=row["to_contact"],
        to_contact_id=row["to_contact_id"],
        names=names,
        patch=patch,
        prior_email=row["prior_email"],
        new_email=row["new_email"],
        created=from_micros(row["created"]),
        created_by=row["created_by"],
        deadline=from_micros(row["deadline"]),
        new_approved=from_micros(row["new_approved"]),
        prior_approved=from_micros(row["prior_approved"]),
        lock_waived=row["lock_waived"],
        lock_until=from_micros(row["lock_until"]),
        closed=from_micros(row["closed"]),
        reason=None if row["reason"] is None else EndReason(row["reason"]),
        version=row["version"],
    )
