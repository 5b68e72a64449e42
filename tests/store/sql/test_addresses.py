"""URLs of stores: which engine, which file, and how the driver reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from store.errors import Code, RegistryError
from store.sql.addresses import driver_url, is_postgresql, sqlite_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///rdds.sqlite3", "rdds.sqlite3"),
        ("sqlite:////var/lib/rdds/rdds.sqlite3", "/var/lib/rdds/rdds.sqlite3"),
        ("sqlite+pysqlite:////a/b", "/a/b"),
        ("sqlite:///a%20b", "a b"),
        ("sqlite:////a/b?cache=shared", "/a/b"),
    ],
)
def test_file_of_a_store(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path) == Path(str(make_url(url).database))
    assert not is_postgresql(url)


@pytest.mark.parametrize(
    "url", ["sqlite:///", "sqlite://", "sqlite:///:memory:", "x", "mysql://a/b"]
)
def test_what_is_no_store(url: str) -> None:
    with pytest.raises(RegistryError) as refusal:
        sqlite_path(url)
    assert refusal.value.code is Code.SETTINGS


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p@h/db",
        "postgresql://u@h:5433/db?sslmode=require",
        "postgresql+asyncpg://u:a%2Fb%40@[::1]:5/db",
        "postgresql://u:p/w#?x@h/d",
        "postgresql://h/d",
        "postgresql://u:@h/d",
        "postgresql://%C3%A9:%C3%A9@h/d",
        "postgresql:///d",
    ],
)
def test_driver_reads_what_editors_read(url: str) -> None:
    """A password may hold what a URL can't, and an editor's library takes it."""
    parsed = make_url(url).set(drivername="postgresql")
    assert driver_url(url) == parsed.render_as_string(hide_password=False)
    assert is_postgresql(url)
    assert sqlite_path(url) is None


def test_driver_reads_no_other_url() -> None:
    with pytest.raises(ValueError, match="PostgreSQL"):
        driver_url("sqlite:///a")


def test_who_reads_postgresql_loads_no_editors_library() -> None:
    program = (
        "import sys, rdds.serving.worker, store.sql.postgresql_freshness\n"
        "from store.sql.sources import open_source\n"
        "open_source('postgresql://u:p@h/db', None, ['postgresql://r@h/db'], lease=5.0)\n"
        "print('sqlalchemy' in sys.modules, 'asyncpg' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False True"
