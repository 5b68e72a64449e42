"""Hosts from the staging tables into the store."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from store.deposit.defects import Defect
from store.deposit.remarks import Remark
from store.deposit.rows import HostRow
from store.deposit.sql import Load, owned

__all__ = ["delete_hosts", "merge_hosts", "remove_stale_hosts"]

_HOST = (
    "name",
    *(f for f in HostRow._fields[HostRow._fields.index("roid") :]),
)


def merge_hosts(load: Load) -> None:
    """Bring hosts up to date.

    A host object replaces what was known. A host of a zone that another deposit fills
    is that deposit's to tell. Host attributes and names alone add what is lacking, and
    addresses told as attributes replace the former ones.
    """
    load.run(
        "UPDATE import_host SET known = (SELECT h.id FROM host h WHERE h.name = import_host.name)"
        " WHERE EXISTS (SELECT 1 FROM host)"
    )
    load.analyze("import_host")
    foreign = "FROM import_host s WHERE s.known IS NOT NULL AND s.foreign_zone = 1"
    found = f"SELECT s.line, 'host ' || s.name AS subject, '' AS detail {foreign} AND attribute = 0"
    load.remark(
        Remark.FOREIGN_OBJECT, found, "it lies in a zone of another deposit and stays as is"
    )
    _clear_roids(load)
    columns = ", ".join(_HOST)
    load.run(
        f"INSERT INTO host (id, {columns}, parent, version)"
        f" SELECT id, {columns}, {_parent(load)}, 1"
        " FROM import_host WHERE known IS NULL ORDER BY id"
    )
    changes = ", ".join(f"{c} = s.{c}" for c in _HOST if c != "name")
    load.run(
        f"UPDATE host SET {changes}, version = host.version + 1"
        " FROM import_host s WHERE s.known = host.id AND s.attribute = 0 AND s.foreign_zone = 0"
    )
    load.run(
        "DELETE FROM host_address WHERE host_id IN (SELECT s.known FROM import_host s"
        " WHERE s.known IS NOT NULL AND s.foreign_zone = 0 AND (s.attribute = 0 OR EXISTS"
        " (SELECT 1 FROM import_address a WHERE a.host = s.name)))"
    )
    load.run(
        "INSERT INTO host_address (host_id, address)"
        " SELECT DISTINCT coalesce(s.known, s.id), a.address FROM import_host s"
        " JOIN import_address a ON a.host = s.name"
        " WHERE s.known IS NULL OR s.foreign_zone = 0"
    )


def _parent(load: Load) -> str:
    """Give the SQL of what follows the first label of ``name``."""
    sqlite = load.connection.dialect.name == "sqlite"
    dot = "instr(name, '.')" if sqlite else "position('.' IN name)"
    return f"CASE WHEN {dot} = 0 THEN '' ELSE substr(name, {dot} + 1) END"


def _clear_roids(load: Load) -> None:
    """Make way for ROIDs: a host that was renamed has its ROID under a new name."""
    taken = (
        "FROM import_host s JOIN host h ON h.roid = s.roid"
        " WHERE (s.known IS NULL OR s.known <> h.id)"
    )
    found = f"SELECT s.line, 'host ' || s.name AS subject, h.name AS detail {taken}"
    load.remark(Remark.ROID_TAKEN, found, "it has the ROID that host {} had")
    load.run(f"UPDATE host SET roid = NULL WHERE id IN (SELECT h.id {taken})")


def remove_stale_hosts(load: Load) -> None:
    """Delete hosts that a FULL of their zone lacks, and bare names that nothing refers to."""
    unused = "NOT EXISTS (SELECT 1 FROM domain_host n WHERE n.host_id = host.id)"
    stale = (
        f"FROM host WHERE {unused} AND ("
        "(roid IS NULL AND registrar IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM host_address a WHERE a.host_id = host.id))"
        f" OR ({owned('host.name')} AND NOT EXISTS"
        " (SELECT 1 FROM import_host s WHERE s.name = host.name)))"
    )
    load.run(f"DELETE FROM host_address WHERE host_id IN (SELECT host.id {stale})")
    load.run(f"DELETE {stale}")


def delete_hosts(load: Load) -> None:
    """Delete the hosts that the deposit takes away, by name or ROID, and doesn't bring.

    Raises:
        DepositDefect: ``missing-host`` where names still have an in-zone one; tolerated,
            and where it is external, it is known by its name alone then.
    """
    mine = (
        "FROM import_delete x JOIN host h ON (NOT x.by_roid AND h.name = x.key)"
        " OR (x.by_roid AND h.roid = x.key) WHERE x.kind = 'host'"
        " AND NOT EXISTS (SELECT 1 FROM import_host s WHERE s.name = h.name AND s.attribute = 0)"
    )
    used = "EXISTS (SELECT 1 FROM domain_host n WHERE n.host_id = h.id)"
    found = (
        f"SELECT x.line, 'host ' || h.name AS subject, '' AS detail {mine} AND {used}"
        f" AND {owned('h.name')}"
    )
    load.refuse(Defect.MISSING_HOST, found, "it is deleted, and names are delegated to it")
    found = f"SELECT x.line, 'host ' || h.name AS subject, '' AS detail {mine} AND {used}"
    load.remark(Remark.STILL_USED, found, "it is deleted and stays by its name alone: it is in use")
    gone = [number for (number,) in load.rows(f"SELECT h.id {mine} AND NOT {used}")]
    bare = [number for (number,) in load.rows(f"SELECT h.id {mine} AND {used}")]
    for number in (*gone, *bare):
        load.run("DELETE FROM host_address WHERE host_id = :id", id=number)
    for number in gone:
        load.run("DELETE FROM host WHERE id = :id", id=number)
    for number in bare:
        load.run(
            "UPDATE host SET roid = NULL, registrar = NULL, statuses = '', version = version + 1"
            " WHERE id = :id",
            id=number,
        )
