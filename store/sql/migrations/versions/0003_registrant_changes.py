"""Registrant changes, their tokens and consents, transfer locks, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEY = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

# Instants alone: until when a lock or an open change may show as a status.
DOMAIN_VIEW = (
    "SELECT d.id, d.name, d.zone, d.roid, d.registrar, d.statuses, d.privacy, d.privacy_service,"
    " d.max_sig_life, d.created, d.updated, d.expires, d.transferred,"
    " (SELECT max(k.until) FROM transfer_lock k WHERE k.domain_id = d.id"
    " AND k.since > coalesce(d.lock_lifted, -1)) AS locked_until,"
    " (SELECT max(k.until) FROM domain_contact l JOIN transfer_lock k"
    " ON k.contact_id = l.contact_id WHERE l.domain_id = d.id AND l.role = 'registrant'"
    " AND l.since <= k.since AND k.since > coalesce(d.lock_lifted, -1)) AS holder_locked_until,"
    " (SELECT max(r.deadline) FROM registrant_change_name n JOIN registrant_change r"
    " ON r.id = n.change_id WHERE n.domain_id = d.id AND r.open) AS change_until,"
    " (SELECT max(r.deadline) FROM domain_contact l JOIN registrant_change r"
    " ON r.contact_id = l.contact_id WHERE l.domain_id = d.id AND l.role = 'registrant'"
    " AND r.open AND r.kind = 'edit') AS holder_change_until"
    " FROM domain d"
)


def upgrade() -> None:
    """Run this step."""
    op.add_column("contact", sa.Column("voice_since", sa.BigInteger()))
    op.add_column("domain", sa.Column("lock_lifted", sa.BigInteger()))
    op.drop_index("contact_unlinked", "contact")
    op.create_index("contact_unlinked", "contact", ["unlinked_at", "id"])
    _mark_private_history()
    _make_changes()
    _make_locks()
    _make_outbox()
    _replace_view()


def _mark_private_history() -> None:
    column: sa.Column[bool] = sa.Column(
        "private", sa.Boolean(), nullable=False, server_default=sa.false()
    )
    op.add_column("history", column)
    op.execute("UPDATE history SET private = true WHERE kind = 'contact'")
    op.create_index("history_private", "history", ["private", "at"])


def _make_changes() -> None:
    op.create_table(
        "registrant_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("registrar", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("to_contact_id", ID),
        sa.Column("to_contact", sa.Text()),
        sa.Column("patch", sa.Text(), nullable=False),
        sa.Column("prior_email", sa.Text()),
        sa.Column("new_email", sa.Text()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("deadline", sa.BigInteger(), nullable=False),
        sa.Column("new_approved", sa.BigInteger()),
        sa.Column("prior_approved", sa.BigInteger()),
        sa.Column("lock_waived", sa.Boolean()),
        sa.Column("lock_until", sa.BigInteger()),
        sa.Column("closed", sa.BigInteger()),
        sa.Column("reason", sa.Text()),
        sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    for name, columns in (
        ("registrant_change_contact", ["contact_id", "open"]),
        ("registrant_change_to_contact", ["to_contact_id", "open"]),
        ("registrant_change_open", ["open", "deadline"]),
        ("registrant_change_private", ["private", "closed"]),
    ):
        op.create_index(name, "registrant_change", columns)
    op.create_table(
        "registrant_change_name",
        sa.Column("change_id", ID, nullable=False),
        sa.Column("name", KEY, nullable=False),
        sa.Column("domain_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["registrant_change.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("change_id", "name"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "registrant_change_name_domain", "registrant_change_name", ["domain_id", "change_id"]
    )
    op.create_table(
        "approval_token",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("change_id", ID),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["registrant_change.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash"),
        sqlite_with_rowid=False,
    )
    op.create_index("approval_token_change", "approval_token", ["change_id"])
    op.create_table(
        "agent_consent",
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("given_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("contact_id", "party"),
        sqlite_with_rowid=False,
    )


def _make_locks() -> None:
    op.create_table(
        "transfer_lock",
        sa.Column("id", ID, nullable=False),
        sa.Column("contact_id", ID),
        sa.Column("domain_id", ID),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("change_id", ID),
        sa.CheckConstraint("(contact_id IS NULL) <> (domain_id IS NULL)", name="locks_one_thing"),
        sa.ForeignKeyConstraint(["contact_id"], ["contact.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["domain_id"], ["domain.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("transfer_lock_contact", "transfer_lock", ["contact_id", "until"])
    op.create_index("transfer_lock_domain", "transfer_lock", ["domain_id", "until"])


def _make_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("change_id", ID),
        sa.Column("resent", sa.Boolean(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("next_try", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent", sa.BigInteger()),
        sa.Column("code", sa.Text()),
        sa.Column("private", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("outbox_next", "outbox", ["state", "next_try"])
    op.create_index("outbox_change", "outbox", ["change_id", "recipient"])
    op.create_index("outbox_private", "outbox", ["private", "state", "created"])
    op.create_table(
        "deletion_notice",
        sa.Column("registrar", sa.Text(), nullable=False),
        sa.Column("contacts", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("registrar"),
    )


def _replace_view() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # New columns come last: the grants on the view stay.
        op.execute(f"CREATE OR REPLACE VIEW public_domain AS {DOMAIN_VIEW}")
        return
    op.execute("DROP VIEW public_domain")
    op.execute(f"CREATE VIEW public_domain AS {DOMAIN_VIEW}")
