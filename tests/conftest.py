"""Fixtures shared by all tests: stores on both engines, free ports, fixed clocks."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url

from store.sql.database import Database

POSTGRESQL_URL = os.environ.get("TEST_POSTGRESQL_URL")
# An example may take as long as a busy machine does.
settings.register_profile(
    "unhurried", settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
)
settings.load_profile("unhurried")
# A shell that starts the tests in the background has them ignore INT, and the programs that
# they start would do as they do.
signal.signal(signal.SIGINT, signal.default_int_handler)

WHY_NOT = "set TEST_POSTGRESQL_URL to a superuser's URL to run on PostgreSQL"


async def _ask(url: str, statement: str) -> Any:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


# Files are copied faster than they are logged, where a checkpoint waits for no disk.
_FILES_ARE_CHEAP = """\
SELECT current_setting('fsync') = 'off' AND current_setting('server_version_num')::int >= 150000
"""


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """Give what follows TEMPLATE to copy an upgraded PostgreSQL database for each test.

    Every process of tests has a template of its own: one in use can't be copied.
    """
    if POSTGRESQL_URL is None:
        if os.environ.get("CI"):
            pytest.fail("TEST_POSTGRESQL_URL is not set in CI")
        pytest.skip(WHY_NOT)
    name = f"rdds_template_{secrets.token_hex(4)}"
    asyncio.run(_ask(POSTGRESQL_URL, f"CREATE DATABASE {name}"))
    database = Database(_named(name))
    database.upgrade()
    database.close()
    cheap = asyncio.run(_ask(POSTGRESQL_URL, _FILES_ARE_CHEAP))
    yield f"{name} STRATEGY file_copy" if cheap else name
    asyncio.run(_ask(POSTGRESQL_URL, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


def _named(name: str) -> str:
    assert POSTGRESQL_URL is not None
    return make_url(POSTGRESQL_URL).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgresql_url(postgresql_template: str) -> Iterator[str]:
    """Give the URL of a fresh, upgraded store on PostgreSQL."""
    with _postgresql_copy(postgresql_template) as url:
        yield url


@pytest.fixture
def second_postgresql_url(postgresql_template: str) -> Iterator[str]:
    """Give the URL of another one, for tests that compare two stores."""
    with _postgresql_copy(postgresql_template) as url:
        yield url


@contextmanager
def _postgresql_copy(template: str) -> Iterator[str]:
    assert POSTGRESQL_URL is not None
    name = f"rdds_test_{secrets.token_hex(6)}"
    asyncio.run(_ask(POSTGRESQL_URL, f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield _named(name)
    asyncio.run(_ask(POSTGRESQL_URL, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an upgraded SQLite store, whole in one file, to copy for each test."""
    path = tmp_path_factory.mktemp("template") / "rdds.sqlite3"
    Database.open(f"sqlite:///{path}", create=True).close()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Give the URL of a fresh, upgraded store on SQLite."""
    path = tmp_path / "rdds.sqlite3"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """Give the URL of a fresh, upgraded store, on each engine in turn."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """Give a fresh, upgraded store opened for editing, on each engine in turn."""
    database = Database.open(store_url)
    yield database
    database.close()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--golden``: rewrite the golden pairs instead of failing."""
    parser.addoption("--golden", action="store_true", help="rewrite the golden pairs")
