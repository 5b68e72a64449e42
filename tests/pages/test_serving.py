"""`rdds serve` with pages: a process of their own beside the workers."""

from __future__ import annotations

import os
import re
import signal
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection

from store.registrant_changes import ChangeParty, Channel
from store.sql.database import Database
from store.sql.records.approval_tokens import new_token
from tests.end_to_end.programs import Program, Serving
from tests.pages.running import RunningPages
from tests.waiting import wait_until

PAGES = '[pages]\nlisten = ["127.0.0.1:0"]\n'


def a_program(folder: Path, settings: str = PAGES) -> Program:
    """Give `rdds` with an SQLite store and *settings*."""
    return Program(folder, f"sqlite:///{folder / 'rdds.sqlite3'}", settings)


def pages_of(serving: Serving) -> RunningPages:
    """Find where the log says that the pages are."""
    found = re.search(r"pages at http://127\.0\.0\.1:(\d+)(/\S*)", serving.log.read_text())
    assert found, serving.log.read_text()
    return RunningPages(int(found[1]), found[2])


def test_pages_are_served_beside_the_doors(tmp_path: Path) -> None:
    """The record of the sample, and both raw answers as the doors themselves give them."""
    with a_program(tmp_path).serve("--demo", "--workers", "2") as serving:
        pages = pages_of(serving)
        assert (len(serving.workers()), len(serving.side())) == (2, 1)
        assert pages.ask("?name=shop.example").title == "shop.example"
        whois = pages.ask("raw/whois?name=shop.example")
        assert whois.body.decode() == serving.ask_whois("shop.example")
        rdap = pages.ask("raw/rdap?name=shop.example")
        assert rdap.body == _rdap_body(serving, "domain/shop.example")


def _rdap_body(serving: Serving, path: str) -> bytes:
    port = int(serving.rdap.rstrip("/").rpartition(":")[2])
    return RunningPages(port).ask(path).body


def test_next_page_after_an_edit_shows_it(tmp_path: Path) -> None:
    """An edit by another process is on the page that is asked for after it."""
    program = a_program(tmp_path)
    with program.serve("--demo") as serving:
        pages = pages_of(serving)
        assert "+64 44990123" not in pages.ask("?name=shop.example").text
        program.do("contact", "update", "TEKAU1", "--voice", "+64.44990123")
        assert "+64 44990123" in pages.ask("?name=shop.example").text


def test_pages_that_die_are_served_again(tmp_path: Path) -> None:
    """Clients meanwhile wait in the queue; the doors' workers stay."""
    with a_program(tmp_path).serve("--demo") as serving:
        pages = pages_of(serving)
        doors, (dying,) = serving.workers(), serving.side()
        os.kill(dying, signal.SIGKILL)
        assert pages.ask("?name=shop.example").title == "shop.example"
        assert serving.workers() == doors
        assert dying not in serving.side()


def test_hang_up_gives_pages_their_new_settings(tmp_path: Path) -> None:
    """HUP renews the pages as it renews the doors."""
    program = a_program(tmp_path)
    with program.serve("--demo") as serving:
        pages = pages_of(serving)
        program.config.write_text(PAGES + '[zones.example]\nredaction_text = "HIDDEN"\n')
        serving.process.send_signal(signal.SIGHUP)
        wait_until(lambda: "HIDDEN" in pages.ask("?name=lantern.example").text)
        wait_until(lambda: (len(serving.workers()), len(serving.side())) == (1, 1))


def test_public_url_gives_the_path(tmp_path: Path) -> None:
    """Paths begin with the path of the public URL."""
    settings = PAGES + 'public_url = "https://nic.example/names"\n'
    with a_program(tmp_path, settings).serve("--demo") as serving:
        pages = pages_of(serving)
        assert pages.prefix == "/names/"
        page = pages.ask("?name=shop.example").page
        assert page.xpath("//form/@action") == ["/names/"]


def test_pages_are_off_by_default(tmp_path: Path) -> None:
    """Without the setting nothing but the doors listens."""
    with a_program(tmp_path, "").serve("--demo") as serving:
        assert len(serving.workers()) == 1
        assert "pages" not in serving.log.read_text()


def test_address_of_the_pages_in_use_is_refused_with_one_line(tmp_path: Path) -> None:
    """A settings error, exit 2; and the same where a door is to listen there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        program = a_program(tmp_path, f'[pages]\nlisten = ["{address}"]\n')
        for doors in (("--whois", "off"), ("--whois", address)):
            done = program.run("serve", "--rdap", "127.0.0.1:0", *doors)
            assert done.returncode == 2
            assert done.stderr.startswith("SETTINGS: ")
            assert done.stderr.count("\n") == 1
            assert address in done.stderr


def test_party_answers_on_the_served_pages(tmp_path: Path) -> None:
    """An edit by a command, both answers on the served pages, and the store has the new one."""
    settings = PAGES + 'public_url = "https://nic.example/names"\n'
    program = a_program(tmp_path, settings)
    with program.serve("--demo") as serving:
        pages = pages_of(serving)
        held = program.do("contact", "update", "AROHA1", "--name", "Maria Rossi")
        assert held["held"] is True, held
        number = held["registrant_change"]
        database = Database.open(program.environment["RDDS_DATABASE_URL"])
        links = []
        for party in ChangeParty:
            link = f"change/{database.write(lambda c, party=party: _token(c, number, party))}"
            answer = {"decision": "approve", "data_correct": "yes"}
            assert pages.post(link, answer).headers["location"] == f"/names/{link}/done"
            assert pages.ask(f"{link}/done").status == 200
            links.append(link)
        database.close()
        assert [pages.ask(link).status for link in links] == [410, 410]
        assert program.do("contact", "show", "AROHA1")["name"] == "Maria Rossi"
    for link in links:
        assert link.removeprefix("change/") not in serving.log.read_text()


def _token(connection: Connection, number: int, party: ChangeParty) -> str:
    now = datetime.now(UTC)
    return new_token(connection, number, party, channel=Channel.EMAIL, now=now)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_pages_end_with_the_server(tmp_path: Path, number: signal.Signals) -> None:
    """TERM and INT end the pages in order; an idle client doesn't hold them up."""
    with a_program(tmp_path).serve("--demo") as serving:
        pages = pages_of(serving)
        with pages.connect() as idle:
            assert pages.ask("").status == 200
            serving.process.send_signal(number)
            assert serving.process.wait(25) == 0
            assert idle.recv(1) == b""
    assert "Traceback" not in serving.log.read_text()
    assert "failed" not in serving.log.read_text()
