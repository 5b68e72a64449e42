"""`rdds store`: migrations, version, backup while others write."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from rdds import upkeep
from rdds.upkeep import backup_store
from store.errors import Code, RegistryError
from store.sql.database import Database
from tests.rdds.conftest import Rdds


def test_upgrade_makes_a_store(rdds: Rdds, tmp_path: Path) -> None:
    """An upgrade makes the store; a second one finds nothing to do; a dry run makes nothing."""
    dry = rdds("--json", "store", "upgrade", "--dry-run").json
    assert list(tmp_path.iterdir()) == []
    made = rdds("--json", "store", "upgrade").json
    assert (made["before"], made["schema"]) == (None, dry["schema"])
    again = rdds("--json", "store", "upgrade").json
    assert again["before"] == again["schema"] == made["schema"]
    assert rdds("--json", "store", "version").json["schema"] == made["schema"]


def test_upgrade_works_on_postgresql(
    rdds: Rdds, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PostgreSQL store is made by this command, and an empty one is refused until then."""
    database = Database(postgresql_url)
    database.write(lambda connection: connection.execute(text("DROP SCHEMA public CASCADE")))
    database.write(lambda connection: connection.execute(text("CREATE SCHEMA public")))
    database.close()
    monkeypatch.setenv("RDDS_DATABASE_URL", postgresql_url)
    for words in (("contact", "list"), ("registrar", "create", "REG1", "--name", "x")):
        run = rdds(*words)
        assert run.status == 3
        assert "rdds store upgrade" in run.err
    dry = rdds("--json", "store", "upgrade", "--dry-run").json
    assert rdds("store", "version").status == 3
    assert rdds("--json", "store", "upgrade").json["schema"] == dry["schema"]
    assert rdds("store", "version").status == 0


def test_backup_is_a_store_of_its_own(stocked: Rdds, tmp_path: Path) -> None:
    """A copy holds what the store held and can be served in its place."""
    run = stocked("--json", "store", "backup", "copy.sqlite3")
    copy = tmp_path / "copy.sqlite3"
    assert run.json == {"file": "copy.sqlite3", "bytes": copy.stat().st_size}
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    before = stocked("--json", "contact", "show", "AROHA1").out
    stocked("contact", "update", "AROHA1", "--voice", "")
    shutil.move(copy, tmp_path / "other.sqlite3")
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == []
    (tmp_path / "other.toml").write_text('[database]\nurl = "sqlite:///other.sqlite3"')
    run = stocked("--config", "other.toml", "--json", "contact", "show", "AROHA1")
    assert run.out == before


def test_backup_while_an_editor_is_at_work(stocked: Rdds, tmp_path: Path) -> None:
    """An open transaction is neither waited for nor copied."""
    with closing(sqlite3.connect(tmp_path / "rdds.sqlite3", isolation_level=None)) as editor:
        editor.execute("BEGIN IMMEDIATE")
        editor.execute("UPDATE contact SET city = 'Nowhere'")
        assert stocked("store", "backup", "copy.sqlite3").status == 0
        editor.execute("ROLLBACK")
    with closing(sqlite3.connect(tmp_path / "copy.sqlite3")) as copy:
        assert {row[0] for row in copy.execute("SELECT city FROM contact")} == {"Wellington"}


def test_backup_overwrites_nothing(stocked: Rdds, tmp_path: Path) -> None:
    """A file that is there, the store itself above all, stays as it is."""
    (tmp_path / "there").write_text("precious")
    (tmp_path / "link").symlink_to("nowhere")
    for file in ("there", "link", "rdds.sqlite3", "."):
        run = stocked("store", "backup", file)
        assert (run.status, run.err[:7]) == (1, "EXISTS:")
    assert (tmp_path / "there").read_text() == "precious"
    assert stocked("contact", "show", "AROHA1").status == 0


def test_backup_loses_a_race_with_care(
    stocked: Rdds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes the name while the copy is made keeps it."""
    real = upkeep._copy_sqlite

    def slow(path: Path, copy: Path) -> None:
        real(path, copy)
        (tmp_path / "copy").write_text("precious")

    monkeypatch.setattr(upkeep, "_copy_sqlite", slow)
    with pytest.raises(RegistryError) as caught:
        backup_store(f"sqlite:///{tmp_path}/rdds.sqlite3", tmp_path / "copy")
    assert caught.value.code is Code.EXISTS
    assert (tmp_path / "copy").read_text() == "precious"


def test_backup_into_no_folder_is_one_line(stocked: Rdds, tmp_path: Path) -> None:
    """A copy that can't be written is an error of one line and leaves nothing."""
    run = stocked("store", "backup", "gone/copy")
    assert run.status == 1
    assert run.err.startswith("IO: ")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
def test_backup_of_postgresql_is_an_archive(
    rdds: Rdds, postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A PostgreSQL store is dumped by its own program, whose errors are told in one line."""
    monkeypatch.setenv("RDDS_DATABASE_URL", postgresql_url)
    run = rdds("store", "backup", "copy.dump")
    assert (run.status, run.err) == (0, "")
    assert (tmp_path / "copy.dump").read_bytes().startswith(b"PGDMP")
    monkeypatch.setenv("PATH", os.devnull)
    run = rdds("store", "backup", "other.dump")
    assert (run.status, run.err.count("\n")) == (3, 1)
    assert not (tmp_path / "other.dump").exists()


def test_backup_and_edits_at_once_lose_nothing(stocked: Rdds, tmp_path: Path) -> None:
    """Copies made while edits are committed each hold one whole state."""
    url = f"sqlite:///{tmp_path}/rdds.sqlite3"
    stop = threading.Event()

    def edit() -> None:
        with closing(sqlite3.connect(tmp_path / "rdds.sqlite3", timeout=30)) as editor:
            for number in range(200):
                if stop.is_set():
                    break
                editor.execute("UPDATE contact SET pc = ?", (str(number),))
                editor.commit()

    editing = threading.Thread(target=edit)
    editing.start()
    try:
        for number in range(5):
            backup_store(url, tmp_path / f"copy{number}")
    finally:
        stop.set()
        editing.join()
    for number in range(5):
        with closing(sqlite3.connect(tmp_path / f"copy{number}")) as copy:
            assert len(set(copy.execute("SELECT pc FROM contact"))) == 1
            assert copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
