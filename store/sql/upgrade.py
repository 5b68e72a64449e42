"""Migrations: bring a store's schema to this program's, or say that it isn't there."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from store.errors import Code, StoreUnavailableError
from store.sql.schema import metadata
from store.sql.views import PUBLIC_VIEWS

__all__ = ["adopt_log", "check", "grant_public", "upgrade"]


def _scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    return ScriptDirectory.from_config(config)


def current(connection: Connection) -> str | None:
    """Give the revision of the store's schema, ``None`` for an empty store."""
    return MigrationContext.configure(connection).get_current_revision()


def check(connection: Connection) -> str:
    """Give the schema's revision if it is this program's.

    Raises:
        StoreUnavailableError: ``STORE_MISSING`` for an empty store, ``STORE_OUTDATED``
            for an older or newer one.
    """
    scripts = _scripts()
    found, wanted = current(connection), scripts.get_current_head()
    if found is None:
        raise StoreUnavailableError(
            "The database holds no store; `rdds store upgrade` makes one.",
            code=Code.STORE_MISSING,
        )
    if found != wanted:
        # Revisions are numbered: one after ours is a later program's.
        later = found > (wanted or "") and found not in _known(scripts)
        cure = "use the newer program" if later else "run `rdds store upgrade`"
        raise StoreUnavailableError(
            f"The store's schema is {found}, this program's is {wanted}; {cure}.",
            code=Code.STORE_OUTDATED,
        )
    return found


def upgrade(connection: Connection) -> str:
    """Run the migrations that are missing, inside the caller's transaction.

    Raises:
        StoreUnavailableError: ``STORE_OUTDATED`` where the store is newer than this program.
    """
    scripts = _scripts()
    head = scripts.get_current_head() or ""
    found = current(connection)
    if found == head:
        return head
    if found is not None and found not in _known(scripts):
        raise StoreUnavailableError(
            f"The store's schema {found} is none that this program knows; use a newer program.",
            code=Code.STORE_OUTDATED,
        )
    environment = EnvironmentContext(
        Config(),
        scripts,
        fn=lambda revision, _context: scripts._upgrade_revs(head, revision),  # noqa: SLF001 - Alembic's own idiom
    )
    environment.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
    with environment:
        environment.run_migrations()
    return head


def _known(scripts: ScriptDirectory) -> set[str]:
    return {revision.revision for revision in scripts.walk_revisions()}


def adopt_log(connection: Connection) -> None:
    """Forget transactions that another PostgreSQL server numbered: a copy was restored here.

    Readers tell what is new by these numbers (``store.sql.log_positions``).
    """
    connection.exec_driver_sql(
        "UPDATE change_log SET xid = NULL WHERE xid > pg_current_xact_id()::text::bigint"
    )


def grant_public(connection: Connection, login: str) -> None:
    """Let the PostgreSQL role *login* read the public views, and nothing else of ours."""
    quoted = connection.dialect.identifier_preparer.quote_identifier(login)
    for view in PUBLIC_VIEWS:
        connection.exec_driver_sql(f"GRANT SELECT ON {view} TO {quoted}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {quoted}")
