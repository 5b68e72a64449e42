"""What goes into a message, one line each: names, values, instants, all of them cleaned.

A stored value is an argument of a text, never a text itself, and holds no line break: it
can neither bring words of its own for ours nor a line that looks like one of ours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from store.names import unicode_name
from store.outgoing import Sponsor

__all__ = ["Pen", "clean", "shown_name"]

MOST_VALUE = 300  # characters of one value; what is legal is shorter

# Controls and line separators; the directions that could reorder what stands around a value.
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")  # can't be written as UTF-8


def clean(text: str) -> str:
    r"""Give *text* as one line that may stand in a message.

    >>> clean("two\r\nlines ")
    'two lines'
    """
    line = _SURROGATE.sub("\ufffd", _CONTROL.sub(" ", text))
    line = " ".join(line.split())
    return line if len(line) <= MOST_VALUE else f"{line[:MOST_VALUE]}..."


def shown_name(name: str) -> str:
    """Give the inner form *name* for people: the U-labels, and the A-labels beside them.

    >>> shown_name("xn--bcher-kva.example")
    'bücher.example (xn--bcher-kva.example)'
    """
    people = unicode_name(name)
    return clean(name if people is None else f"{people} ({name})")


class Pen:
    """Writes in the words of one language."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    def say(self, key: str, **values: object) -> str:
        """Give the text *key* with *values* in its places."""
        return self._texts[key].format(**values)

    def field(self, name: str) -> str | None:
        """Give what a contact's field is called, ``None`` for one that no message shows."""
        return self._texts.get(f"field.{name}")

    def moment(self, at: datetime) -> str:
        """Give *at* in UTC, cut to the minute: a deadline is never later than it says."""
        at = at.astimezone(UTC)
        month = self.say(f"month.{at.month}")
        return self.say("moment", day=at.day, month=month, year=at.year, time=f"{at:%H:%M}")

    def value(self, value: object) -> str:
        """Give one stored value on one line."""
        parts = value if isinstance(value, list | tuple) else [value]
        said = [clean(str(part)) for part in parts if part is not None]
        return ", ".join(part for part in said if part) or self.say("nothing")

    def few_names(self, names: Sequence[str], count: int) -> str:
        """Give the first of *names* and how many more there are."""
        first = clean(unicode_name(names[0]) or names[0]) if names else "?"
        return self.say("name_more", name=first, count=count - 1) if count > 1 else first

    def reach(self, sponsor: Sponsor | None) -> str:
        """Give the registrar with the ways to reach it."""
        if sponsor is None:
            return self.say("sponsor_none")
        ways = (sponsor.name, sponsor.email, sponsor.voice, sponsor.url)
        return ", ".join(clean(way) for way in ways if way)
