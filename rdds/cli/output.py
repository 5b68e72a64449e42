"""What commands print: records, streamed lists, outcomes; text for people, or JSON."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, BinaryIO

from rdds.cli.failures import one_line

if TYPE_CHECKING:
    from rdds.cli.session import Session
    from store.outcomes import Completed, Held, Outcome

__all__ = [
    "note",
    "print_json",
    "print_list",
    "print_outcome",
    "print_record",
    "print_table",
    "write_line",
]

_MEASURED = 200  # rows of a list that decide the columns' widths
# What JSON may hold as it is and a terminal should not get; escaped, it reads back the same.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_WIDEST = 48  # characters of a column, unless it is the last


def _standard_output() -> BinaryIO | None:
    return None if sys.stdout is None else sys.stdout.buffer  # None: the shell closed it


def write_line(line: str) -> None:
    """Print one line in UTF-8, whatever the locale; what UTF-8 can't say is a question mark."""
    out = _standard_output()
    if out is not None:
        out.write(line.encode("utf-8", "replace") + b"\n")


def note(line: str) -> None:
    """Say something beside the result, on standard error."""
    if sys.stderr is not None:
        sys.stderr.buffer.write(one_line(line).encode("utf-8", "replace") + b"\n")
        sys.stderr.flush()


def print_json(value: Mapping[str, object]) -> None:
    """Print one JSON object."""
    write_line(_json_text(value, indent=2))


def _json_text(value: Mapping[str, object], indent: int | None = None) -> str:
    """Spell *value* as JSON with letters as they are and every control character escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    return _ESCAPED.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def print_record(session: Session, record: Mapping[str, object]) -> None:
    """Print one record: the fields that have a value, one under the other, or JSON."""
    if session.as_json:
        print_json(record)
        return
    shown = {key: lines for key, value in record.items() if (lines := _lines(value))}
    width = max(map(len, shown), default=0)
    for key, lines in shown.items():
        for place, line in enumerate(lines):
            write_line(f"{key if not place else '':<{width}}  {line}".rstrip())


def print_list(
    session: Session, items: Iterable[Mapping[str, object]], columns: Sequence[str]
) -> None:
    """Print a list as it comes: a table of *columns*, or one JSON object of all fields."""
    rows = iter(items)
    first = list(islice(rows, 1))  # a store that refuses does so before anything is printed
    if session.as_json:
        _stream_json(chain(first, rows))
    else:
        _stream_table(chain(first, rows), columns)


def _stream_json(rows: Iterator[Mapping[str, object]]) -> None:
    before = '{"items": ['
    for row in rows:
        write_line(before + _json_text(row))
        before = ","
    write_line(("" if before == "," else before) + "]}")


def _stream_table(rows: Iterator[Mapping[str, object]], columns: Sequence[str]) -> None:
    cells = ([_cell(row.get(column)) for column in columns] for row in rows)
    first = next(cells, None)
    if first is not None:
        print_table([column.replace("_", " ") for column in columns], chain([first], cells))


def print_table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table as its rows come; the first ones decide the columns' widths."""
    coming = ([one_line(cell) for cell in row] for row in rows)
    measured = list(islice(coming, _MEASURED))
    widths = [
        min(_WIDEST, max(_width(row[place]) for row in (titles, *measured)))
        for place in range(len(titles))
    ]
    for row in chain([titles], measured, coming):
        padded = (
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        )
        write_line("  ".join(padded).rstrip())


def print_outcome(
    session: Session, outcome: Outcome, *, dry_run: bool, names: int | None = None
) -> None:
    """Print what a change did or, in a dry run, would do; *names* is how many it is about."""
    if session.as_json:
        told = {} if names is None else {"names": names}
        print_json(_outcome_object(outcome, dry_run=dry_run) | told)
        return
    plain = outcome.action == "unchanged" or not dry_run
    said = outcome.action if plain else f"would be {outcome.action}:"
    write_line(one_line(f"{said} {outcome.kind} {outcome.subject}"))
    if dry_run or outcome.action not in _WHOLE:
        for field, (old, new) in outcome.changes.items():
            write_line(f"  {change_text(field, (old, new))}")
    for original, copy in outcome.copies.items():
        write_line("  " + one_line(f"{original} copied as {copy}"))
    if names and outcome.action != "unchanged":
        write_line(f"  {_counted(names, outcome.held)}")
    for line in _change_lines(outcome, dry_run=dry_run):
        write_line("  " + line)
    for warning in outcome.warnings:
        note(f"warning: {warning}")


