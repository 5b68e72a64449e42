"""Domains, their links and delegations, and reserved names, into the store."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from store.deposit.remarks import Remark
from store.deposit.rows import DnssecRow, DomainRow
from store.deposit.sql import Load, owned
from store.sql.sights import SIGHT

__all__ = ["link_domains", "merge_domains", "merge_reserved", "remove_domains"]

_DOMAIN = DomainRow._fields[DomainRow._fields.index("name") : DomainRow._fields.index("registrant")]
_DNSSEC = DnssecRow._fields[1:]

# What an INSERT into the store's domain has beside the deposit's columns.
_FRESH = "'none', false, 1"
_ROLES = (
    "(SELECT 'admin' AS role UNION ALL SELECT 'billing' UNION ALL SELECT 'registrant'"
    " UNION ALL SELECT 'tech') r"
)
_HANDLE = (
    "CASE {role} WHEN 'admin' THEN d.admin WHEN 'billing' THEN d.billing"
    " WHEN 'registrant' THEN d.registrant ELSE d.tech END"
)
_KEY = (
    "CASE r.role WHEN 'admin' THEN d.admin_key WHEN 'billing' THEN d.billing_key"
    " WHEN 'registrant' THEN d.registrant_key ELSE d.tech_key END"
)

# A name that the store held keeps its mode; a new one has none.
_PRIVACY = (
    "CASE WHEN d.known IS NULL THEN 'none'"
    " ELSE (SELECT o.privacy FROM domain o WHERE o.id = d.known) END"
)


def remove_domains(load: Load) -> int:
    """Delete the names that no longer exist; give how many.

    With a FULL these are the names of its zones that it lacks, with a DIFF or INCR
    those it deletes, also if it brings them anew: that is another registration.
    """
    load.run("DROP TABLE IF EXISTS import_gone")
    if load.full:
        gone = (
            "SELECT d.id, d.name FROM domain d WHERE d.zone IN (SELECT name FROM import_fill)"
            " AND NOT EXISTS (SELECT 1 FROM import_domain s WHERE s.name = d.name)"
        )
    else:
        gone = (
            "SELECT d.id, d.name FROM domain d WHERE EXISTS (SELECT 1 FROM import_delete x"
            " WHERE x.kind = 'domain' AND x.key = d.name)"
        )
    load.run(f"CREATE TEMPORARY TABLE import_gone AS {gone}")
    for table in ("domain_contact", "domain_host", "domain_dnssec"):
        load.run(f"DELETE FROM {table} WHERE domain_id IN (SELECT id FROM import_gone)")
    return load.run("DELETE FROM domain WHERE id IN (SELECT id FROM import_gone)")


def merge_domains(load: Load) -> None:
    """Bring domains up to date; privacy mode and dispute of known ones stay.

    Links that the deposit no longer has go at once, so that a contact that only they
    held may go as well; ``link_domains`` makes the new ones.
    """
    load.run(
        "UPDATE import_domain SET known = (SELECT d.id FROM domain d"
        " WHERE d.name = import_domain.name) WHERE EXISTS (SELECT 1 FROM domain)"
    )
    load.run("CREATE INDEX " + _scoped(load, "import_domain_known") + " ON import_domain (known)")
    _clear_roids(load)
    load.run("DROP TABLE IF EXISTS import_moved")
    load.run(
        "CREATE TEMPORARY TABLE import_moved AS SELECT d.id FROM import_domain s"
        " JOIN domain d ON d.id = s.known WHERE d.zone <> s.zone"
    )
    columns = ", ".join(_DOMAIN)
    load.run(
        f"INSERT INTO domain (id, {columns}, privacy, disputed, version)"
        f" SELECT id, {columns}, {_FRESH} FROM import_domain WHERE known IS NULL ORDER BY id"
    )
    changes = ", ".join(f"{c} = s.{c}" for c in _DOMAIN if c != "name")
    load.run(
        f"UPDATE domain SET {changes}, version = domain.version + 1"
        " FROM import_domain s WHERE s.known = domain.id"
    )
    load.analyze("import_domain")
    _keep_locks(load)
    handle = _HANDLE.format(role="l.role")
    load.run(
        "DELETE FROM domain_contact WHERE (domain_id, role) IN"
        " (SELECT l.domain_id, l.role FROM import_domain d"
        " JOIN domain_contact l ON l.domain_id = d.known JOIN contact c ON c.id = l.contact_id"
        f" WHERE c.handle <> coalesce({handle}, ''))"
    )
    for table in ("domain_host", "domain_dnssec"):
        load.run(
            f"DELETE FROM {table} WHERE domain_id IN"
            " (SELECT known FROM import_domain WHERE known IS NOT NULL)"
        )


def _keep_locks(load: Load) -> None:
    """Leave a transfer lock on the names that the deposit gives to another holder (D-36)."""
    load.run(
        "INSERT INTO transfer_lock (domain_id, since, until, change_id)"
        " SELECT o.id, k.since, k.until, k.change_id FROM transfer_lock k"
        " CROSS JOIN domain_contact l CROSS JOIN import_domain d CROSS JOIN domain o"
        " JOIN contact c ON c.id = k.contact_id"
        " WHERE l.contact_id = k.contact_id AND l.role = 'registrant' AND l.since <= k.since"
        " AND d.known = l.domain_id AND o.id = l.domain_id"
        " AND c.handle <> coalesce(d.registrant, '')"
        " AND k.until > CAST(:now AS BIGINT) AND k.since > coalesce(o.lock_lifted, -1)",
        now=load.now,
    )


def link_domains(load: Load) -> None:
    """Link domains to contacts and name servers; links that stood keep date and handle (D-26).

    A new link is as old as the import: when it was made nobody tells (D-36).
    """
    # CROSS JOIN keeps SQLite to the order of the table's own key.
    load.run(
        "INSERT INTO domain_contact (domain_id, role, contact_id, since, public_id, sight)"
        f" SELECT coalesce(d.known, d.id), r.role, c.id, CAST(:now AS BIGINT), {_KEY},"
        f" {SIGHT.format(role='r.role', privacy=_PRIVACY, zone='d.zone')}"
        f" FROM import_domain d CROSS JOIN {_ROLES}"
        f" JOIN contact c ON c.handle = {_HANDLE.format(role='r.role')}"
        " WHERE d.known IS NULL OR NOT EXISTS (SELECT 1 FROM domain_contact l"
        " WHERE l.domain_id = d.known AND l.role = r.role)",
        now=load.now,
    )
    sight = SIGHT.format(role="domain_contact.role", privacy="d.privacy", zone="d.zone")
    load.run(
        f"UPDATE domain_contact SET sight = (SELECT {sight} FROM domain d"
        " WHERE d.id = domain_contact.domain_id)"
        " WHERE domain_id IN (SELECT id FROM import_moved)"
    )
    load.run(
        "INSERT INTO domain_host (domain_id, host_id) SELECT coalesce(d.known, d.id), h.id"
        " FROM import_domain d JOIN import_ns n ON n.domain = d.id JOIN host h ON h.name = n.host"
    )
    load.run(
        f"INSERT INTO domain_dnssec (domain_id, {', '.join(_DNSSEC)})"
        f" SELECT coalesce(d.known, d.id), {', '.join(f'k.{c}' for c in _DNSSEC)}"
        " FROM import_domain d JOIN import_dnssec k ON k.domain = d.id"
    )


def _clear_roids(load: Load) -> None:
    """Make way for ROIDs; one that a name of another zone has is left to it."""
    taken = (
        "FROM import_domain s JOIN domain d ON d.roid = s.roid"
        " WHERE (s.known IS NULL OR s.known <> d.id)"
        " AND NOT EXISTS (SELECT 1 FROM import_domain o WHERE o.known = d.id)"
    )
    found = f"SELECT s.line, 'domain ' || s.name AS subject, d.name AS detail {taken}"
    if load.remark(Remark.ROID_TAKEN, found, "{} has its ROID already"):
        load.run(f"UPDATE import_domain SET roid = NULL WHERE id IN (SELECT s.id {taken})")
    load.run(
        "UPDATE domain SET roid = NULL WHERE id IN (SELECT s.known FROM import_domain s"
        " JOIN domain d ON d.id = s.known WHERE d.roid <> coalesce(s.roid, ''))"
    )


def merge_reserved(load: Load) -> None:
    """Bring reserved names up to date; those that a blocking service holds stay with it."""
    if load.full:
        load.run(
            "DELETE FROM reserved_name WHERE blocked_by IS NULL"
            f" AND {owned('reserved_name.name')} AND NOT EXISTS"
            " (SELECT 1 FROM import_reserved s WHERE s.name = reserved_name.name)"
        )
    else:
        load.run(
            "DELETE FROM reserved_name WHERE name IN"
            " (SELECT key FROM import_delete WHERE kind = 'nndn')"
        )
    # One that was let pass though it is a domain as well (8.6.5): the domain stays.
    load.run("DELETE FROM reserved_name WHERE name IN (SELECT name FROM import_domain)")
    load.run(
        "INSERT INTO reserved_name (name, blocked, created)"
        " SELECT name, blocked, created FROM import_reserved WHERE true"
        " ON CONFLICT (name) DO UPDATE SET blocked = excluded.blocked, created = excluded.created,"
        " blocked_by = CASE WHEN excluded.blocked THEN reserved_name.blocked_by END"
    )


def _scoped(load: Load, index: str) -> str:
    return f"temp.{index}" if load.connection.dialect.name == "sqlite" else index
