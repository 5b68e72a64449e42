"""What an import changes in how names show contacts, for the searches' index."""

# ruff: noqa: S608 - statements are put together from constants of this package

from __future__ import annotations

from store.deposit.sql import Load
from store.sql.sights import fill_sights

__all__ = ["note_seen", "settle_seen"]


def note_seen(load: Load) -> None:
    """Remember the contacts that the names touched by this import show, before it begins."""
    touched = (
        "d.zone IN (SELECT name FROM import_fill)"
        if load.full
        else "d.name IN (SELECT name FROM import_domain"
        " UNION SELECT key FROM import_delete WHERE kind = 'domain')"
    )
    load.run("DROP TABLE IF EXISTS import_seen")
    load.run(
        "CREATE TEMPORARY TABLE import_seen AS SELECT DISTINCT l.contact_id"
        f" FROM domain d JOIN domain_contact l ON l.domain_id = d.id WHERE {touched}"
    )


def settle_seen(load: Load) -> None:
    """Bring the sights of all contacts that this import touched in line with their links."""
    links = "SELECT DISTINCT contact_id, sight FROM domain_contact WHERE sight IS NOT NULL"
    if load.number("SELECT count(*) FROM (SELECT 1 FROM contact_sight LIMIT 1) s"):
        load.run(
            "INSERT INTO import_seen SELECT coalesce(known, id) FROM import_contact"
            " UNION SELECT l.contact_id FROM import_domain d"
            " JOIN domain_contact l ON l.domain_id = coalesce(d.known, d.id)"
        )
        load.analyze("import_seen")
        seen = "contact_id IN (SELECT contact_id FROM import_seen)"
        load.run(f"DELETE FROM contact_sight WHERE {seen}")
        links += f" AND {seen}"
    ordered = f"{links} ORDER BY contact_id, sight"
    load.run(fill_sights(load.connection.dialect.name, ordered))
