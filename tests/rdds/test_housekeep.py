"""``rdds housekeep``: what it does, what it says, and what a kill leaves."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from store.changes import CardEdit, CreateRegistrar
from store.sql.database import Database
from store.sql.records.outbox import queue_message, take_messages
from store.sql.schema import metadata
from tests.notices.outboxes import a_message
from tests.rdds.conftest import CONTACT, Rdds
from tests.store.editing_values import Registry, a_contact

MADE = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def _at(days: float, *, seconds: int = 0) -> tuple[str, ...]:
    instant = MADE + timedelta(days=days, seconds=seconds)
    return ("--now", instant.isoformat().replace("+00:00", "Z"), "--pretend-time")


def _fill(url: str, *handles: str) -> None:
    database = Database.open(url, create=True)
    registry = Registry(database, now=MADE)
    for number, registrar in enumerate(("REG-A", "REG-B")):
        card = CardEdit(name=registrar, email=f"{registrar.lower()}@example.net")
        registry.apply(CreateRegistrar(handle=registrar, card=card))
        for handle in handles[number::2]:
            registry.apply(a_contact(handle, registrar=registrar))
    database.close()


@pytest.fixture
def filled(store_url: str, monkeypatch: pytest.MonkeyPatch, rdds: Rdds) -> Rdds:
    """Give ``rdds`` over a store with six contacts that no name ever used, on each engine."""
    monkeypatch.setenv("RDDS_DATABASE_URL", store_url)
    _fill(store_url, *(f"CA{number}" for number in range(6)))
    return rdds


def _states(rdds: Rdds, state: str) -> int:
    return len(rdds("contact", "list", "--state", state, "--json").json["items"])


@pytest.mark.parametrize(
    ("days", "seconds", "deleted"),
    [(59, 0, 0), (60, 0, 0), (89, 0, 0), (90, -1, 0), (90, 0, 6), (1000, 0, 6)],
)
def test_contacts_go_at_day_90_and_not_before(
    filled: Rdds, days: int, seconds: int, deleted: int
) -> None:
    """I-21, I-24, L-01: the run at the pretended instant deletes what is due then."""
    run = filled("--json", "housekeep", *_at(days, seconds=seconds))
    assert run.status == 0
    assert run.json["contacts"] == deleted
    assert (run.json["dry_run"], run.json["registrant_changes"]) == (False, 0)
    assert len(filled("contact", "list", "--json").json["items"]) == 6 - deleted


def test_dry_run_says_what_would_go_and_leaves_it(filled: Rdds) -> None:
    """The real run without its commits: the same count, and all is there."""
    before = filled("contact", "list", "--json").out
    run = filled("housekeep", "--dry-run", *_at(90))
    assert run.out.splitlines()[0] == "This would be done:"
    assert "6  contacts deleted" in run.out
    assert filled("contact", "list", "--json").out == before
    assert filled("--json", "housekeep", *_at(90)).json["contacts"] == 6


def test_text_tells_the_counts(filled: Rdds) -> None:
    """People read a line for each kind of work."""
    run = filled("housekeep", *_at(90))
    assert (run.status, run.err) == (0, "")
    assert [line.split(None, 1)[0] for line in run.out.splitlines()] == ["0", "6", "0", "0"]


def test_history_names_the_door(filled: Rdds) -> None:
    """Section 9: who, and through which door."""
    filled("housekeep", *_at(90))
    last = filled("--json", "history", "contact", "CA1").json["items"][-1]
    assert (last["action"], last["door"]) == ("deleted", "housekeep")
    assert last["at"] == "2026-05-30T12:00:00Z"


@pytest.mark.parametrize("words", [("--now", "2030-01-01"), ("--pretend-time",)])
def test_another_time_must_be_owned_up_to(filled: Rdds, words: tuple[str, ...]) -> None:
    """A clock that is not the machine's deletes nothing by mistake: status 2."""
    run = filled("housekeep", *words)
    assert (run.status, run.out) == (2, "")
    assert run.err.startswith("USAGE: ")
    assert len(filled("contact", "list", "--json").json["items"]) == 6


def test_bad_instant_is_refused(filled: Rdds) -> None:
    """What is no instant is named."""
    run = filled("--json", "housekeep", "--now", "soon", "--pretend-time")
    assert (run.status, run.error["code"], run.error["field"]) == (2, "USAGE", "now")


