"""What `rdds serve` has beside its doors: one process for messages, pages, aliases, deadlines."""

from __future__ import annotations

import os
import re
import signal
import socket
from pathlib import Path

import pytest

from rdds.posting import sender_here
from tests.end_to_end.programs import Program, Serving
from tests.mail_sinks import running_sink
from tests.waiting import wait_until

ALIASES = '[aliases]\nlisten = ["127.0.0.1:0"]\n'
PAGES = '[pages]\nlisten = ["127.0.0.1:0"]\n'
ZONES = '[zones.example]\nprofile = "gtld"\n[zones."co.example"]\nprofile = "irs"\n'
HELD = ("contact", "update", "CYCLE1", "--name", "Rewi Parata", "--email", "rewi@example.net")

# Runs in every process of a program: once the file `tell` is there, each child writes down
# what it has imported.
TELLING = """
import os, sys, threading, time
from pathlib import Path

FOLDER = Path(__file__).parent

def tell():
    while not (FOLDER / "tell").exists():
        time.sleep(0.02)
    part = FOLDER / f"part.{os.getpid()}"
    part.write_text("\\n".join(sorted(sys.modules)))
    part.rename(FOLDER / f"modules.{os.getpid()}")

os.register_at_fork(after_in_child=lambda: threading.Thread(target=tell, daemon=True).start())
"""


def a_program(folder: Path, settings: str = "") -> Program:
    """Give `rdds` with an SQLite store and *settings*."""
    return Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}", settings + ZONES)


def mail_to(port: int) -> str:
    """Give the settings that hand mail over on *port*."""
    return f'[mail]\nsmtp_url = "smtp://127.0.0.1:{port}"\nsender = "registry@example.net"\n'


def answers(serving: Serving) -> bool:
    """Tell whether both doors answer."""
    return "Domain Name: SHOP.EXAMPLE" in serving.ask_whois("shop.example") and (
        serving.ask_rdap("domain/shop.example")[0] == 200
    )


def table_of(serving: Serving) -> tuple[str, int]:
    """Find where the log says that the aliases are."""
    found = re.search(r"aliases at (\S+):(\d+)", serving.log.read_text())
    assert found, serving.log.read_text()
    return found[1], int(found[2])


def test_workers_load_nothing_of_what_stands_beside_them(tmp_path: Path) -> None:
    """The doors' memory has no mail, pages, migrations or editors; one process beside has them."""
    program = a_program(tmp_path, PAGES + ALIASES)
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(TELLING)
    program.environment["PYTHONPATH"] = str(tmp_path / "site")
    with program.serve("--demo", "--workers", "2") as serving:
        assert answers(serving)
        (tmp_path / "site" / "tell").touch()
        for pid in (*serving.workers(), *serving.side()):
            wait_until((tmp_path / "site" / f"modules.{pid}").exists)
        loaded = {
            pid: set((tmp_path / "site" / f"modules.{pid}").read_text().split())
            for pid in (*serving.workers(), *serving.side())
        }
        (side,) = serving.side()
        beside = {"notices", "aiosmtplib", "jinja2", "alembic", "pages", "store.write_door"}
        beside |= {"sqlalchemy", "asyncpg"}  # reading SQLite takes neither
        assert len(serving.workers()) == 2
        for pid in serving.workers():
            assert "whois43.shell" in loaded[pid]
            assert not loaded[pid] & beside
        assert loaded[side] >= {"jinja2", "pages", "store.write_door", "notices", "sqlalchemy"}


def test_message_leaves_once_the_mail_server_is_known(tmp_path: Path) -> None:
    """Without mail it waits; HUP brings the settings, and the link leads to the pages."""
    program = a_program(tmp_path, PAGES)
    with running_sink() as sink, program.serve("--demo") as serving:
        pages = re.search(r"pages at (\S+)", serving.log.read_text())
        assert pages
        assert program.do(*HELD)["held"]
        before = serving.side()
        program.config.write_text(PAGES + mail_to(sink.port) + ZONES)
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: bool(sink.mails))
        assert sink.mails[0].recipients == ("rewi@example.net",)
        assert f"\r\n{pages[1]}change/".encode() in sink.mails[0].content
        wait_until(lambda: len(serving.side()) == 1)
        assert serving.side() != before


