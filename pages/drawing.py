"""What a record looks like before it is markup: sections, cards, rows and lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from pages.asking import Sought
from pages.text import clean, instant
from store.published import Field, Withheld

__all__ = ["Card", "Line", "Pen", "Record", "Row", "Section", "Texts"]

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One value: its text, where a link leads, and small print.

    ``moment`` is the machine's spelling of a date. ``withheld``: ``text`` is the zone's
    wording for a value that is not shown.
    """

    text: str
    href: str | None = None
    note: str | None = None
    moment: str | None = None
    withheld: bool = False
    fixed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A label and its values, one at least."""

    label: str
    lines: tuple[Line, ...]
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A contact or a host among others. ``mark`` is a word beside the title."""

    title: str
    rows: tuple[Row, ...]
    mark: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a record: rows, or cards of rows."""

    title: str
    rows: tuple[Row, ...] = ()
    cards: tuple[Card, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A whole record. ``kind`` says what it is of, ``also`` is the title's other spelling."""

    title: str
    kind: str
    sections: tuple[Section, ...]
    also: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """Writes labels and values in one language, and links below one path.

    ``language`` is the one that the person chose, which links keep; ``None`` leaves it to
    the browser.
    """

    texts: Texts
    prefix: str
    language: str | None = None

    def place(self, name: str, sought: Sought = Sought.ANY, below: str = "") -> str:
        """Give the path of this page's answer for *name*, or of a page *below* it."""
        kind = f"kind={sought.value}" if sought.value else ""
        asked = quote(name.encode("utf-8", "replace"), safe="")
        return self.path(below, f"name={asked}", kind)

    def path(self, below: str = "", *pieces: str) -> str:
        """Give the path of a page *below* the prefix, with *pieces* of a query."""
        lang = f"lang={self.language}" if self.language else ""
        query = "&".join(piece for piece in (*pieces, lang) if piece)
        return f"{self.prefix}{below}{'?' if query else ''}{query}"

    def say(self, key: str, **values: object) -> str:
        """Give the text *key* with *values* in it."""
        return self.texts[key].format(**values)

    def row(self, key: str, *lines: Line | None, href: str | None = None) -> Iterable[Row]:
        """Give the row labelled by the text *key*, or none if it has no line."""
        there = tuple(line for line in lines if line is not None and line.text)
        if there:
            yield Row(label=self.texts[key], lines=there, href=href)

    def line(self, text: str | None, href: str | None = None, note: str | None = None) -> Line:
        """Write a value; an empty one makes no row."""
        return Line(text=clean(text or ""), href=href, note=note)

    def field(self, field: Field, redaction: str) -> Line | None:
        """Write a published field, the wording *redaction* for a withheld one."""
        if isinstance(field, Withheld):
            return self.withheld(field, redaction)
        return None if field is None else self.line(field)

    def withheld(self, field: Withheld, redaction: str) -> Line:
        """Say that a value is withheld, and whose will that is."""
        why = self.texts[f"withheld.{field.reason.value}"]
        return Line(text=clean(redaction), note=why, withheld=True)

    def moment(self, moment: datetime | None) -> Line | None:
        """Write a date for people, with the machine's spelling beside it."""
        if moment is None:
            return None
        utc = moment.astimezone(UTC)
        text = self.say(
            "moment",
            day=utc.day,
            month=self.texts[f"month.{utc.month}"],
            year=utc.year,
            time=f"{utc:%H:%M:%S}",
        )
        return Line(text=text, moment=instant(moment))
