"""What is checked when all is read: duplicates, links to nowhere, names outside the zone.

Each check names the first line and object, or, tolerated, mends the staging tables
(conformance.md 8.6). Nothing here touches the store.
"""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from store.deposit.defects import Defect
from store.deposit.registrars import registrar_by_handle
from store.deposit.remarks import Remark
from store.deposit.sql import Load, foreign, owned
from store.deposit.staging import Stage

__all__ = [
    "check_deletions",
    "check_duplicates",
    "check_hosts",
    "check_links",
    "check_registrars",
    "check_zones",
]

ROLES = ("registrant", "admin", "tech", "billing")

# Table, column that is unique, the word for the object.
_UNIQUE = (
    ("import_domain", "name", "domain"),
    ("import_domain", "roid", "domain"),
    ("import_contact", "handle", "contact"),
    ("import_contact", "roid", "contact"),
    ("import_host", "name", "host"),
    ("import_host", "roid", "host"),
    ("import_registrar", "handle", "registrar"),
    ("import_reserved", "name", "name"),
)
_LABEL = {
    "import_domain": "name",
    "import_contact": "handle",
    "import_host": "name",
    "import_registrar": "handle",
    "import_reserved": "name",
}


def check_zones(load: Load) -> None:
    """Refuse domains and reserved names that are not below the deposit's zones (8.6.1)."""
    for table, word in (("import_domain", "domain"), ("import_reserved", "name")):
        outside = (
            f"FROM {table} WHERE NOT EXISTS (SELECT 1 FROM import_zone z"
            f" WHERE z.kind = 'own' AND {table}.name LIKE z.pattern ESCAPE '!')"
        )
        found = f"SELECT line, '{word} ' || name AS subject, name AS detail {outside}"
        if load.refuse(Defect.OUTSIDE_ZONE, found, "it is not below the header's zone"):
            if table == "import_domain":
                _forget_children(load, f"SELECT id {outside}")
            load.run(f"DELETE {outside}")


def check_deletions(load: Load) -> None:
    """Refuse to delete what is not below the deposit's zones; tolerated, it stays.

    A host of a zone that another deposit fills is that deposit's to delete.
    """
    outside = "FROM import_delete AS x WHERE x.kind IN ('domain', 'nndn') AND NOT " + owned("x.key")
    found = (
        f"SELECT x.line, 'deleted ' || x.kind || ' ' || x.key AS subject, '' AS detail {outside}"
    )
    if load.refuse(Defect.OUTSIDE_ZONE, found, "it is not below the header's zone"):
        load.run(f"DELETE {outside}")
    theirs = (
        "FROM import_delete AS x WHERE x.kind = 'host' AND ("
        f"(NOT x.by_roid AND {foreign('x.key')}) OR (x.by_roid AND EXISTS"
        f" (SELECT 1 FROM host h WHERE h.roid = x.key AND {foreign('h.name')})))"
    )
    found = f"SELECT x.line, 'deleted host ' || x.key AS subject, '' AS detail {theirs}"
    if load.remark(
        Remark.FOREIGN_OBJECT, found, "it lies in a zone of another deposit and stays as is"
    ):
        load.run(f"DELETE {theirs}")


def check_duplicates(load: Load) -> None:
    """Refuse two objects of one name, handle or ROID; tolerated, the first is kept.

    A name told twice as host attribute is one host.
    """
    load.run(
        "DELETE FROM import_host WHERE attribute = 1 AND EXISTS"
        " (SELECT 1 FROM import_host o WHERE o.name = import_host.name"
        " AND (o.attribute = 0 OR o.id < import_host.id))"
    )
    for table, column, word in _UNIQUE:
        first = f"SELECT min(id) AS id, {column} AS v FROM {table} GROUP BY {column}"
        twice = (
            f"FROM {table} t JOIN ({first} HAVING count(*) > 1) f ON f.v = t.{column}"
            " AND t.id > f.id"
        )
        found = (
            f"SELECT t.line, '{word} ' || t.{_LABEL[table]} AS subject, o.line AS detail"
            f" {twice} JOIN {table} o ON o.id = f.id"
        )
        what = "a ROID" if column == "roid" else "an object"
        if load.refuse(Defect.DUPLICATE_OBJECT, found, f"{what} that line {{}} has already"):
            if table == "import_domain":
                _forget_children(load, f"SELECT t.id {twice}")
            if table == "import_contact":
                _forget_forms(load, f"SELECT t.id {twice}")
            load.run(f"DELETE FROM {table} WHERE id IN (SELECT t.id {twice})")
    _check_reserved(load)


