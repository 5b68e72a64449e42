"""Registrars and contacts from the staging tables into the store."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from store.deposit.defects import Defect
from store.deposit.remarks import Remark
from store.deposit.rows import ContactRow, FormRow, RegistrarRow
from store.deposit.sql import Load
from store.folding import search_key

__all__ = [
    "check_other_contacts",
    "check_other_registrars",
    "delete_contacts",
    "delete_registrars",
    "mark_unlinked",
    "merge_contacts",
    "merge_registrars",
]

_REGISTRAR = tuple(field for field in RegistrarRow._fields if field not in {"id", "line"})
_CONTACT = tuple(field for field in ContactRow._fields if field not in {"id", "line"})
_ROID = ("roid", "roid_key")
_FORM = tuple(field for field in FormRow._fields if field != "contact")


def merge_registrars(load: Load) -> None:
    """Bring registrars up to date; what no deposit carries stays (RDAP URL, abuse contact)."""
    columns = ", ".join(_REGISTRAR)
    changes = ", ".join(f"{c} = excluded.{c}" for c in _REGISTRAR if c != "handle")
    load.run(
        f"INSERT INTO registrar ({columns}, version) SELECT {columns}, 1 FROM import_registrar"
        f" WHERE true ON CONFLICT (handle) DO UPDATE SET {changes},"
        " version = registrar.version + 1"
    )


def merge_contacts(load: Load) -> None:
    """Bring contacts up to date; generation, kind and code of known ones stay.

    A number that the deposit corrects is as young as the import (D-02).
    """
    load.run(
        "UPDATE import_contact SET known = (SELECT c.id FROM contact c"
        " WHERE c.handle = import_contact.handle) WHERE EXISTS (SELECT 1 FROM contact)"
    )
    load.analyze("import_contact")
    _clear_roids(load)
    columns = ", ".join(c for c in _CONTACT if c not in _ROID)
    load.run(
        f"INSERT INTO contact (id, roid, roid_key, {columns}, generation, version)"
        " SELECT id, coalesce(roid, 'C' || id || '-' || CAST(:repository AS TEXT)),"
        " coalesce(roid_key, 'c' || id || '-' || CAST(:folded AS TEXT)),"
        f" {columns}, id, 1 FROM import_contact WHERE known IS NULL ORDER BY id",
        repository=load.repository,
        folded=search_key(load.repository),
    )
    changes = ", ".join(f"{c} = s.{c}" for c in _CONTACT if c not in {*_ROID, "handle"})
    load.run(
        "UPDATE contact SET roid = coalesce(s.roid, contact.roid),"
        f" roid_key = coalesce(s.roid_key, contact.roid_key), {changes},"
        " voice_since = CASE WHEN coalesce(contact.voice, '') <> coalesce(s.voice, '')"
        " THEN CAST(:now AS BIGINT) ELSE contact.voice_since END,"
        " version = contact.version + 1 FROM import_contact s WHERE s.known = contact.id",
        now=load.now,
    )
    load.run(
        "DELETE FROM contact_second_form WHERE contact_id IN"
        " (SELECT known FROM import_contact WHERE known IS NOT NULL)"
    )
    form = ", ".join(_FORM)
    load.run(
        f"INSERT INTO contact_second_form (contact_id, {form})"
        f" SELECT coalesce(c.known, c.id), {', '.join(f'f.{c}' for c in _FORM)}"
        " FROM import_form f JOIN import_contact c ON c.id = f.contact"
    )


def check_other_contacts(load: Load) -> None:
    """Refuse an id that is another registry's contact, linked in a zone not filled here.

    Tolerated, the store's stays, and the deposit's names have no link to that stranger.

    Raises:
        DepositDefect: ``duplicate-object``.
    """
    other = (
        "FROM import_contact s JOIN contact c ON c.handle = s.handle"
        " WHERE c.roid <> s.roid AND EXISTS (SELECT 1 FROM domain_contact l JOIN domain d"
        " ON d.id = l.domain_id WHERE l.contact_id = c.id"
        " AND d.zone NOT IN (SELECT name FROM import_fill))"
    )
    found = f"SELECT s.line, 'contact ' || s.handle AS subject, c.roid AS detail {other}"
    sentence = "names of another zone are linked to this id, whose ROID in the store is {}"
    if load.refuse(Defect.DUPLICATE_OBJECT, found, sentence):
        for role in ("registrant", "admin", "tech", "billing"):
            load.run(
                f"UPDATE import_domain SET {role} = NULL, {role}_key = NULL"
                f" WHERE {role} IN (SELECT s.handle {other})"
            )
        load.run(f"DELETE FROM import_form WHERE contact IN (SELECT s.id {other})")
        load.run(f"DELETE FROM import_contact WHERE id IN (SELECT s.id {other})")


def check_other_registrars(load: Load) -> None:
    """Refuse an id that is another registry's registrar; tolerated, the store's stays.

    It is another one where both have an IANA id, and names of a zone that this deposit
    does not fill are sponsored under the store's.

    Raises:
        DepositDefect: ``duplicate-object``.
    """
    other = (
        "FROM import_registrar s JOIN registrar r ON r.handle = s.handle"
        " WHERE r.gurid <> s.gurid AND EXISTS (SELECT 1 FROM domain d"
        " WHERE d.registrar = r.handle AND d.zone NOT IN (SELECT name FROM import_fill))"
    )
    found = f"SELECT s.line, 'registrar ' || s.handle AS subject, r.gurid AS detail {other}"
    sentence = "names of another zone are sponsored by this id, whose IANA id in the store is {}"
    if load.refuse(Defect.DUPLICATE_OBJECT, found, sentence):
        load.run(f"DELETE FROM import_registrar WHERE id IN (SELECT s.id {other})")


def _clear_roids(load: Load) -> None:
    """Make way for ROIDs: one is unique, and objects may have swapped theirs."""
    taken = (
        "FROM import_contact s JOIN contact c ON c.roid = s.roid"
        " WHERE s.known IS NULL OR s.known <> c.id"
    )
    if load.full:  # what an earlier deposit of these zones left behind
        load.run(
            f"DELETE FROM contact WHERE id IN (SELECT c.id {taken})"
            " AND NOT EXISTS (SELECT 1 FROM import_contact s WHERE s.handle = contact.handle)"
            " AND NOT EXISTS (SELECT 1 FROM domain_contact l WHERE l.contact_id = contact.id)"
        )
    still = (
        "FROM import_contact s JOIN contact c ON c.roid = s.roid"
        " WHERE (s.known IS NULL OR s.known <> c.id)"
        " AND NOT EXISTS (SELECT 1 FROM import_contact o WHERE o.handle = c.handle)"
    )
    found = f"SELECT s.line, 'contact ' || s.handle AS subject, c.handle AS detail {still}"
    if load.remark(Remark.ROID_TAKEN, found, "contact {} has its ROID already; it gets another"):
        cleared = "UPDATE import_contact SET roid = NULL, roid_key = NULL"
        load.run(f"{cleared} WHERE id IN (SELECT s.id {still})")
    load.run(
        "UPDATE contact SET roid = '~' || id WHERE id IN (SELECT s.known FROM import_contact s"
        " JOIN contact c ON c.id = s.known WHERE s.roid IS NOT NULL AND c.roid <> s.roid)"
    )


def mark_unlinked(load: Load) -> None:
    """Start the clock of contacts without a link, stop it for those with one (L-01)."""
    link = "EXISTS (SELECT 1 FROM domain_contact l WHERE l.contact_id = contact.id)"
    load.run(
        "UPDATE contact SET unlinked_at = CAST(:now AS BIGINT)"
        f" WHERE unlinked_at IS NULL AND NOT {link}",
        now=load.now,
    )
    load.run(f"UPDATE contact SET unlinked_at = NULL WHERE unlinked_at IS NOT NULL AND {link}")


def delete_contacts(load: Load) -> list[str]:
    """Delete the contacts that the deposit takes away and doesn't bring; give their ids.

    Raises:
        DepositDefect: ``missing-contact`` where a name still has a link to one;
            tolerated, the link goes.
    """
    mine = (
        "FROM import_delete x JOIN contact c ON c.handle = x.key WHERE x.kind = 'contact'"
        " AND NOT EXISTS (SELECT 1 FROM import_contact s WHERE s.handle = x.key)"
    )
    linked = mine.replace(
        " WHERE",
        " JOIN domain_contact l ON l.contact_id = c.id JOIN domain d ON d.id = l.domain_id WHERE",
        1,
    )
    found = f"SELECT x.line, 'contact ' || x.key AS subject, d.name AS detail {linked}"
    if load.refuse(Defect.MISSING_CONTACT, found, "it is deleted, and {} has a link to it"):
        load.run(f"DELETE FROM domain_contact WHERE contact_id IN (SELECT c.id {mine})")
    gone = [handle for (handle,) in load.rows(f"SELECT DISTINCT c.handle {mine}")]
    load.run(f"DELETE FROM contact_second_form WHERE contact_id IN (SELECT c.id {mine})")
    load.run(f"DELETE FROM contact WHERE id IN (SELECT c.id {mine})")
    return gone


def delete_registrars(load: Load) -> None:
    """Delete the registrars that the deposit takes away and doesn't bring.

    Raises:
        DepositDefect: ``missing-registrar`` where an object still has it as its sponsor;
            tolerated, it stays.
    """
    used = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} o WHERE o.registrar = x.key)"
        for table in ("domain", "contact", "host")
    )
    mine = (
        "FROM import_delete x WHERE x.kind = 'registrar'"
        " AND NOT EXISTS (SELECT 1 FROM import_registrar s WHERE s.handle = x.key)"
    )
    found = f"SELECT x.line, 'registrar ' || x.key AS subject, '' AS detail {mine} AND ({used})"
    load.refuse(Defect.MISSING_REGISTRAR, found, "it is deleted, and it sponsors objects")
    load.run(f"DELETE FROM registrar WHERE handle IN (SELECT x.key {mine} AND NOT ({used}))")
