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
    false,
    text,
    true,
)
from sqlalchemy.types import TypeEngine

__all__ = ["metadata"]

metadata = MetaData()

# SQLite numbers rows by itself only where the key is spelled INTEGER.
_Id: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")

# Searched by its beginning and put in order: by bytes, as SQLite does.
_Key: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")


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
    # For searches, NFKC and case folded: its name, and its handle as it is shown.
    Column("fn_key", _Key, nullable=False, server_default=""),
    Column("public_key", _Key, nullable=False, server_default=""),
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
    Index("registrar_fn", "fn_key", "handle"),
    Index("registrar_public", "public_key", "handle"),
)

contact = Table(
    "contact",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("handle", Text, nullable=False, unique=True),
    Column("handle_key", Text, nullable=False, index=True),
    Column("roid", Text, nullable=False, unique=True),
    Column(
        "name_key", _Key, nullable=False, server_default=""
    ),  # NFKC, case folded, for contact_sight
    Column("roid_key", _Key, nullable=False, server_default=""),
    Column("email_key", _Key),
    Column("registrar", Text, ForeignKey("registrar.handle"), nullable=False, index=True),
    Column("kind", Text),
    Column("postal_type", String(3), nullable=False),
    *_card_columns(),
    Column("statuses", Text, nullable=False),
    Column("disclosures", Text, nullable=False),  # JSON: element to instant of consent, or null
    Column("auth_hash", Text),
    Column("generation", Integer, nullable=False),
    Column("voice_since", BigInteger),  # when the number was last corrected (D-02)
    Column("unlinked_at", BigInteger),
    Column("created", BigInteger),
    Column("created_by", Text),
    Column("updated", BigInteger),
    Column("updated_by", Text),
    Column("transferred", BigInteger),
    Column("version", Integer, nullable=False),
    Index("contact_unlinked", "unlinked_at", "id"),
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
    Column("name", _Key, nullable=False, unique=True),
    Column("zone", Text, nullable=False),
    Column("roid", Text, unique=True),
    Column("registrar", Text, ForeignKey("registrar.handle"), nullable=False),
    Column("statuses", Text, nullable=False),
    Column("privacy", Text, nullable=False),
    Column("privacy_service", Text, ForeignKey("privacy_service.handle")),
    Column("disputed", Boolean, nullable=False),
    Column("max_sig_life", Integer),
    Column("created", BigInteger),
    Column("created_by", Text),
    Column("updated", BigInteger),
    Column("updated_by", Text),
    Column("expires", BigInteger),
    Column("transferred", BigInteger),
    Column("transfer", Text),  # JSON of the last transfer, as a deposit told it
    Column("lock_lifted", BigInteger),  # no lock from before this instant counts (D-36)
    Column("version", Integer, nullable=False),
    CheckConstraint(
        "(privacy = 'proxy') = (privacy_service IS NOT NULL)", name="proxy_has_service"
    ),
    Index("domain_zone", "zone", "name"),
    Index("domain_registrar", "registrar", "id"),
    Index("domain_privacy_service", "privacy_service", "id"),
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
    Column("sight", Text),  # how it shows its contact (store.sql.sights), null: not at all
    CheckConstraint("role IN ('registrant', 'admin', 'tech', 'billing')", name="role_is_known"),
    Index("domain_contact_contact", "contact_id", "sight", "domain_id"),
    sqlite_with_rowid=False,
)

# The contacts that names show, with all the ways they do: what a search for people walks.
contact_sight = Table(
    "contact_sight",
    metadata,
    Column("contact_id", _Id, ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True),
    Column("sights", Text, nullable=False),
    Column("name_said", SmallInteger, nullable=False),  # 0 hide, 1 nothing, 2 show
    Column("name_key", _Key, nullable=False),
    Column("roid_key", _Key, nullable=False),
    Column("email_said", SmallInteger, nullable=False),
    Column("email_key", _Key),
    Index("contact_sight_name", "sights", "name_said", "name_key", "contact_id"),
    Index("contact_sight_roid", "sights", "name_said", "roid_key", "contact_id"),
    Index("contact_sight_email", "email_key", "sights", "email_said", "contact_id"),
)

host = Table(
    "host",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("name", _Key, nullable=False, unique=True),
    Column("parent", Text, nullable=False, server_default=""),  # what follows the first label
    Column("roid", Text, unique=True),
    Column("registrar", Text, ForeignKey("registrar.handle")),
    Column("statuses", Text, nullable=False),
    Column("created", BigInteger),
    Column("created_by", Text),
    Column("updated", BigInteger),
    Column("updated_by", Text),
    Column("version", Integer, nullable=False),
    Index("host_parent", "parent", "name"),
    Index("host_registrar", "registrar", "id"),
    sqlite_autoincrement=True,
)

host_address = Table(
    "host_address",
    metadata,
    Column("host_id", _Id, ForeignKey("host.id", ondelete="CASCADE"), primary_key=True),
    Column("address", Text, primary_key=True),  # RFC 5952 for IPv6
    Index("host_address_address", "address", "host_id"),
    sqlite_with_rowid=False,
)

