"""What an import does to open registrant changes (contacts.md D-29).

A deposit asks nobody: what it brings holds. An open change whose base it moved is voided,
and whoever knew of it is told; all others go on.
"""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from store.deposit.sql import Load
from store.editing.phone_corrections import tell_correction
from store.editing.registrant_changes.ending import end_change
from store.editing.session import Session
from store.model import Contact
from store.registrant_changes import ChangeKind, EndReason, RegistrantChange
from store.rules.patches import standing
from store.rules.registrant_changes import ChangeEvent, material_patch
from store.sql.records.contacts import find_contacts
from store.sql.records.registrant_changes import changes_of
from store.sql.schema import registrant_change

__all__ = ["note_changes", "settle_changes"]

_AT_ONCE = 500  # changes looked at in one statement

_CHANGE = "registrant_change r"
_HOLDER = "l.role = 'registrant'"

# The names of each open change, who holds and who sponsors them.
_HELD = (
    "SELECT r.id AS change_id, l.domain_id, l.contact_id, d.registrar"
    f" FROM {_CHANGE} JOIN domain_contact l ON l.contact_id = r.contact_id AND {_HOLDER}"
    " JOIN domain d ON d.id = l.domain_id WHERE r.open = true AND r.kind = 'edit'"
    " UNION ALL SELECT r.id, n.domain_id, l.contact_id, d.registrar"
    f" FROM {_CHANGE} JOIN registrant_change_name n ON n.change_id = r.id"
    " LEFT JOIN domain d ON d.id = n.domain_id"
    f" LEFT JOIN domain_contact l ON l.domain_id = n.domain_id AND {_HOLDER}"
    " WHERE r.open = true AND r.kind <> 'edit'"
)
# The contacts of each, who sponsors them, and their number.
_PARTY = " UNION ALL ".join(
    "SELECT r.id AS change_id, c.id AS contact_id, c.registrar, c.voice"
    f" FROM {_CHANGE} JOIN contact c ON c.id = r.{party} WHERE r.open = true"
    for party in ("contact_id", "to_contact_id")
)

_STILL = (
    "SELECT DISTINCT h.change_id FROM import_held h LEFT JOIN domain d ON d.id = h.domain_id"
    f" LEFT JOIN domain_contact l ON l.domain_id = d.id AND {_HOLDER} WHERE "
)
_PAST = ("pendingDelete", "pendingRestore", "pendingTransfer", "redemptionPeriod")

# What voids a change, the more telling reason first (5.2, R-27).
_MOVED = (
    (EndReason.DELETED, f"{_STILL} d.id IS NULL"),
    (EndReason.TRANSFERRED, f"{_STILL} d.registrar <> h.registrar"),
    # E-23: redemption ends it, plain expiry doesn't.
    (EndReason.BARRED, _STILL + " OR ".join(f"d.statuses LIKE '%{past}%'" for past in _PAST)),
    (EndReason.MOVED, f"{_STILL} coalesce(l.contact_id, 0) <> coalesce(h.contact_id, 0)"),
    # a name that came to the contact meanwhile would change hands unasked.
    (
        EndReason.MOVED,
        (
            f"SELECT DISTINCT r.id FROM {_CHANGE} JOIN domain_contact l"
            f" ON l.contact_id = r.contact_id AND {_HOLDER} WHERE r.open = true AND r.kind = 'edit'"
            " AND NOT EXISTS (SELECT 1 FROM import_held h"
            " WHERE h.domain_id = l.domain_id AND h.change_id = r.id)"
        ),
    ),
    (
        EndReason.MOVED,
        (
            "SELECT p.change_id FROM import_party p LEFT JOIN contact c ON c.id = p.contact_id"
            " WHERE c.id IS NULL OR c.registrar <> p.registrar"
        ),
    ),
)


def note_changes(load: Load) -> None:
    """Remember, before an import begins, what open changes rest on."""
    for table, statement in (("import_held", _HELD), ("import_party", _PARTY)):
        load.run(f"DROP TABLE IF EXISTS {table}")
        load.run(f"CREATE TEMPORARY TABLE {table} AS {statement}")
        load.analyze(table)
    scope = "temp." if load.connection.dialect.name == "sqlite" else ""
    load.run(f"CREATE INDEX {scope}import_held_domain ON import_held (domain_id, change_id)")


def settle_changes(load: Load, session: Session) -> None:
    """Void the open changes whose base has moved, and tell of corrected numbers."""
    moved = _moved(load)
    numbers = [number for (number,) in load.rows("SELECT DISTINCT change_id FROM import_party")]
    numbers.sort()
    for start in range(0, len(numbers), _AT_ONCE):
        _void(load, session, numbers[start : start + _AT_ONCE], moved)
    _tell_corrections(load, session)


def _void(load: Load, session: Session, numbers: list[int], moved: Mapping[int, EndReason]) -> None:
    table = registrant_change
    statement = select(table).where(table.c.id.in_(numbers)).order_by(table.c.id)
    found = changes_of(load.connection, load.connection.execute(statement).mappings().all())
    # One that ran out is no longer open: it ends as such.
    changes = [change for change in found if change.is_open(session.now)]
    parties = find_contacts(
        load.connection,
        {each for change in changes for each in (change.contact_id, change.to_contact_id) if each},
    )
    for change in changes:
        reason = moved.get(change.id)
        if reason is None and not _stands(change, parties):
            reason = EndReason.MOVED
        if reason is not None:
            end_change(session, change, ChangeEvent.VOIDED, reason=reason)


def _moved(load: Load) -> dict[int, EndReason]:
    """Give the changes whose names, holders or sponsors are others now, and why they end."""
    found: dict[int, EndReason] = {}
    for reason, statement in _MOVED:
        for (number,) in load.rows(statement):
            found.setdefault(number, reason)
    return found


def _stands(change: RegistrantChange, parties: Mapping[int, Contact]) -> bool:
    """Tell whether both registrants are what they were when *change* was opened (R-27).

    Whether an address counts is the zone's word, and completion asks it again.
    """
    prior, new = parties.get(change.contact_id), parties.get(change.to_contact_id or 0)
    if prior is None:
        return False
    if change.kind is not ChangeKind.REPOINT:
        return standing(prior, change.patch)
    return new is not None and change.patch in (
        material_patch(prior, new, address=False),
        material_patch(prior, new, address=True),
    )


def _tell_corrections(load: Load, session: Session) -> None:
    """Queue N6 for parties of changes that go on, whose number the deposit changed (R-23)."""
    corrected = load.rows(
        "SELECT DISTINCT p.contact_id, p.voice FROM import_party p"
        " JOIN contact c ON c.id = p.contact_id"
        " WHERE coalesce(c.voice, '') <> coalesce(p.voice, '') ORDER BY p.contact_id"
    )
    for number, voice in corrected:
        after = find_contacts(load.connection, (number,))[number]
        tell_correction(session, replace(after, card=replace(after.card, voice=voice)), after)
