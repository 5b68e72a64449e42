"""The declared schema, the same on SQLite and PostgreSQL.

Instants are integers, microseconds since 1970 in UTC: exact, ordered and alike on
both engines. Statuses are EPP's words in ascending order, joined by a blank. What
can be computed is not stored (D-28). Views for the doors stand in the migrations;
``store.sql.views`` names them.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
)
from sqlalchemy.types import TypeEngine

__all__ = ["metadata"]

metadata = MetaData()

# SQLite numbers rows by itself only where the key is spelled INTEGER.
_Id: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


def _card_columns() -> list[Column[str]]:
    return [Column(name, Text, nullable=name != "name") for name in (*FORM, *REACH)]


FORM = ("name", "org", "street1", "street2", "street3", "city", "sp", "pc", "cc")
REACH = ("voice", "voice_ext", "fax", "fax_ext", "email")

registrar = Table(
    "registrar",
    metadata,
    Column("handle", Text, primary_key=True),
    Column("handle_key", Text, nullable=False, index=True),  # NFKC, case folded
    Column("name_key", Text, nullable=False, index=True),  # case, blanks, punctuation folded
    Column("gurid", Integer, index=True),
    Column("status", Text, nullable=False),
    *_card_columns(),
    Column("url", Text),
    Column("whois_server", Text),
    Column("rdap_url", Text),
    Column("abuse_email", Text),
    Column("abuse_phone", Text),
    Column("created", BigInteger),
    Column("updated", BigInteger),
    Column("version", Integer, nullable=False),
)

contact = Table(
    "contact",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("handle", Text, nullable=False, unique=True),
    Column("handle_key", Text, nullable=False, index=True),
    Column("roid", Text, nullable=False, unique=True),
    Column("registrar", Text, ForeignKey("registrar.handle"), nullable=False, index=True),
    Column("kind", Text),
    Column("postal_type", String(3), nullable=False),
    *_card_columns(),
    Column("statuses", Text, nullable=False),
    Column("disclosures", Text, nullable=False),  # JSON: element to instant of consent, or null
    Column("auth_hash", Text),
    Column("generation", Integer, nullable=False),
    Column("unlinked_at", BigInteger),
    Column("created", BigInteger),
    Column("created_by", Text),
    Column("updated", BigInteger),
    Column("updated_by", Text),
    Column("transferred", BigInteger),
    Column("version", Integer, nullable=False),
    Index("contact_unlinked", "unlinked_at"),
    sqlite_autoincrement=True,  # a number never comes back: ROIDs and aliases hold it
)

contact_second_form = Table(
    "contact_second_form",
    metadata,
    Column("contact_id", _Id, ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True),
    *[Column(name, Text, nullable=name != "name") for name in FORM],
)

privacy_service = Table(
    "privacy_service",
    metadata,
    Column("handle", Text, primary_key=True),
    *_card_columns(),
    Column("alias_domain", Text),
    Column("contact_url", Text),
    Column("created", BigInteger),
    Column("updated", BigInteger),
    Column("version", Integer, nullable=False),
)

domain = Table(
    "domain",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("zone", Text, nullable=False, index=True),
    Column("roid", Text, unique=True),
    Column("registrar", Text, ForeignKey("registrar.handle"), nullable=False, index=True),
    Column("statuses", Text, nullable=False),
    Column("privacy", Text, nullable=False),
    Column("privacy_service", Text, ForeignKey("privacy_service.handle"), index=True),
    Column("disputed", Boolean, nullable=False),
    Column("max_sig_life", Integer),
    Column("created", BigInteger),
    Column("created_by", Text),
    Column("updated", BigInteger),
    Column("updated_by", Text),
    Column("expires", BigInteger),
    Column("transferred", BigInteger),
    Column("transfer", Text),  # JSON of the last transfer, as a deposit told it
    Column("version", Integer, nullable=False),
    CheckConstraint(
        "(privacy = 'proxy') = (privacy_service IS NOT NULL)", name="proxy_has_service"
    ),
    sqlite_autoincrement=True,
)

domain_contact = Table(
    "domain_contact",
    metadata,
    Column("domain_id", _Id, ForeignKey("domain.id", ondelete="CASCADE"), primary_key=True),
    Column("role", Text, primary_key=True),  # one of each (I-03)
    Column("contact_id", _Id, ForeignKey("contact.id"), nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("public_id", BigInteger, nullable=False, unique=True),
    CheckConstraint("role IN ('registrant', 'admin', 'tech', 'billing')", name="role_is_known"),
    Index("domain_contact_contact", "contact_id", "role"),
    sqlite_with_rowid=False,
)

host = Table(
    "host",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("roid", Text, unique=True),
    Column("registrar", Text, ForeignKey("registrar.handle"), index=True),
    Column("statuses", Text, nullable=False),
    Column("created", BigInteger),
    Column("created_by", Text),
    Column("updated", BigInteger),
    Column("updated_by", Text),
    Column("version", Integer, nullable=False),
    sqlite_autoincrement=True,
)

host_address = Table(
    "host_address",
    metadata,
    Column("host_id", _Id, ForeignKey("host.id", ondelete="CASCADE"), primary_key=True),
    Column("address", Text, primary_key=True),  # RFC 5952 for IPv6
    Index("host_address_address", "address"),
    sqlite_with_rowid=False,
)

domain_host = Table(
    "domain_host",
    metadata,
    Column("domain_id", _Id, ForeignKey("domain.id", ondelete="CASCADE"), primary_key=True),
    Column("host_id", _Id, ForeignKey("host.id"), primary_key=True),
    Index("domain_host_host", "host_id"),
    sqlite_with_rowid=False,
)

domain_dnssec = Table(
    "domain_dnssec",
    metadata,
    Column("domain_id", _Id, ForeignKey("domain.id", ondelete="CASCADE"), primary_key=True),
    Column("position", SmallInteger, primary_key=True),
    Column("key_tag", Integer),  # a DS: these four
    Column("algorithm", SmallInteger, nullable=False),
    Column("digest_type", SmallInteger),
    Column("digest", Text),
    Column("flags", Integer),  # a key: these three
    Column("protocol", SmallInteger),
    Column("public_key", Text),
    sqlite_with_rowid=False,
)

reserved_name = Table(
    "reserved_name",
    metadata,
    Column("name", Text, primary_key=True),
    Column("blocked", Boolean, nullable=False),
    Column("blocked_by", Text),
    Column("created", BigInteger),
)

zone = Table(
    "zone",
    metadata,
    Column("name", Text, primary_key=True),
    Column("last_full", Text),  # ids of deposits
    Column("last_deposit", Text),
    Column("watermark", BigInteger),
)

history = Table(
    "history",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("door", Text, nullable=False),
    Column("changes", Text, nullable=False),  # JSON: field to [old, new]
    Index("history_subject", "kind", "subject"),
)

change_log = Table(
    "change_log",
    metadata,
    Column("seq", _Id, primary_key=True),
    Column("xid", BigInteger),  # PostgreSQL: the transaction that wrote the row
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # "everything" drops all
    Column("subject", Text, nullable=False),
    sqlite_autoincrement=True,
)

store_secret = Table(
    "store_secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)
