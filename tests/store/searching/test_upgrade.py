"""A store of the first schema, filled, is searched like any other once it is upgraded."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import asyncpg
import pytest
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import Connection, text

from store.sql import upgrade
from store.sql.database import Database
from store.sql.schema import metadata
from store.sql.views import PUBLIC_VIEWS, REVISION
from tests.store.searching.recomputed import check_sights

ROWS = """
INSERT INTO registrar (handle, handle_key, name_key, gurid, status, name, version)
 VALUES ('Ünit', 'ünit', 'x', NULL, 'ok', 'Straße Ltd', 1), ('B', 'b', 'x', 7, 'ok', 'B', 1);
INSERT INTO contact (id, handle, handle_key, roid, registrar, postal_type, name, email,
 statuses, disclosures, generation, version) VALUES
 (1, 'C1', 'c1', 'C1-EXAMPLE', 'B', 'loc', 'ﬁne Straße', 'A@x.example', '', '{}', 1, 1),
 (2, 'C2', 'c2', 'C2-EXAMPLE', 'B', 'loc', '', NULL, '', '{"name": 5, "email": null}', 1, 1),
 (3, 'C3', 'c3', 'C3-EXAMPLE', 'B', 'loc', 'Billed', NULL, '', '{}', 1, 1);
INSERT INTO privacy_service (handle, name, version) VALUES ('P', 'P', 1);
INSERT INTO domain (id, name, zone, registrar, statuses, privacy, privacy_service, disputed,
 version) VALUES (1, 'a.example', 'example', 'B', '', 'none', NULL, false, 1),
 (2, 'b.co.example', 'co.example', 'B', '', 'withhold', NULL, false, 1),
 (3, 'c.example', 'example', 'B', '', 'proxy', 'P', false, 1);
INSERT INTO domain_contact (domain_id, role, contact_id, since, public_id) VALUES
 (1, 'registrant', 1, 1, 1), (1, 'tech', 2, 1, 2), (1, 'billing', 3, 1, 3),
 (2, 'admin', 1, 1, 4), (3, 'registrant', 1, 1, 5);
INSERT INTO host (id, name, statuses, version) VALUES (1, 'ns1.a.example', '', 1),
 (2, 'lonely', '', 1)
"""


def _first_schema(connection: Connection) -> None:
    scripts = upgrade._scripts()
    environment = EnvironmentContext(
        Config(), scripts, fn=lambda revision, _context: scripts._upgrade_revs("0001", revision)
    )
    environment.configure(connection=connection, target_metadata=metadata, transactional_ddl=False)
    with environment:
        environment.run_migrations()
    for statement in ROWS.split(";\n"):
        connection.exec_driver_sql(statement)


@pytest.fixture
def first_url(store_url: str) -> str:
    """Give the URL of an empty database, on each engine in turn."""
    if store_url.startswith("sqlite"):
        Path(f"{store_url}.first".removeprefix("sqlite:///")).touch()
        return f"{store_url}.first"
    asyncio.run(_empty(store_url))
    return store_url


async def _empty(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()


def test_upgrade_fills_what_searches_walk(first_url: str) -> None:
    """Keys, sights and parents are as if every row had been written by this program."""
    database = Database(first_url)
    database.write(_first_schema)
    assert database.upgrade() == REVISION
    assert check_sights(database) == 3
    kept = database.read(lambda c: c.execute(text("SELECT count(*) FROM public_contact")).scalar())
    assert kept == 4
    database.close()


async def test_upgrade_keeps_what_the_doors_login_may_read(postgresql_url: str) -> None:
    """The views are made anew; a login that could read them still can, the new ones as well."""
    role = f"Rdds upgraded {secrets.token_hex(4)}"
    connection = await asyncpg.connect(postgresql_url)
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.execute(f'CREATE ROLE "{role}"; GRANT USAGE ON SCHEMA public TO "{role}"')
    database = Database(postgresql_url)
    database.write(_first_schema)
    await connection.execute(f'GRANT SELECT ON public_zone, public_contact TO "{role}"')
    database.upgrade()
    database.close()
    await connection.execute(f'SET ROLE "{role}"')
    for view in PUBLIC_VIEWS:
        await connection.fetch(f"SELECT * FROM {view}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.fetch("SELECT * FROM contact_sight")
    await connection.execute(f'RESET ROLE; DROP OWNED BY "{role}"; DROP ROLE "{role}"')
    await connection.close()
