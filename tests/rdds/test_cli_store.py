"""`rdds store`: migrations, version, backup while others write."""

from __future__ import annotations

import os
import shutil
import signal
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
from tests.rdds.conftest import Rdds, closed


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
    assert run.err == "IO: gone/copy: No such file or directory.\n"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_backup_that_is_told_to_stop_leaves_nothing(
    stocked: Rdds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TERM ends a command as INT does: in one line, with what was half done cleared away."""

    def stopped(_path: Path, copy: Path) -> None:
        copy.write_text("half")
        assert signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL  # it would end the tests
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(upkeep, "_copy_sqlite", stopped)
    before = sorted(tmp_path.iterdir())
    run = stocked("store", "backup", "copy")
    assert (run.status, run.err) == (1, "INTERRUPTED: Stopped before its end.\n")
    assert sorted(tmp_path.iterdir()) == before
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


CREATE = ("registrar", "create", "REG1", "--name", "Example Registrar")


@pytest.mark.parametrize("words", [CREATE, ("import", "deposit.xml")], ids=lambda words: words[0])
@pytest.mark.parametrize("content", ["none", "empty file", "other tables", "newer schema"])
def test_dry_run_ends_as_the_real_run(
    rdds: Rdds, tmp_path: Path, words: tuple[str, ...], content: str
) -> None:
    """Whatever state a store is in, the dry run's outcome is the real one's, and undone."""
    rdds("generate", "--domains", "2", "--output", "deposit.xml")
    file = tmp_path / "rdds.sqlite3"
    if content == "empty file":
        file.touch()
    elif content != "none":
        if content == "newer schema":
            rdds("store", "upgrade")
        with closing(sqlite3.connect(file)) as store, store:
            if content == "newer schema":
                store.execute("UPDATE alembic_version SET version_num = '9999'")
            else:
                store.execute("PRAGMA journal_mode=WAL").fetchall()
                store.execute("CREATE TABLE other (id)")
    before = file.read_bytes() if file.exists() else None
    dry = rdds(*words, "--dry-run")
    assert (file.read_bytes() if file.exists() else None) == before
    real = rdds(*words)
    assert (dry.status, dry.err) == (real.status, real.err)
    assert real.status == (3 if content == "newer schema" else 0)


def test_dry_run_without_a_folder_is_refused(rdds: Rdds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the real run could make no store, the dry run says so."""
    monkeypatch.setenv("RDDS_DATABASE_URL", "sqlite:///gone/rdds.sqlite3")
    dry, real = rdds(*CREATE, "--dry-run"), rdds(*CREATE)
    assert (dry.status, dry.err) == (3, "STORE_UNAVAILABLE: There is no folder gone.\n")
    assert dry == real


def test_dry_run_in_a_folder_that_can_not_be_written_is_refused(
    rdds: Rdds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that is readable alone takes no store, tried or real."""
    (tmp_path / "folder").mkdir()
    monkeypatch.setenv("RDDS_DATABASE_URL", "sqlite:///folder/rdds.sqlite3")
    with closed(tmp_path / "folder", left=0o555):
        dry, real = rdds(*CREATE, "--dry-run"), rdds(*CREATE)
    assert (dry.status, real.status) == (3, 3)


@pytest.mark.parametrize("words", [("contact", "list"), CREATE, (*CREATE, "--dry-run")])
def test_newer_store_is_not_sent_to_an_upgrade(
    stocked: Rdds, tmp_path: Path, words: tuple[str, ...]
) -> None:
    """No upgrade by this program helps where the store is newer than it."""
    with closing(sqlite3.connect(tmp_path / "rdds.sqlite3")) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    run = stocked(*words)
    assert (run.status, run.out) == (3, "")
    assert run.err.startswith("STORE_OUTDATED: ")
    assert "newer program" in run.err
    assert "upgrade" not in run.err


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
