"""What isn't shown costs nothing: the rows that a search reads are the same without it."""

from __future__ import annotations

import time
from collections.abc import Generator

import pytest

from store.model import Role
from store.policy import RegistryPolicy
from store.queries import Absent, Answer, RelatedBy, ReverseSearch, Sought
from store.searching.answering import Searches
from store.sql.database import Database
from store.sql.held_rows import Rows
from store.sql.reading import Fetch
from store.sql.sources import _SqliteSearcher
from tests.stores import RowWriter, write_rows

EMAIL = "desk@example.net"
POLICY = RegistryPolicy()


def _fill(rows: RowWriter) -> None:
    """Give forty holders of one shown address; half are namesakes whose name is withheld."""
    rows.registrar()
    for ident in range(1, 41):
        name = "Hidden Name" if ident % 2 else f"Other {ident}"
        rows.contact(ident, name=name, email=EMAIL, disclosures='{"email": 1600000000000000}')
        rows.domain(ident, f"shop{ident}.example", {Role.REGISTRANT: ident})
    rows.row("change_log", at=1_700_000_000_000_000, kind="x", subject="x")


def _noted(
    reading: Generator[Fetch, Rows, Answer], read: list[Rows]
) -> Generator[Fetch, Rows, Answer]:
    """Run *reading* and note the rows that it is given."""
    try:
        asked = next(reading)
        while True:
            rows = yield asked
            read.append(rows)
            asked = reading.send(rows)
    except StopIteration as end:
        answer: Answer = end.value
        return answer


@pytest.mark.parametrize("terms", [(RelatedBy.EMAIL,), ()], ids=["with-email", "name-alone"])
def test_a_withheld_name_is_read_as_little_as_one_that_nobody_has(
    sqlite_url: str, terms: tuple[RelatedBy, ...]
) -> None:
    """contacts.md P-04, conformance.md 5.4.5: neither found nor to be told by what is read."""
    database = Database.open(sqlite_url)
    write_rows(database, _fill)
    path = database.path
    assert path is not None
    searcher = _SqliteSearcher(path)
    searches = Searches(POLICY)
    read: dict[str, list[Rows]] = {}
    for name in ("Hidden Name", "Nobody's Name"):
        asked = ((RelatedBy.FULL_NAME, name), *((term, EMAIL) for term in terms))
        query = ReverseSearch(sought=Sought.DOMAINS, terms=asked)
        noted = _noted(searches.answer(query), read.setdefault(name, []))
        answer = searcher.run_until(noted, time.monotonic() + 600)
        assert isinstance(answer, Absent)
    assert read["Hidden Name"] == read["Nobody's Name"]
    searcher.shut()
    database.close()