def _check_reserved(load: Load) -> None:
    """Refuse a reserved name that is a domain as well (8.6.5); tolerated, the domain stays."""
    both = (
        "FROM import_reserved r WHERE EXISTS (SELECT 1 FROM import_domain d WHERE d.name = r.name)"
    )
    if not load.full:
        both += (
            " OR EXISTS (SELECT 1 FROM domain d WHERE d.name = r.name AND NOT EXISTS"
            " (SELECT 1 FROM import_delete x WHERE x.kind = 'domain' AND x.key = r.name))"
        )
    found = f"SELECT r.line, 'name ' || r.name AS subject, '' AS detail {both}"
    if load.refuse(Defect.DUPLICATE_OBJECT, found, "it is reserved or blocked and a domain"):
        load.run(f"DELETE FROM import_reserved WHERE name IN (SELECT r.name {both})")
    held = "FROM import_domain d JOIN reserved_name r ON r.name = d.name WHERE "
    if load.full:  # what the store has of its zones goes, but for a blocking service's names
        held += f"(r.blocked_by IS NOT NULL OR NOT {owned('r.name')})"
    else:
        held += (
            "NOT EXISTS (SELECT 1 FROM import_delete x WHERE x.kind = 'nndn' AND x.key = r.name)"
        )
    found = f"SELECT d.line, 'domain ' || d.name AS subject, '' AS detail {held}"
    load.refuse(Defect.DUPLICATE_OBJECT, found, "the store has it as a reserved or blocked name")


def check_registrars(load: Load, stage: Stage, mentioned: dict[str, tuple[int, str]]) -> None:
    """Refuse objects whose sponsor isn't there (8.6.1); tolerated, a bare registrar is made.

    Registrars *mentioned* in passing may be gone: that is only noted.
    """
    there = "SELECT 1 FROM import_registrar r WHERE r.handle = o.registrar"
    if not load.full:
        there += (
            " UNION ALL SELECT 1 FROM registrar r WHERE r.handle = o.registrar AND NOT EXISTS"
            " (SELECT 1 FROM import_delete x WHERE x.kind = 'registrar' AND x.key = o.registrar)"
        )
    missing: dict[str, int] = {}
    for table, word, label in (
        ("import_domain", "domain", "name"),
        ("import_contact", "contact", "handle"),
        ("import_host", "host", "name"),
    ):
        lost = f"FROM {table} o WHERE o.registrar IS NOT NULL AND NOT EXISTS ({there})"
        found = f"SELECT o.line, '{word} ' || o.{label} AS subject, o.registrar AS detail {lost}"
        if load.refuse(Defect.MISSING_REGISTRAR, found, "its registrar {} is not there"):
            for handle, line in load.rows(
                f"SELECT o.registrar, min(o.line) {lost} GROUP BY o.registrar"
            ):
                missing.setdefault(handle, line)
    start = load.number("SELECT max(id) FROM import_registrar")
    for number, (handle, line) in enumerate(missing.items(), start + 1):
        stage.add(registrar_by_handle(handle, number=number, line=line))
    stage.flush()
    known = {handle for (handle,) in load.rows("SELECT handle FROM import_registrar")}
    known |= {handle for (handle,) in load.rows("SELECT handle FROM registrar")}
    for handle, (line, subject) in mentioned.items():
        if handle not in known:
            load.notes.note(
                Remark.UNKNOWN_REGISTRAR, line, subject, "a registrar in its past is not there"
            )


