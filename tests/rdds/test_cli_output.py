"""How results are printed: streamed, on lines, in UTF-8, without control characters."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from rdds.cli import output
from rdds.cli.session import Session


@pytest.mark.parametrize("as_json", [True, False])
def test_list_is_streamed(capfdbinary: pytest.CaptureFixture[bytes], *, as_json: bool) -> None:
    """Rows leave memory as they come, whatever their number."""
    alive: set[int] = set()
    most = 0

    class Row(dict[str, object]):
        def __init__(self, number: int) -> None:
            super().__init__(name=f"name{number}.example", number=number)
            alive.add(number)

        def __del__(self) -> None:
            alive.discard(self["number"])

    def rows() -> Iterator[Row]:
        nonlocal most
        for number in range(5000):
            yield Row(number)
            most = max(most, len(alive))

    output.print_list(Session(as_json=as_json), rows(), ("name", "number"))
    said = capfdbinary.readouterr().out.decode()
    assert most < 300
    if as_json:
        assert len(json.loads(said)["items"]) == 5000
    else:
        assert len(said.splitlines()) == 5001


def test_empty_list_is_an_empty_object(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Nothing to list is an object without items, and no table."""
    output.print_list(Session(as_json=True), iter(()), ("name",))
    assert json.loads(capfdbinary.readouterr().out) == {"items": []}
    output.print_list(Session(), iter(()), ("name",))
    assert capfdbinary.readouterr().out == b""


def test_list_that_fails_at_once_prints_nothing(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A store that refuses before the first row leaves standard output empty."""

    def rows() -> Iterator[dict[str, object]]:
        raise LookupError
        yield {}

    with pytest.raises(LookupError):
        output.print_list(Session(as_json=True), rows(), ("name",))
    assert capfdbinary.readouterr().out == b""


@pytest.mark.parametrize("as_json", [True, False])
def test_hostile_text_stays_on_its_line(
    capfdbinary: pytest.CaptureFixture[bytes], *, as_json: bool
) -> None:
    """No control character of a value reaches the terminal."""
    hostile = "X\r\nRegistrar: Evil\x1b[2J\x9b\u2028\u202e\ud800 日本 é"
    record = {"name": hostile, "street": [hostile], "next": {"a": hostile}}
    output.print_record(Session(as_json=as_json), record)
    said = capfdbinary.readouterr().out.decode()
    assert "日本 é" in said
    for letter in "\r\x1b\x9b\u2028\u202e":
        assert letter not in said
    if not as_json:
        assert len(said.splitlines()) == 3


def test_record_shows_what_has_a_value(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Fields stand one under the other, lists line by line, empty ones not at all."""
    record: dict[str, object] = {
        "id": "A",
        "org": None,
        "street": ["1", "2"],
        "links": [],
        "held": False,
        "at": {},
    }
    output.print_record(Session(), record)
    assert capfdbinary.readouterr().out.decode().splitlines() == [
        "id      A",
        "street  1",
        "        2",
        "held    no",
    ]


def test_table_lines_up_wide_letters(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Columns line up for letters of two cells and for combining marks."""
    output.print_table(("a", "b"), [("日本", "x"), ("e\u0301é", "y")])
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert lines == ["a     b", "日本  x", "e\u0301é    y"]
