"""What an answer says, as facts: a key and neutral values, whichever door said it.

Keys are spelled as the keys of port 43 (``Registrant Name``, ``Name Server``). The
store's published value and both doors' answers are read into the same facts, each by
a reader of its own that shares no table with the door that wrote the answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

__all__ = ["REGISTERED", "STAMP", "UNREGISTERED", "Facts", "Gathering", "Hidden", "Value"]


class Hidden(Enum):
    """A fact without a value to compare."""

    WITHHELD = "(withheld)"
    # RDAP leaves a withheld value out as it leaves out what isn't there, unless the
    # answer lists its redactions (RFC 9537).
    UNTOLD = "(withheld or none)"


Value = tuple[str, ...] | Hidden
Facts = Mapping[str, Value]

REGISTERED = "Registered"
UNREGISTERED: Facts = {REGISTERED: ("no",)}
STAMP = "Last update"


class Gathering:
    """Facts in the making: the values of a key add up, and texts without letters are none."""

    def __init__(self) -> None:
        self._values: dict[str, list[str]] = {}
        self._hidden: dict[str, Hidden] = {}

    def add(self, key: str, *texts: str | None) -> None:
        """Add *texts* to the values of *key*."""
        shown = [text for text in texts if text]
        if shown:
            self._values.setdefault(key, []).extend(shown)

    def hide(self, key: str, how: Hidden) -> None:
        """Say that *key* has a value that isn't shown; a value that is shown wins."""
        self._hidden[key] = how

    def facts(self, unordered: Iterable[str] = (), single: Iterable[str] = ()) -> Facts:
        """Give the facts: the *unordered* ones sorted, of the *single* ones equal values once."""
        found: dict[str, Value] = {**self._hidden}
        for key, values in self._values.items():
            found[key] = tuple(values)
        for key in unordered:
            if key in self._values:
                found[key] = tuple(sorted(self._values[key]))
        for key in single:
            if key in self._values:
                found[key] = tuple(dict.fromkeys(self._values[key]))
        return found