domain_host = Table(
    "domain_host",
    metadata,
    Column("domain_id", _Id, ForeignKey("domain.id", ondelete="CASCADE"), primary_key=True),
    Column("host_id", _Id, ForeignKey("host.id"), primary_key=True),
    Index("domain_host_host", "host_id", "domain_id"),
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

# A request for a new registrant (contacts.md 5). It names contacts by number and handle
# and holds none: what it was about outlives them.
registrant_change = Table(
    "registrant_change",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("open", Boolean, nullable=False),  # until its end is written, expired or not
    Column("registrar", Text, nullable=False),
    Column("contact_id", _Id, nullable=False),
    Column("contact", Text, nullable=False),
    Column("to_contact_id", _Id),
    Column("to_contact", Text),
    Column("patch", Text, nullable=False),  # JSON: field to [old, new]
    Column("prior_email", Text),
    Column("new_email", Text),
    Column("created", BigInteger, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("deadline", BigInteger, nullable=False),
    Column("new_approved", BigInteger),
    Column("prior_approved", BigInteger),
    Column("lock_waived", Boolean),
    Column("lock_until", BigInteger),
    Column("closed", BigInteger),
    Column("reason", Text),
    Column("private", Boolean, nullable=False, server_default=true()),  # as in the history
    Column("version", Integer, nullable=False),
    Index("registrant_change_contact", "contact_id", "open"),
    Index("registrant_change_to_contact", "to_contact_id", "open"),
    Index("registrant_change_open", "open", "deadline"),
    Index("registrant_change_private", "private", "closed"),
    sqlite_autoincrement=True,
)

# The names of a re-point or a split; an edit is about all that its contact holds.
registrant_change_name = Table(
    "registrant_change_name",
    metadata,
    Column(
        "change_id", _Id, ForeignKey("registrant_change.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("name", _Key, primary_key=True),
    Column("domain_id", _Id, nullable=False),
    Index("registrant_change_name_domain", "domain_id", "change_id"),
    sqlite_with_rowid=False,
)

approval_token = Table(
    "approval_token",
    metadata,
    Column("hash", LargeBinary, primary_key=True),  # SHA-256 of the token
    Column("change_id", _Id, ForeignKey("registrant_change.id", ondelete="CASCADE")),
    Column("party", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Index("approval_token_change", "change_id"),
    sqlite_with_rowid=False,
)

# A designated agent's consent, once given for all that a contact is asked.
agent_consent = Table(
    "agent_consent",
    metadata,
    Column("contact_id", _Id, ForeignKey("contact.id", ondelete="CASCADE"), primary_key=True),
    Column("party", Text, primary_key=True),
    Column("given", BigInteger, nullable=False),
    Column("given_by", Text, nullable=False),
    sqlite_with_rowid=False,
)

# D-36: a contact's names linked by `since`, or one name.
transfer_lock = Table(
    "transfer_lock",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("contact_id", _Id, ForeignKey("contact.id", ondelete="CASCADE")),
    Column("domain_id", _Id, ForeignKey("domain.id", ondelete="CASCADE")),
    Column("since", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("change_id", _Id),
    CheckConstraint("(contact_id IS NULL) <> (domain_id IS NULL)", name="locks_one_thing"),
    Index("transfer_lock_contact", "contact_id", "until"),
    Index("transfer_lock_domain", "domain_id", "until"),
)

# What a run has deleted of a registrar's contacts and has not yet told it.
deletion_notice = Table(
    "deletion_notice",
    metadata,
    Column("registrar", Text, primary_key=True),
    Column("contacts", Text, nullable=False),  # JSON: the first handles
    Column("count", Integer, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text),
    Column("language", Text),
    Column("change_id", _Id),
    Column("resent", Boolean, nullable=False),
    Column("payload", Text, nullable=False),  # JSON: values that stand nowhere else
    Column("state", Text, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("next_try", BigInteger, nullable=False),  # also the end of a sender's claim
    Column("tries", Integer, nullable=False),
    Column("sent", BigInteger),
    Column("code", Text),
    Column("private", Boolean, nullable=False, server_default=true()),  # as in the history
    Index("outbox_next", "state", "next_try"),
    Index("outbox_change", "change_id", "recipient"),
    Index("outbox_private", "private", "state", "created"),
    sqlite_autoincrement=True,
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
    # Values that time turns into fingerprints (store.sql.journal) are among them.
    Column("private", Boolean, nullable=False, server_default=false()),
    Index("history_subject", "kind", "subject"),
    Index("history_private", "private", "at"),
)

change_log = Table(
    "change_log",
    metadata,
    Column("seq", _Id, primary_key=True),
    Column("xid", BigInteger),  # PostgreSQL: the transaction that wrote the row
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),  # "everything" drops all
    Column("subject", Text, nullable=False),
    Index(
        "change_log_xid",
        "xid",
        postgresql_where=text("xid IS NOT NULL"),
        sqlite_where=text("xid IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

# One row at most: the primary's last heartbeat, for readers on standbys.
heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", SmallInteger, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),  # what the servers that readers ask had applied
    Column("begun", BigInteger, nullable=False),  # when the last one was begun
    Column("lease", BigInteger, nullable=False),  # in microseconds
    Column("timeline", Text, nullable=False),  # PostgreSQL's: another one after each failover
    Column("held_until", BigInteger, nullable=False),  # edits wait after a failover
)

# One row at most: what the policy in force is known by, and who put it in force.
policy_in_force = Table(
    "policy_in_force",
    metadata,
    Column("id", SmallInteger, CheckConstraint("id = 1"), primary_key=True, autoincrement=False),
    Column("fingerprint", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
)

store_secret = Table(
    "store_secret",
    metadata,
    Column("name", Text, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
)
