"""Readers follow the change log: which objects were touched, and by which transaction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The handle tells which edits an answer has to know of; no answer shows it.
CONTACT_VIEW = (
    "SELECT l.domain_id, l.role, l.public_id, c.id AS contact_id, c.roid, c.kind, c.name,"
    " c.org, c.street1, c.street2, c.street3, c.city, c.sp, c.pc, c.cc,"
    " c.voice, c.voice_ext, c.fax, c.fax_ext, c.email, c.statuses, c.disclosures,"
    " c.generation, c.created, c.updated, c.handle"
    " FROM domain_contact l JOIN contact c ON c.id = l.contact_id"
    " WHERE l.role <> 'billing'"
)
LOG_VIEW = "SELECT seq, xid, at, kind, subject FROM change_log"

# After a failover the old primary may be up, and its readers can't know: until their lease
# has run out no edit is taken, so they miss none. Each edit writes a row of the log.
HOLD_EDITS = """
CREATE FUNCTION hold_edits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM heartbeat h
        WHERE greatest(h.held_until, CASE
                WHEN h.timeline <> left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)
                THEN h.begun + 2 * h.lease ELSE 0 END)
            > extract(epoch FROM clock_timestamp()) * 1000000
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'RDS01', MESSAGE = 'edits are held after a failover';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Run this step."""
    # PostgreSQL's readers look for transactions that were not yet visible; SQLite has none.
    known = sa.text("xid IS NOT NULL")
    op.create_index(
        "change_log_xid", "change_log", ["xid"], postgresql_where=known, sqlite_where=known
    )
    if op.get_bind().dialect.name == "postgresql":
        # New columns come last: the grants on the view stay.
        op.execute(f"CREATE OR REPLACE VIEW public_contact AS {CONTACT_VIEW}")
    else:
        op.execute("DROP VIEW public_contact")
        op.execute(f"CREATE VIEW public_contact AS {CONTACT_VIEW}")
    # What was logged by handle is read by nobody any more, and the doors may now read the log.
    op.execute("UPDATE change_log SET subject = 'forgotten' WHERE kind = 'contact'")
    op.execute(f"CREATE VIEW public_log AS {LOG_VIEW}")
    _add_nodes()


def _only() -> sa.Column[int]:
    """Give the key of a table of one row."""
    one = sa.CheckConstraint("id = 1")
    return sa.Column("id", sa.SmallInteger, one, primary_key=True, autoincrement=False)


def _add_nodes() -> None:
    """Add what nodes on several machines agree by: a heartbeat, and the policy in force."""
    op.create_table(
        "heartbeat",
        _only(),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("begun", sa.BigInteger, nullable=False),
        sa.Column("lease", sa.BigInteger, nullable=False),
        sa.Column("timeline", sa.Text, nullable=False),
        sa.Column("held_until", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "policy_in_force",
        _only(),
        sa.Column("fingerprint", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
    )
    op.execute("CREATE VIEW public_heartbeat AS SELECT at FROM heartbeat")
    op.execute("CREATE VIEW public_policy AS SELECT fingerprint FROM policy_in_force")
    if op.get_bind().dialect.name == "postgresql":
        op.execute(HOLD_EDITS)
        op.execute(
            "CREATE TRIGGER hold_edits BEFORE INSERT ON change_log"
            " FOR EACH STATEMENT EXECUTE FUNCTION hold_edits()"
        )
        _grant_new_views()


def _grant_new_views() -> None:
    """Let a login that may read the doors' views read the new ones as well."""
    granted = sa.text(
        "SELECT DISTINCT quote_ident(grantee) FROM information_schema.role_table_grants"
        " WHERE table_schema = current_schema() AND table_name = 'public_contact'"
        " AND privilege_type = 'SELECT' AND grantee <> current_user AND grantee <> 'PUBLIC'"
    )
    for login in list(op.get_bind().execute(granted).scalars()):
        op.execute(f"GRANT SELECT ON public_log, public_heartbeat, public_policy TO {login}")
