"""The first schema: contacts, names, hosts, registrars, services, logs, public views."""

from __future__ import annotations

import secrets
import time

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

VIEWS = {
    "public_zone": "SELECT name FROM zone",
    "public_stamp": "SELECT seq, at FROM change_log",
    "public_registrar": (
        "SELECT handle, handle_key, name_key, gurid, name, street1, street2, street3, city, sp, "
        "pc, cc, voice, voice_ext, fax, fax_ext, email, url, whois_server, rdap_url, abuse_email, "
        "abuse_phone, created, updated FROM registrar"
    ),
    "public_service": (
        "SELECT handle, name, org, street1, street2, street3, city, sp, pc, cc, voice, voice_ext, "
        "fax, fax_ext, email, alias_domain, contact_url FROM privacy_service"
    ),
    "public_domain": (
        "SELECT id, name, zone, roid, registrar, statuses, privacy, privacy_service, "
        "max_sig_life, created, updated, expires, transferred FROM domain"
    ),
    "public_link": (
        "SELECT domain_id, contact_id, role, public_id FROM domain_contact WHERE role <> 'billing'"
    ),
    "public_contact": (
        "SELECT l.domain_id, l.role, l.public_id, c.id AS contact_id, c.roid, c.kind, c.name, "
        "c.org, c.street1, c.street2, c.street3, c.city, c.sp, c.pc, c.cc, c.voice, c.voice_ext, "
        "c.fax, c.fax_ext, c.email, c.statuses, c.disclosures, c.generation, c.created, c.updated "
        "FROM domain_contact l JOIN contact c ON c.id = l.contact_id WHERE l.role <> 'billing'"
    ),
    "public_handle": (
        "SELECT c.id, c.handle, c.handle_key, c.roid FROM contact c WHERE EXISTS (SELECT 1 FROM "
        "domain_contact l WHERE l.contact_id = c.id AND l.role <> 'billing')"
    ),
    "public_host": "SELECT id, name, roid, registrar, statuses, created, updated FROM host",
    "public_host_address": "SELECT host_id, address FROM host_address",
    "public_domain_host": "SELECT domain_id, host_id FROM domain_host",
    "public_dnssec": (
        "SELECT domain_id, position, key_tag, algorithm, digest_type, digest, flags, protocol, "
        "public_key FROM domain_dnssec"
    ),
    "public_reserved": "SELECT name, blocked, blocked_by FROM reserved_name",
    "public_secret": "SELECT name, secret FROM store_secret WHERE name = 'alias'",
}


