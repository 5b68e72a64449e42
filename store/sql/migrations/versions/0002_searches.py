"""What searches walk: folded keys, the sights of contacts, and orders that indexes give."""

# ruff: noqa: S608 - statements are put together from constants of this file

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from store.folding import search_key

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
BATCH = 5000

VIEWS = {
    "public_zone": "SELECT name FROM zone",
    "public_stamp": "SELECT seq, at FROM change_log",
    "public_registrar": (
        "SELECT handle, handle_key, name_key, gurid, name, street1, street2, street3, city,"
        " sp, pc, cc, voice, voice_ext, fax, fax_ext, email, url, whois_server, rdap_url,"
        " abuse_email, abuse_phone, created, updated, fn_key, public_key FROM registrar"
    ),
    "public_service": (
        "SELECT handle, name, org, street1, street2, street3, city, sp, pc, cc, voice,"
        " voice_ext, fax, fax_ext, email, alias_domain, contact_url FROM privacy_service"
    ),
    "public_domain": (
        "SELECT id, name, zone, roid, registrar, statuses, privacy, privacy_service,"
        " max_sig_life, created, updated, expires, transferred FROM domain"
    ),
    "public_link": (
        "SELECT domain_id, contact_id, role, public_id FROM domain_contact WHERE role <> 'billing'"
    ),
    "public_contact": (
        "SELECT l.domain_id, l.role, l.public_id, c.id AS contact_id, c.roid, c.kind, c.name,"
        " c.org, c.street1, c.street2, c.street3, c.city, c.sp, c.pc, c.cc, c.voice,"
        " c.voice_ext, c.fax, c.fax_ext, c.email, c.statuses, c.disclosures, c.generation,"
        " c.created, c.updated FROM domain_contact l JOIN contact c ON c.id = l.contact_id"
        " WHERE l.role <> 'billing'"
    ),
    "public_sight": (
        "SELECT contact_id, sights, name_said, name_key, roid_key, email_said, email_key FROM"
        " contact_sight"
    ),
    "public_sighted": (
        "SELECT contact_id, sight, domain_id FROM domain_contact WHERE sight IS NOT NULL"
    ),
    "public_seen_contact": (
        "SELECT s.contact_id, c.roid, c.kind, c.name, c.org, c.street1, c.street2, c.street3,"
        " c.city, c.sp, c.pc, c.cc, c.voice, c.voice_ext, c.fax, c.fax_ext, c.email, c.statuses,"
        " c.disclosures, c.generation, c.created, c.updated"
        " FROM contact_sight s JOIN contact c ON c.id = s.contact_id WHERE s.sights <> ''"
    ),
    "public_handle": (
        "SELECT c.id, c.handle, c.handle_key, c.roid"
        " FROM contact c JOIN contact_sight s ON s.contact_id = c.id WHERE s.sights <> ''"
    ),
    "public_host": (
        "SELECT id, name, parent, roid, registrar, statuses, created, updated FROM host"
    ),
    "public_host_address": "SELECT host_id, address FROM host_address",
    "public_domain_host": "SELECT domain_id, host_id FROM domain_host",
    "public_dnssec": (
        "SELECT domain_id, position, key_tag, algorithm, digest_type, digest, flags,"
        " protocol, public_key FROM domain_dnssec"
    ),
    "public_reserved": "SELECT name, blocked, blocked_by FROM reserved_name",
    "public_secret": "SELECT name, secret FROM store_secret WHERE name = 'alias'",
}
NEW_VIEWS = frozenset({"public_sight", "public_sighted", "public_seen_contact"})

SIGHT = (
    "SELECT CASE WHEN domain_contact.role = 'billing' OR d.privacy = 'proxy' THEN NULL"
    " ELSE substr(domain_contact.role, 1, 1) || substr(d.privacy, 1, 1) || ' ' || d.zone END"
    " FROM domain d WHERE d.id = domain_contact.domain_id"
)


def upgrade() -> None:
    logins = _drop_views()
    _add_columns()
    _fill_keys()
    _arrange_indexes()
    _make_sights()
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")
        for login in logins:
            op.execute(f"GRANT SELECT ON {name} TO {login}")


def _drop_views() -> list[str]:
    """Drop the views, whose columns change; give the logins that could read them."""
    connection, logins = op.get_bind(), list[str]()
    if connection.dialect.name == "postgresql":
        granted = sa.text(
            "SELECT DISTINCT quote_ident(grantee) FROM information_schema.role_table_grants"
            " WHERE table_schema = current_schema() AND table_name = 'public_zone'"
            " AND privilege_type = 'SELECT' AND grantee <> current_user AND grantee <> 'PUBLIC'"
        )
        logins = list(connection.execute(granted).scalars())
    for name in VIEWS:
        if name not in NEW_VIEWS:
            op.execute(f"DROP VIEW {name}")
    return logins