def test_missing_store_on_postgresql_is_told(rdds: Rdds, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server: status 3."""
    monkeypatch.setenv("RDDS_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    assert rdds("housekeep").status == 3


def test_message_waits_for_a_transport(filled: Rdds) -> None:
    """Without settings of mail the registrars' messages stand in the outbox."""
    run = filled("--json", "housekeep", *_at(90))
    assert run.json["messages"] == 0


# A run with small batches that ends itself at its n-th statement, as a power cut would.
KILLED = """
import os, signal, sys
from sqlalchemy import Engine, event
import rdds.housekeeping as housekeeping

housekeeping.FIRST_LIMIT = housekeeping.LEAST_LIMIT = housekeeping.MOST_LIMIT = 4
left = int(sys.argv[1])

def end(*_):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(Engine, "before_cursor_execute", end)
event.listen(Engine, "commit", end)
from rdds.cli import main
sys.exit(main(["--json", "housekeep", *sys.argv[2:]]))
"""


def _killed_at(statement: int, url: str, folder: Path) -> int:
    environment = {name: value for name, value in os.environ.items() if "RDDS_" not in name}
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(statement), *_at(90)],
        cwd=folder,
        env={**environment, "RDDS_DATABASE_URL": url, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert run.returncode in {0, -signal.SIGKILL}, run.stderr.decode()
    return run.returncode


def _rows(database: Database, table: str) -> list[dict[str, Any]]:
    statement = select(metadata.tables[table])
    return database.read(
        lambda connection: [dict(row) for row in connection.execute(statement).mappings()]
    )


def test_kill_at_any_statement_loses_nothing_and_does_nothing_twice(
    store_url: str, tmp_path: Path
) -> None:
    """Issue 5: each batch is whole or not there; the next run goes on, and tells of it all."""
    handles = [f"CA{number}" for number in range(10, 38)]
    _fill(store_url, *handles)
    kills, statement = 0, 8
    while _killed_at(statement, store_url, tmp_path):
        kills, statement = kills + 1, statement + 17
        _check_whole(store_url, handles)
    assert kills >= 3
    told = _check_whole(store_url, handles)
    assert told == {"REG-A": 14, "REG-B": 14}


def _check_whole(url: str, handles: list[str]) -> dict[str, int]:
    database = Database.open(url)
    standing = {row["handle"] for row in _rows(database, "contact")}
    ends = Counter(
        row["subject"] for row in _rows(database, "history") if row["action"] == "deleted"
    )
    assert set(ends.values()) <= {1}
    assert set(ends) == set(handles) - standing
    told: Counter[str] = Counter()
    for row in _rows(database, "outbox"):
        payload = json.loads(row["payload"])
        told[payload["registrar"]] += payload["count"]
    waiting = {row["registrar"]: row["count"] for row in _rows(database, "deletion_notice")}
    assert sum(told.values()) + sum(waiting.values()) == len(ends)
    database.close()
    return dict(told)


def test_run_beside_an_editor_leaves_its_store_in_order(stocked: Rdds) -> None:
    """What is linked stays, whatever the clock."""
    stocked("contact", "create", "KIRI33", *CONTACT)
    run = stocked("--json", "housekeep", "--now", "2100-01-01", "--pretend-time")
    assert run.json["contacts"] == 1
    left = stocked("--json", "contact", "list").json["items"]
    assert [each["id"] for each in left] == ["AROHA1", "TAMA22"]


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00Z", "1969-12-31", "9999-12-31T23:59:59Z"])
def test_instant_without_days_around_it_is_refused(filled: Rdds, instant: str) -> None:
    """No day is counted over the calendar's ends, and nothing is deleted."""
    run = filled("--json", "housekeep", "--now", instant, "--pretend-time")
    assert (run.status, run.error["code"], run.error["field"]) == (2, "USAGE", "now")
    assert len(filled("contact", "list", "--json").json["items"]) == 6


def test_pretended_time_takes_no_other_senders_message(
    filled: Rdds, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim counts by the real clock: what a running server has in hand is not sent twice."""
    monkeypatch.setenv("RDDS_MAIL_SMTP_URL", "smtp://127.0.0.1:1")
    real = datetime.now(UTC)
    database = Database.open(store_url)
    database.write(lambda connection: queue_message(connection, a_message(), now=real))
    claimed = real + timedelta(minutes=10)
    database.write(lambda connection: take_messages(connection, [1], until=claimed))
    pretended = (real + timedelta(days=1)).isoformat(timespec="seconds")
    assert filled("housekeep", "--now", pretended, "--pretend-time").status == 0
    assert _rows(database, "outbox")[0]["tries"] == 1
    database.close()