def check_links(load: Load) -> None:
    """Refuse links to contacts that aren't there (8.6.1); tolerated, the link is left out.

    A FULL must hold them itself; a DIFF or INCR may count on the store's.
    """
    for role in ROLES:
        there = f"SELECT 1 FROM import_contact c WHERE c.handle = d.{role}"
        if not load.full:
            there += (
                f" UNION ALL SELECT 1 FROM contact c WHERE c.handle = d.{role} AND NOT EXISTS"
                f" (SELECT 1 FROM import_delete x WHERE x.kind = 'contact' AND x.key = d.{role})"
            )
        lost = f"FROM import_domain d WHERE d.{role} IS NOT NULL AND NOT EXISTS ({there})"
        found = f"SELECT d.line, 'domain ' || d.name AS subject, d.{role} AS detail {lost}"
        if load.refuse(
            Defect.MISSING_CONTACT, found, f"its {role} contact {{}} is not in the deposit"
        ):
            load.run(
                f"UPDATE import_domain SET {role} = NULL, {role}_key = NULL"
                f" WHERE id IN (SELECT d.id {lost})"
            )


def check_hosts(load: Load) -> None:
    """Refuse in-zone name servers that aren't there; make external ones by name alone.

    Tolerated, an in-zone one is known by its name alone as well.
    """
    load.run(f"UPDATE import_host SET owned = 1 WHERE {owned('import_host.name')}")
    load.run(
        f"UPDATE import_host SET foreign_zone = 1 WHERE owned = 0 AND {foreign('import_host.name')}"
    )
    kept = (
        "EXISTS (SELECT 1 FROM host h WHERE h.name = n.host AND NOT EXISTS"
        " (SELECT 1 FROM import_delete x WHERE x.kind = 'host' AND x.key = n.host))"
    )
    lost = "FROM import_ns n JOIN import_domain d ON d.id = n.domain WHERE NOT EXISTS"
    lost += " (SELECT 1 FROM import_host h WHERE h.name = n.host)"
    in_zone = f"{lost} AND {owned('n.host')}" + ("" if load.full else f" AND NOT {kept}")
    found = f"SELECT d.line, 'domain ' || d.name AS subject, n.host AS detail {in_zone}"
    load.refuse(Defect.MISSING_HOST, found, "its in-zone name server {} is not in the deposit")
    found = (
        f"SELECT d.line, 'domain ' || d.name AS subject, n.host AS detail {lost}"
        f" AND NOT {owned('n.host')}"
    )
    if not load.full:
        found += f" AND NOT {kept}"
    load.remark(
        Remark.EXTERNAL_HOST, found, "its name server {} is external and not in the deposit"
    )
    load.run(
        "INSERT INTO import_host (id, line, name, owned, foreign_zone, attribute, statuses)"
        " SELECT (SELECT coalesce(max(id), 0) FROM import_host)"
        " + (SELECT coalesce(max(id), 0) FROM host)"
        f" + row_number() OVER (ORDER BY n.host), min(d.line), n.host, 0, 0, 2, '' {lost}"
        " GROUP BY n.host"
    )
    bare = (
        "SELECT h.line, 'host ' || h.name AS subject, '' AS detail FROM import_host h"
        " WHERE h.owned = 1 AND NOT EXISTS"
        " (SELECT 1 FROM import_address a WHERE a.host = h.name)"
    )
    load.remark(Remark.MISSING_GLUE, bare, "an in-zone host without address")


def _forget_children(load: Load, domains: str) -> None:
    for table in ("import_ns", "import_dnssec"):
        load.run(f"DELETE FROM {table} WHERE domain IN ({domains})")


def _forget_forms(load: Load, contacts: str) -> None:
    load.run(f"DELETE FROM import_form WHERE contact IN ({contacts})")