_WHOLE = frozenset({"created", "added", "deleted", "removed"})  # no diff worth reading
_NAMED = frozenset({"domain", "host", "reserved-name"})
_NUMBERED = frozenset({"registrant-change"})


def _counted(names: int, held: Held | None) -> str:
    """Say on how many names an edit shows, and how many of them would change hands.

    >>> _counted(1, None)
    'on 1 name'
    """
    said = f"on {names:,} {'name' if names == 1 else 'names'}"
    if held is None or held.names == names:
        return said
    return f"{said}, as registrant on {held.names:,}"


def _change_lines(outcome: Outcome, *, dry_run: bool) -> Iterator[str]:
    """Say which registrant change an edit waits for, or which one brought it."""
    if outcome.held is not None:
        yield from _held_lines(outcome.held, dry_run=dry_run)
    if outcome.completed is not None:
        yield from _completed_lines(outcome.completed, dry_run=dry_run)


def _completed_lines(completed: Completed, *, dry_run: bool) -> Iterator[str]:
    """Say what agents of both parties completed at once (R-18)."""
    from store.records_json import rfc3339

    number = (
        "a registrant change" if dry_run else f"registrant change {completed.registrant_change}"
    )
    yield f"approved by agents of both registrants: {number}"
    if completed.lock_until is not None:
        yield f"no transfer to another registrar until {rfc3339(completed.lock_until)}"


def _held_lines(held: Held, *, dry_run: bool) -> Iterator[str]:
    """Say what an edit waits for."""
    from store.records_json import rfc3339
    from store.registrant_changes import ChangeParty

    asked = "the new registrant" if held.asked is ChangeParty.NEW else "the current registrant"
    number = "a registrant change" if dry_run else f"registrant change {held.registrant_change}"
    yield f"nothing changes before it is approved: {number}"
    yield f"asked first: {asked}; both have time until {rfc3339(held.deadline)}"


def _held_object(held: Held, *, dry_run: bool) -> dict[str, object]:
    """Give what the interface promises; a dry run opens no change, so it has no number."""
    from store.records_json import rfc3339

    return {
        "held": True,
        "registrant_change": None if dry_run else held.registrant_change,
        "deadline": rfc3339(held.deadline),
        "asked": held.asked.value,
        "names_as_registrant": held.names,
    }


def _completed_object(completed: Completed, *, dry_run: bool) -> dict[str, object]:
    """Give the change that agents completed; a dry run keeps none, so it has no number."""
    from store.records_json import rfc3339

    return {
        "registrant_change": None if dry_run else completed.registrant_change,
        "lock_until": rfc3339(completed.lock_until),
    }


def _outcome_object(outcome: Outcome, *, dry_run: bool) -> dict[str, object]:
    key = "name" if outcome.kind in _NAMED else "id"
    change: dict[str, object] = {}
    if outcome.held is not None:
        change = _held_object(outcome.held, dry_run=dry_run)
    elif outcome.completed is not None:
        change = _completed_object(outcome.completed, dry_run=dry_run)
    return {
        "kind": outcome.kind,
        key: int(outcome.subject) if outcome.kind in _NUMBERED else outcome.subject,
        "action": outcome.action,
        "dry_run": dry_run,
        "changes": {field: list(change) for field, change in outcome.changes.items()},
        "copies": dict(outcome.copies),
        "warnings": list(outcome.warnings),
        **change,
    }


def change_text(field: str, change: object) -> str:
    """Give what happened to *field*, ``field: old -> new``, or its value where it is no pair.

    >>> change_text("voice", [None, "+64.48312000"])
    'voice: - -> +64.48312000'
    """
    match change:
        case [old, new]:
            return one_line(f"{field}: {_cell(old) or '-'} -> {_cell(new) or '-'}")
        case _:
            return one_line(f"{field}: {_cell(change)}")


def _lines(value: object) -> list[str]:
    """Give *value* as lines of its own: an item, or a key and its value, each."""
    match value:
        case None | "":
            return []
        case list() | tuple():
            return [_cell(item) for item in value]
        case dict():
            return [one_line(f"{key} {_cell(item)}") for key, item in value.items()]
        case _:
            return [_cell(value)]


def _cell(value: object) -> str:
    """Give *value* as text on one line."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(_cell(item) for item in value)
        case dict():
            return "  ".join(cell for item in value.values() if (cell := _cell(item)))
        case _:
            return one_line(str(value))


def _width(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.combining(letter)
        else 2
        if unicodedata.east_asian_width(letter) in "WF"
        else 1
        for letter in text
    )
