"""URLs of stores: which engine, which file, and how the driver reads them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

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
    "url", ["sqlite:///", "sqlite://", "sqlite:///:memory:", "sqlite:///?a", "x", "mysql://a/b"]
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
        "PostgreSQL://u@h/db",
        "postgresql://u@h/d#x?application_name=a+b&lost",
        "postgresql://h/d?a",
        "postgresql://u:@h/d",
        "postgresql://%C3%A9:%C3%A9@h/d",
        "postgresql:///d?host=/run/postgresql",
    ],
)
def test_driver_reads_what_editors_read(url: str) -> None:
    """Each in its own way: of the same URL they make the same server, login and database."""
    theirs, ours = make_url(url), urlsplit(driver_url(url))
    assert ours.scheme == "postgresql"
    assert (ours.hostname, ours.port) == (theirs.host, theirs.port)
    assert ours.username == (theirs.username and quote(theirs.username))
    assert unquote(ours.password or "") == (theirs.password or "")
    assert unquote(ours.path.removeprefix("/")) == theirs.database
    assert dict(parse_qsl(ours.query, strict_parsing=bool(ours.query))) == dict(theirs.query)
    assert is_postgresql(url)
    assert sqlite_path(url) is None


@pytest.mark.parametrize(
    ("url", "drivers"),
    [
        ("postgresql://r:p@h/db", {"asyncpg"}),
        ("sqlite:////a/b%20c.sqlite3?cache=shared", set[str]()),
    ],
)
def test_who_reads_loads_no_editors_library(url: str, drivers: set[str]) -> None:
    program = (
        "import sys, rdds.serving.worker\n"
        "from store.sql.sources import open_source\n"
        f"open_source({url!r})\n"
        "print(*({'asyncpg', 'sqlalchemy'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert set(done.stdout.split()) == drivers
