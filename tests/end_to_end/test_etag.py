"""Entity-tags of a running server: an edit shows in them exactly where it shows in an answer."""

from __future__ import annotations

import http.client
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.end_to_end.programs import Program, Serving


def _get(serving: Serving, name: str, tag: str = "") -> tuple[int, str]:
    """Ask for a domain under the condition that it is not *tag*; give status and tag."""
    base = urlsplit(serving.rdap)
    connection = http.client.HTTPConnection(base.netloc, timeout=30)
    try:
        fields = {"If-None-Match": tag} if tag else {}
        connection.request("GET", f"{base.path}domain/{name}", headers=fields)
        response = connection.getresponse()
        response.read()
        return response.status, response.headers["ETag"]
    finally:
        connection.close()


@pytest.fixture
def program(tmp_path: Path) -> Program:
    """Give `rdds` with an SQLite store in a folder of its own."""
    return Program(tmp_path, f"sqlite:///{tmp_path / 'rdds.sqlite3'}")


def test_an_edit_ends_what_a_client_holds(program: Program) -> None:
    """The next question gets 200 and a new tag; names that the edit doesn't touch stay 304."""
    with program.serve("--demo", "--workers", "2") as serving:
        _, shop = _get(serving, "shop.example")
        _, other = _get(serving, "lantern.example")
        assert {_get(serving, "shop.example", shop) for _ in range(8)} == {(304, shop)}
        program.do("contact", "update", "AROHA1", "--city", "Porirua")
        answers = {_get(serving, "shop.example", shop) for _ in range(8)}
        assert len(answers) == 1
        ((status, tag),) = answers
        assert status == 200
        assert tag != shop
        assert _get(serving, "lantern.example", other) == (304, other)


def test_an_edit_that_nobody_may_see_shows_in_no_tag(program: Program) -> None:
    """A proxied holder moves house: the answer is the same, and so is its tag."""
    with program.serve("--demo") as serving:
        holder = program.do("domain", "show", "veiled.example")["registrant"]
        _, before = _get(serving, "veiled.example")
        program.do("contact", "update", holder, "--city", "Porirua", "--street", "2 Quay")
        assert program.do("contact", "show", holder)["city"] == "Porirua"
        assert _get(serving, "veiled.example", before) == (304, before)