def _add_columns() -> None:
    for table, name in (
        *(("registrar", "fn_key"), ("registrar", "public_key")),
        *(("contact", "name_key"), ("contact", "roid_key")),
    ):
        op.add_column(table, sa.Column(name, KEY, nullable=False, server_default=""))
    op.add_column("contact", sa.Column("email_key", KEY))
    op.add_column("host", sa.Column("parent", sa.Text(), nullable=False, server_default=""))
    op.add_column("domain_contact", sa.Column("sight", sa.Text()))
    if op.get_bind().dialect.name == "postgresql":
        # Prefixes are ranges of bytes, whatever the database's own order of letters.
        op.execute('ALTER TABLE domain ALTER COLUMN name TYPE text COLLATE "C"')
        op.execute('ALTER TABLE host ALTER COLUMN name TYPE text COLLATE "C"')


def _fill_keys() -> None:
    for row in _rows("SELECT handle, name, gurid FROM registrar"):
        _set(
            "UPDATE registrar SET fn_key = :fn, public_key = :public WHERE handle = :key",
            [
                {
                    "key": row[0],
                    "fn": search_key(row[1]),
                    "public": search_key(row[0]) if row[2] is None else str(row[2]),
                }
            ],
        )
    last = -1
    while True:
        rows = _rows(
            f"SELECT id, name, roid, email FROM contact WHERE id > :last ORDER BY id LIMIT {BATCH}",
            last=last,
        )
        if not rows:
            break
        last = rows[-1][0]
        _set(
            "UPDATE contact SET name_key = :name, roid_key = :roid, email_key = :email"
            " WHERE id = :key",
            [
                {
                    "key": row[0],
                    "name": search_key(row[1]),
                    "roid": search_key(row[2]),
                    "email": None if row[3] is None else search_key(row[3]),
                }
                for row in rows
            ],
        )
    dot = "instr(name, '.')" if op.get_bind().dialect.name == "sqlite" else "position('.' IN name)"
    op.execute(f"UPDATE host SET parent = substr(name, {dot} + 1) WHERE {dot} > 0")


def _rows(query: str, **values: object) -> list[tuple[Any, ...]]:
    found = op.get_bind().execute(sa.text(query), values)
    return [tuple(row) for row in found]


def _set(statement: str, rows: Iterable[dict[str, object]]) -> None:
    op.get_bind().execute(sa.text(statement), list(rows))


def _arrange_indexes() -> None:
    op.create_index("registrar_fn", "registrar", ["fn_key", "handle"])
    op.create_index("registrar_public", "registrar", ["public_key", "handle"])
    for old, table, new, columns in (
        ("ix_domain_zone", "domain", "domain_zone", ["zone", "name"]),
        ("ix_domain_registrar", "domain", "domain_registrar", ["registrar", "id"]),
        (
            *("ix_domain_privacy_service", "domain", "domain_privacy_service"),
            ["privacy_service", "id"],
        ),
        ("ix_host_registrar", "host", "host_registrar", ["registrar", "id"]),
        (None, "host", "host_parent", ["parent", "name"]),
        (
            *("host_address_address", "host_address", "host_address_address"),
            ["address", "host_id"],
        ),
        ("domain_host_host", "domain_host", "domain_host_host", ["host_id", "domain_id"]),
    ):
        if old is not None:
            op.drop_index(old, table)
        op.create_index(new, table, columns)


def _make_sights() -> None:
    op.drop_index("domain_contact_contact", "domain_contact")
    op.execute(f"UPDATE domain_contact SET sight = ({SIGHT})")
    op.create_index(
        "domain_contact_contact", "domain_contact", ["contact_id", "sight", "domain_id"]
    )
    op.create_table(
        "contact_sight",
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("sights", sa.Text(), nullable=False),
        sa.Column("name_said", sa.SmallInteger(), nullable=False),
        sa.Column("name_key", KEY, nullable=False),
        sa.Column("roid_key", KEY, nullable=False),
        sa.Column("email_said", sa.SmallInteger(), nullable=False),
        sa.Column("email_key", KEY),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    joined = "group_concat(l.sight, ',')" if sqlite else "string_agg(l.sight, ',' ORDER BY l.sight)"
    op.execute(
        "INSERT INTO contact_sight (contact_id, sights, name_said, name_key, roid_key,"
        " email_said, email_key) SELECT c.id, CASE WHEN length(s.sights) > 1000"
        f" THEN '#' || c.id ELSE s.sights END, {_said('name')}, c.name_key, c.roid_key,"
        f" {_said('email')}, c.email_key FROM (SELECT l.contact_id, {joined} AS sights"
        " FROM (SELECT DISTINCT contact_id, sight FROM domain_contact WHERE sight IS NOT NULL"
        " ORDER BY contact_id, sight) l GROUP BY l.contact_id) s"
        " JOIN contact c ON c.id = s.contact_id"
    )
    for name, columns in (
        ("name", ["sights", "name_said", "name_key", "contact_id"]),
        ("roid", ["sights", "name_said", "roid_key", "contact_id"]),
        ("email", ["email_key", "sights", "email_said", "contact_id"]),
    ):
        op.create_index(f"contact_sight_{name}", "contact_sight", columns)


def _said(element: str) -> str:
    if op.get_bind().dialect.name == "sqlite":
        found, shown = f"json_type(c.disclosures, '$.{element}')", "integer"
    else:
        found, shown = f"json_typeof(CAST(c.disclosures AS json) -> '{element}')", "number"
    return f"CASE {found} WHEN '{shown}' THEN 2 WHEN 'null' THEN 0 ELSE 1 END"
