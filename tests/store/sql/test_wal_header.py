"""The header that commits change, against what SQLite itself says of commits."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.sql.database import Database
from store.sql.sources import SqliteSource
from store.sql.wal_header import WalHeader


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None)


def _version(connection: sqlite3.Connection) -> int:
    ((version,),) = connection.execute("PRAGMA data_version").fetchall()
    return int(version)


@contextmanager
def _a_store(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(_open(path)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE said (word TEXT)")
        yield writer


def _commit(writer: sqlite3.Connection) -> None:
    writer.execute("INSERT INTO said VALUES ('a word')")


def _commit_much(writer: sqlite3.Connection) -> None:
    writer.execute("BEGIN IMMEDIATE")
    writer.executemany("INSERT INTO said VALUES (?)", [("x" * 3000,)] * 50)
    writer.execute("COMMIT")


def _give_up(writer: sqlite3.Connection) -> None:
    writer.execute("BEGIN IMMEDIATE")
    _commit(writer)
    writer.execute("ROLLBACK")


def _change_nothing(writer: sqlite3.Connection) -> None:
    writer.execute("UPDATE said SET word = 'none' WHERE word = 'nobody says this'")


def _look(writer: sqlite3.Connection) -> None:
    writer.execute("SELECT count(*) FROM said").fetchall()


def _checkpoint(how: str) -> Callable[[sqlite3.Connection], None]:
    def checkpoint(writer: sqlite3.Connection) -> None:
        writer.execute(f"PRAGMA wal_checkpoint({how})").fetchall()

    return checkpoint


def _rebuild(writer: sqlite3.Connection) -> None:
    writer.execute("VACUUM")


STEPS = (
    *(_commit, _commit_much, _give_up, _change_nothing, _look, _rebuild),
    *map(_checkpoint, ("PASSIVE", "FULL", "RESTART", "TRUNCATE")),
)


@given(st.lists(st.sampled_from(STEPS), max_size=12))
def test_no_commit_leaves_the_header_as_it_was(
    steps: list[Callable[[sqlite3.Connection], None]],
) -> None:
    """Whatever comes between: what SQLite tells a reader of is told by the header as well."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        with _a_store(path) as writer, closing(_open(path)) as reader:
            version = _version(reader)
            header = WalHeader(str(path))
            read = header.read()
            assert read is not None
            for step in steps:
                step(writer)
                if _version(reader) != version:
                    assert header.read() != read
                version, read = _version(reader), header.read()
            header.close()
            assert header.read() is None


_KILLED = """
import os, signal, sqlite3, sys
writer = sqlite3.connect(sys.argv[1], isolation_level=None)
writer.execute("INSERT INTO said VALUES ('the last word')")
writer.execute("PRAGMA cache_size=1")
writer.execute("BEGIN IMMEDIATE")
writer.executemany("INSERT INTO said VALUES (?)", [("x" * 3000,)] * 200)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_another_process_is_seen_even_if_it_is_killed(tmp_path: Path) -> None:
    """Its commit is; what it was about to commit isn't."""
    path = tmp_path / "store.sqlite3"
    with _a_store(path), closing(_open(path)) as reader:
        version, header = _version(reader), WalHeader(str(path))
        read = header.read()
        ended = subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False)
        assert ended.returncode == -signal.SIGKILL
        assert header.read() != read
        assert _version(reader) != version
        assert reader.execute("SELECT count(*) FROM said").fetchall() == [(1,)]
        header.close()


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_source_tells_of_commits_in_any_mode(tmp_path: Path, mode: str) -> None:
    """Where there is no header, SQLite is asked itself."""
    path = tmp_path / "store.sqlite3"
    database = Database.open(f"sqlite:///{path}", create=True)
    database.upgrade()
    database.close()
    with closing(_open(path)) as writer:
        assert writer.execute(f"PRAGMA journal_mode={mode}").fetchall() == [(mode.lower(),)]
    source = SqliteSource(path)
    seen = source.version()
    assert source.version() == seen
    for _ in range(3):
        with closing(_open(path)) as writer:
            writer.execute("UPDATE alembic_version SET version_num = version_num")
        later = source.version()
        assert later != seen
        assert source.version() == later
        seen = later


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"\0" * 4096,
        (2_000_000).to_bytes(4, sys.byteorder) + b"\0" * 8192,
        (3_007_000).to_bytes(4, sys.byteorder) + b"\1" * 60 + b"\2" * 8192,
    ],
    ids=["empty", "not written yet", "another layout", "copies that differ"],
)
def test_a_header_that_is_not_understood_says_nothing(tmp_path: Path, octets: bytes) -> None:
    """Then the caller asks SQLite."""
    (tmp_path / "store-shm").write_bytes(octets)
    assert WalHeader(str(tmp_path / "store")).read() is None


def test_a_store_without_one_says_nothing(tmp_path: Path) -> None:
    """No file, no header."""
    assert WalHeader(str(tmp_path / "store")).read() is None
