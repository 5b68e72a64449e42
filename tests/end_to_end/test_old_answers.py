"""A node whose standby was cut off: what it shows says how old it may be, if it shows anything."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store.model import Role
from store.sql.database import Database
from tests.end_to_end.programs import Program, Serving
from tests.postgresql_pair import Pair, running_pair
from tests.stores import RowWriter, write_rows

SECONDS = 60.0  # a busy machine may be late with a heartbeat at any time
AGE = "may be missing from this answer."
PAGE = "Possibly Out of Date"


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    rows.contact(1, city="City 0")
    rows.domain(1, "shop.example", {Role.REGISTRANT: 1, Role.ADMIN: 1, Role.TECH: 1})
    rows.row("zone", name="example")


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Give two servers with a store that holds one name."""
    with running_pair() as pair:
        database = Database(pair.primary.url)
        database.upgrade()
        write_rows(database, _fill)
        database.close()
        yield pair


def _program(folder: Path, pair: Pair, *, old_answers: int) -> Program:
    settings = (
        f'[database]\nread_urls = ["{pair.standby.url}"]\nlease = 3\nold_answers = {old_answers}\n'
        '[zones.example]\nprofile = "irs"\n'
    )
    return Program(folder, pair.primary.url, settings)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def _titles(serving: Serving) -> list[str]:
    status, document = serving.ask_rdap("domain/shop.example")
    return [each["title"] for each in document["notices"]] if status == 200 else []


def test_an_old_answer_says_so_until_the_primary_is_back(tmp_path: Path, pair: Pair) -> None:
    """In both protocols; a name that isn't there is unavailable, and the next edit shows."""
    program = _program(tmp_path, pair, old_answers=600)
    with program.serve() as serving:
        _until(lambda: AGE not in serving.ask_whois("shop.example"))
        _until(lambda: PAGE not in _titles(serving))
        pair.primary.stop("immediate")
        _until(lambda: AGE in serving.ask_whois("shop.example"))
        assert "City: City 0" in serving.ask_whois("shop.example")
        assert _titles(serving)[0] == PAGE
        assert "temporarily unavailable" in serving.ask_whois("free.example")
        assert serving.ask_rdap("domain/free.example")[0] == 503
        pair.primary.start()
        _until(lambda: AGE not in serving.ask_whois("shop.example"))
        _until(lambda: PAGE not in _titles(serving))
        update = ("contact", "update", "C1", "--city", "Next")
        _until(lambda: program.run(*update).returncode == 0)
        assert "City: Next" in serving.ask_whois("shop.example")
        _until(lambda: serving.ask_rdap("domain/free.example")[0] == 404)


def test_nothing_old_is_shown_unasked(tmp_path: Path, pair: Pair) -> None:
    """By default a node that can't prove that it is fresh says "unavailable"."""
    with _program(tmp_path, pair, old_answers=0).serve() as serving:
        _until(lambda: "City: City 0" in serving.ask_whois("shop.example"))
        pair.primary.stop("immediate")
        _until(lambda: "temporarily unavailable" in serving.ask_whois("shop.example"))
        assert serving.ask_rdap("domain/shop.example")[0] == 503