def test_mail_without_a_sender_comes_from_the_machine(tmp_path: Path) -> None:
    """Who sets no more than the server's URL waits for no mail."""
    with running_sink() as sink:
        settings = f'[mail]\nsmtp_url = "smtp://127.0.0.1:{sink.port}"\n'
        program = a_program(tmp_path, PAGES + settings)
        with program.serve("--demo"):
            assert program.do(*HELD)["held"]
            wait_until(lambda: bool(sink.mails))
            assert f"From: {sender_here()}\r\n".encode() in sink.mails[0].content


def test_message_survives_the_death_of_its_sender(tmp_path: Path) -> None:
    """The process beside is replaced when it dies; the doors don't notice, no message is lost."""
    with running_sink() as sink:
        program = a_program(tmp_path, PAGES + mail_to(sink.port))
        with program.serve("--demo") as serving:
            workers, (dying,) = serving.workers(), serving.side()
            os.kill(dying, signal.SIGKILL)
            assert program.do(*HELD)["held"]
            assert answers(serving)
            wait_until(lambda: bool(sink.mails))
            assert serving.workers() == workers
            assert dying not in serving.side()


def test_store_that_is_away_is_waited_for_and_not_made(tmp_path: Path) -> None:
    """Whoever looks again and again puts no empty store in its place; then it goes on."""
    with running_sink() as sink:
        program = a_program(tmp_path, PAGES + mail_to(sink.port))
        with program.serve("--demo") as serving:
            side, store = serving.side(), tmp_path / "rdds.sqlite3"
            store.rename(tmp_path / "away")
            wait_until(lambda: "messages wait for the store" in serving.log.read_text())
            assert not store.exists()
            (tmp_path / "away").rename(store)
            assert program.do(*HELD)["held"]
            wait_until(lambda: bool(sink.mails))
            assert serving.side() == side


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_aliases_end_with_the_server(tmp_path: Path, number: signal.Signals) -> None:
    """A mail server that keeps its connection doesn't hold the end up."""
    with (
        a_program(tmp_path, ALIASES).serve("--demo") as serving,
        socket.create_connection(table_of(serving), timeout=30) as client,
    ):
        client.sendall(b"9:alias x@y,")
        assert client.recv(64) == b"9:NOTFOUND ,"
        serving.process.send_signal(number)
        assert serving.process.wait(25) == 0
        assert client.recv(1) == b""
    assert "failed" not in serving.log.read_text()


def test_aliases_are_served_from_postgresql(postgresql_url: str, tmp_path: Path) -> None:
    """With the store on PostgreSQL a shown alias is found as on SQLite."""
    program = Program(tmp_path, postgresql_url, ALIASES + ZONES)
    with program.serve("--demo") as serving:
        alias = re.search(r"Registrant Email: (\S+)", serving.ask_whois("veiled.example"))
        assert alias
        holder = program.do("domain", "show", "veiled.example")["registrant"]
        mailbox = program.do("contact", "show", holder)["email"]
        question = f"alias {alias[1]}".encode()
        with socket.create_connection(table_of(serving), timeout=30) as client:
            client.sendall(b"%d:%b," % (len(question), question))
            assert client.recv(1000).decode().endswith(f":OK {mailbox},")


def test_address_of_the_aliases_in_use_is_refused_with_one_line(tmp_path: Path) -> None:
    """A settings error, exit 2; and the same where another server of ours is to listen there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for other in ("", f'[pages]\nlisten = ["{address}"]\n'):
            program = a_program(tmp_path, f'[aliases]\nlisten = ["{address}"]\n{other}')
            done = program.run("serve", "--whois", "127.0.0.1:0", "--rdap", "127.0.0.1:0")
            assert done.returncode == 2
            assert done.stderr.startswith("SETTINGS: ")
            assert done.stderr.count("\n") == 1
            assert address in done.stderr


def test_server_that_nobody_could_approve_on_says_so(tmp_path: Path) -> None:
    """A warning at start, not a refusal; the sample is nobody's registry and gets none."""
    program = a_program(tmp_path)
    with program.serve() as serving:
        log = serving.log.read_text()
        assert "no mail can ask for it: mail.smtp_url is not set" in log
        assert "there is no page to approve on" in log
    with program.serve("--demo") as serving:
        assert "approved" not in serving.log.read_text()