def upgrade() -> None:
    op.create_table(
        "change_log",
        sa.Column("seq", ID, nullable=False),
        sa.Column("xid", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "history",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("history_subject", "history", ["kind", "subject"], unique=False)
    op.create_table(
        "privacy_service",
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org", sa.Text(), nullable=True),
        sa.Column("street1", sa.Text(), nullable=True),
        sa.Column("street2", sa.Text(), nullable=True),
        sa.Column("street3", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("sp", sa.Text(), nullable=True),
        sa.Column("pc", sa.Text(), nullable=True),
        sa.Column("cc", sa.Text(), nullable=True),
        sa.Column("voice", sa.Text(), nullable=True),
        sa.Column("voice_ext", sa.Text(), nullable=True),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.Column("fax_ext", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("alias_domain", sa.Text(), nullable=True),
        sa.Column("contact_url", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("handle"),
    )
    op.create_table(
        "registrar",
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("handle_key", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("gurid", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org", sa.Text(), nullable=True),
        sa.Column("street1", sa.Text(), nullable=True),
        sa.Column("street2", sa.Text(), nullable=True),
        sa.Column("street3", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("sp", sa.Text(), nullable=True),
        sa.Column("pc", sa.Text(), nullable=True),
        sa.Column("cc", sa.Text(), nullable=True),
        sa.Column("voice", sa.Text(), nullable=True),
        sa.Column("voice_ext", sa.Text(), nullable=True),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.Column("fax_ext", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("whois_server", sa.Text(), nullable=True),
        sa.Column("rdap_url", sa.Text(), nullable=True),
        sa.Column("abuse_email", sa.Text(), nullable=True),
        sa.Column("abuse_phone", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("handle"),
    )
    op.create_index(op.f("ix_registrar_gurid"), "registrar", ["gurid"], unique=False)
    op.create_index(op.f("ix_registrar_handle_key"), "registrar", ["handle_key"], unique=False)
    op.create_index(op.f("ix_registrar_name_key"), "registrar", ["name_key"], unique=False)
    op.create_table(
        "reserved_name",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("blocked_by", sa.Text(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "store_secret",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "zone",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("last_full", sa.Text(), nullable=True),
        sa.Column("last_deposit", sa.Text(), nullable=True),
        sa.Column("watermark", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "contact",
        sa.Column("id", ID, nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("handle_key", sa.Text(), nullable=False),
        sa.Column("roid", sa.Text(), nullable=False),
        sa.Column("registrar", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("postal_type", sa.String(length=3), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org", sa.Text(), nullable=True),
        sa.Column("street1", sa.Text(), nullable=True),
        sa.Column("street2", sa.Text(), nullable=True),
        sa.Column("street3", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("sp", sa.Text(), nullable=True),
        sa.Column("pc", sa.Text(), nullable=True),
        sa.Column("cc", sa.Text(), nullable=True),
        sa.Column("voice", sa.Text(), nullable=True),
        sa.Column("voice_ext", sa.Text(), nullable=True),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.Column("fax_ext", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("statuses", sa.Text(), nullable=False),
        sa.Column("disclosures", sa.Text(), nullable=False),
        sa.Column("auth_hash", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("unlinked_at", sa.BigInteger(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("transferred", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registrar"],
            ["registrar.handle"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("handle"),
        sa.UniqueConstraint("roid"),
        sqlite_autoincrement=True,
    )
    op.create_index("contact_unlinked", "contact", ["unlinked_at"], unique=False)
    op.create_index(op.f("ix_contact_handle_key"), "contact", ["handle_key"], unique=False)
    op.create_index(op.f("ix_contact_registrar"), "contact", ["registrar"], unique=False)
    op.create_table(
        "domain",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("roid", sa.Text(), nullable=True),
        sa.Column("registrar", sa.Text(), nullable=False),
        sa.Column("statuses", sa.Text(), nullable=False),
        sa.Column("privacy", sa.Text(), nullable=False),
        sa.Column("privacy_service", sa.Text(), nullable=True),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("max_sig_life", sa.Integer(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("transferred", sa.BigInteger(), nullable=True),
        sa.Column("transfer", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(privacy = 'proxy') = (privacy_service IS NOT NULL)", name="proxy_has_service"
        ),
        sa.ForeignKeyConstraint(
            ["privacy_service"],
            ["privacy_service.handle"],
        ),
        sa.ForeignKeyConstraint(
            ["registrar"],
            ["registrar.handle"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("roid"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_domain_privacy_service"), "domain", ["privacy_service"], unique=False)
    op.create_index(op.f("ix_domain_registrar"), "domain", ["registrar"], unique=False)
    op.create_index(op.f("ix_domain_zone"), "domain", ["zone"], unique=False)
    op.create_table(
        "host",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("roid", sa.Text(), nullable=True),
        sa.Column("registrar", sa.Text(), nullable=True),
        sa.Column("statuses", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=True),
        sa.Column("created_by", sa.Text(), nullable=True),
        sa.Column("updated", sa.BigInteger(), nullable=True),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registrar"],
            ["registrar.handle"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("roid"),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_host_registrar"), "host", ["registrar"], unique=False)
    op.create_table(
        "contact_second_form",
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("org", sa.Text(), nullable=True),
        sa.Column("street1", sa.Text(), nullable=True),
        sa.Column("street2", sa.Text(), nullable=True),
        sa.Column("street3", sa.Text(), nullable=True),
        sa.Column("city", sa.Text(), nullable=True),
        sa.Column("sp", sa.Text(), nullable=True),
        sa.Column("pc", sa.Text(), nullable=True),
        sa.Column("cc", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id"),
    )
    op.create_table(
        "domain_contact",
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("public_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "role IN ('registrant', 'admin', 'tech', 'billing')", name="role_is_known"
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"],
            ["contact.id"],
        ),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("domain_id", "role"),
        sa.UniqueConstraint("public_id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "domain_contact_contact", "domain_contact", ["contact_id", "role"], unique=False
    )
    op.create_table(
        "domain_dnssec",
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("key_tag", sa.Integer(), nullable=True),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        sa.Column("digest_type", sa.SmallInteger(), nullable=True),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("flags", sa.Integer(), nullable=True),
        sa.Column("protocol", sa.SmallInteger(), nullable=True),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("domain_id", "position"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "domain_host",
        sa.Column("domain_id", ID, nullable=False),
        sa.Column("host_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["host_id"],
            ["host.id"],
        ),
        sa.PrimaryKeyConstraint("domain_id", "host_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("domain_host_host", "domain_host", ["host_id"], unique=False)
    op.create_table(
        "host_address",
        sa.Column("host_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["host_id"], ["host.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("host_id", "address"),
        sqlite_with_rowid=False,
    )
    op.create_index("host_address_address", "host_address", ["address"], unique=False)
    for name, query in VIEWS.items():
        op.execute(f"CREATE VIEW {name} AS {query}")
    op.execute(
        sa.text("INSERT INTO store_secret (name, secret) VALUES ('alias', :secret)").bindparams(
            sa.bindparam("secret", secrets.token_bytes(32), sa.LargeBinary)
        )
    )
    # The store's first commit: until an edit comes, this is when it was last up to date.
    op.execute(
        sa.text(
            "INSERT INTO change_log (at, kind, subject) VALUES (:at, 'everything', 'store')"
        ).bindparams(at=time.time_ns() // 1000)
    )
