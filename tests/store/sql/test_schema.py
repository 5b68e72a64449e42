"""The migrations make the declared schema and views, on both engines."""

from __future__ import annotations

import asyncio
import re
import secrets
import sqlite3
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Literal

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, make_url, text

from store.errors import Code, StoreUnavailableError
from store.sql import upgrade
from store.sql.ahead_statements import compile_ahead
from store.sql.database import Database
from store.sql.schema import metadata
from store.sql.search_statements import compile_searches
from store.sql.sources import SqliteSource
from store.sql.statements import compile_statements
from store.sql.views import PUBLIC_VIEWS, REVISION


def test_migrations_on_both_engines_make_the_declared_tables(database: Database) -> None:
    """What Alembic builds is what the schema declares, nothing more or less."""
    differences = database.read(
        lambda connection: compare_metadata(MigrationContext.configure(connection), metadata)
    )
    assert differences == []


def test_migrations_on_both_engines_make_the_declared_views(database: Database) -> None:
    """Each public view exists and gives the columns of its declaration."""

    def columns(connection: Connection) -> dict[str, list[str]]:
        found = inspect(connection)
        return {
            name: [column["name"] for column in found.get_columns(name)]
            for name in found.get_view_names()
        }

    def declared(connection: Connection) -> dict[str, list[str]]:
        return {
            name: list(connection.execute(text(query)).keys())
            for name, query in PUBLIC_VIEWS.items()
        }

    assert database.read(columns) == database.read(declared)


def test_revision_of_the_views_is_the_newest_migration() -> None:
    """The number that workers look for is the one that migrations end with."""
    assert upgrade._scripts().get_current_head() == REVISION


def test_upgrade_of_an_upgraded_store_changes_nothing(database: Database) -> None:
    """A second upgrade keeps the secret and the revision."""

    def secret(connection: Connection) -> bytes:
        return bytes(connection.execute(text("SELECT secret FROM store_secret")).scalar_one())

    before = database.read(secret)
    assert database.upgrade() == REVISION
    assert database.read(secret) == before


def test_open_without_a_store_creates_nothing(tmp_path: Path) -> None:
    """A reading command on a missing store says so and makes no file."""
    url = f"sqlite:///{tmp_path}/missing.sqlite3"
    with pytest.raises(StoreUnavailableError) as refusal:
        Database.open(url)
    assert refusal.value.code is Code.STORE_MISSING
    assert list(tmp_path.iterdir()) == []


def test_new_store_is_its_owners_alone(tmp_path: Path) -> None:
    """A store holds private data: nobody else may read it, nor its journal."""
    database = Database.open(f"sqlite:///{tmp_path / 'rdds.sqlite3'}", create=True)
    modes = database.read(lambda _: {each.stat().st_mode & 0o777 for each in tmp_path.iterdir()})
    database.close()
    assert modes == {0o600}


def test_open_of_a_newer_store_is_refused(store_url: str) -> None:
    """A store of a later program is neither read nor downgraded."""
    database = Database.open(store_url)
    database.write(lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(StoreUnavailableError) as refusal:
        database.check()
    with pytest.raises(StoreUnavailableError) as again:
        database.upgrade()
    database.close()
    assert (refusal.value.code, again.value.code) == (Code.STORE_OUTDATED, Code.STORE_OUTDATED)


FORBIDDEN = (
    "SELECT contact_id FROM domain_contact",
    "SELECT auth_hash FROM contact",
    "SELECT name FROM contact_second_form",
    "SELECT changes FROM history",
    "DELETE FROM reserved_name",
    "UPDATE contact SET name = 'x'",
    "ATTACH DATABASE 'other' AS other",
    "PRAGMA query_only = OFF",
)


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_reading_connection_on_sqlite_is_refused_all_but_views(
    sqlite_url: str, statement: str
) -> None:
    """P-05: the doors' connection reads public views, and nothing else in any way."""
    path = Database(sqlite_url).path
    assert path is not None
    cursor = SqliteSource(path)._current()
    with pytest.raises(sqlite3.DatabaseError, match=r"prohibited|not authorized"):
        cursor.execute(statement).fetchall()
    cursor.connection.close()


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_statement_reads_public_views_alone(dialect: Literal["sqlite", "postgresql"]) -> None:
    """What follows FROM and JOIN in the read door's statements is a public view.

    Or a list of arguments, or what the statement itself makes of views.
    """
    lists = {"json_each", "unnest"}
    texts = [statement.sql for statement in compile_statements(dialect).values()]
    texts += [statement.sql for statement in compile_searches(dialect).values()]
    if dialect == "postgresql":
        texts += [each.statement.sql for each in compile_ahead(leased=True).values()]
    for sql in texts:
        words = sql.replace("(", " ( ").replace(")", " ) ").split()
        sources = {after for word, after in pairwise(words) if word in {"FROM", "JOIN"}}
        sources -= {"(", "LATERAL"}
        own = {after for word, after in pairwise(words) if word == "RECURSIVE"}
        own |= {name for name in re.findall(r"WITH (\w+) ?\(", sql) if name != "RECURSIVE"}
        assert sources
        assert sources <= set(PUBLIC_VIEWS) | lists | own


@pytest.fixture
def public_login(postgresql_url: str) -> Iterator[str]:
    """Give the URL of a login that was granted the public views alone."""
    role, password = f"rdds_public_{secrets.token_hex(4)}", secrets.token_hex(8)

    async def run(*statements: str) -> None:
        connection = await asyncpg.connect(postgresql_url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run(f"CREATE ROLE {role} LOGIN PASSWORD '{password}'"))
    database = Database(postgresql_url)
    database.upgrade(public_login=role)
    database.close()
    yield (
        make_url(postgresql_url)
        .set(username=role, password=password)
        .render_as_string(hide_password=False)
    )
    asyncio.run(run(f"DROP OWNED BY {role}", f"DROP ROLE {role}"))


async def test_public_login_on_postgresql_reads_views_alone(public_login: str) -> None:
    """P-05: the database itself refuses the doors' login every table, and every write."""
    connection = await asyncpg.connect(public_login)
    for view in PUBLIC_VIEWS:
        await connection.fetch(f"SELECT * FROM {view}")
    for name in metadata.tables:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(f"SELECT * FROM {name}")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(f"DELETE FROM {name}")
    for view in PUBLIC_VIEWS:
        with pytest.raises(asyncpg.PostgresError):
            await connection.execute(f"DELETE FROM {view}")
    await connection.close()
