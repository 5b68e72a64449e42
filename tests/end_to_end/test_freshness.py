"""After an edit's success no door, worker or process gives the old value, nor a mixture."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Self

import pytest

from store.model import Role
from store.sql.database import Database
from tests.end_to_end.programs import Program, Serving
from tests.stores import RowWriter, write_rows

NAMES = 2000
ZONE = '[zones.example]\nprofile = "irs"\n'
CITY = re.compile(r"(?:Registrant|Admin|Tech) City: City (\d+)\r\n")
CODE = re.compile(r"(?:Registrant|Admin|Tech) Postal Code: (\d+)\r\n")


def _fill(rows: RowWriter) -> None:
    rows.registrar()
    rows.contact(1, city="City 0", pc="0")
    for number in range(1, NAMES + 1):
        links = {Role.REGISTRANT: 1, Role.ADMIN: 1, Role.TECH: 1}
        rows.domain(number, f"name{number}.example", links)


def _seen_by_whois(serving: Serving, name: str) -> set[int]:
    text = serving.ask_whois(name)
    found = CITY.findall(text) + CODE.findall(text)
    assert len(found) == 6, text
    return set(map(int, found))


def _seen_by_rdap(serving: Serving, name: str) -> set[int]:
    _, document = serving.ask_rdap(f"domain/{name}")
    found = []
    for entity in document["entities"]:
        for name_of, _, _, value in entity["vcardArray"][1]:
            if name_of == "adr":
                found += [value[3].removeprefix("City "), value[5]]
    assert len(found) == 6
    return set(map(int, found))


class Askers:
    """Two threads that ask without pause, one at each door.

    ``done`` is the newest edit that was acknowledged. Whatever a question began after
    must show it or a later one; whatever it shows must be one edit in all places.
    """

    def __init__(self, serving: Serving) -> None:
        self.done = 0
        self.asked = 0
        self.faults: list[str] = []
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._ask, args=(serving, look))
            for look in (_seen_by_whois, _seen_by_rdap)
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, serving: Serving, look: object) -> None:
        number = 0
        while not self._stop.is_set():
            number = number % NAMES + 1
            least = self.done
            try:
                seen = look(serving, f"name{number}.example")  # type: ignore[operator]
            except Exception as error:  # noqa: BLE001 - a thread's failure is the test's
                self.faults.append(repr(error))
                return
            self.asked += 1
            if len(seen) != 1 or min(seen) < least:
                self.faults.append(f"{look} saw {seen} after edit {least}")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"])
def test_edit_of_a_shared_contact_shows_everywhere_at_once(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """A-06, A-07: every name, both doors, all workers, from the command's success on."""
    url = request.getfixturevalue(f"{engine}_url")
    database = Database.open(url)
    write_rows(database, _fill)
    database.close()
    program = Program(tmp_path, url, ZONE)
    with program.serve("--workers", "2") as serving:
        with Askers(serving) as askers:
            for edit in range(1, 9):
                program.do("contact", "update", "C1", "--city", f"City {edit}", "--pc", str(edit))
                askers.done = edit
                assert _seen_by_whois(serving, f"name{NAMES}.example") == {edit}
                assert _seen_by_rdap(serving, f"name{NAMES}.example") == {edit}
        assert askers.faults == []
        assert askers.asked > 50
