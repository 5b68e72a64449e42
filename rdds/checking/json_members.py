"""A JSON object from a stranger, taken apart member by member.

What nobody takes, and what has another type than it should, becomes a fact of its
own, so that nothing in an answer escapes the comparison.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rdds.checking.facts import Gathering

__all__ = ["Members"]

MOST_SHOWN = 80  # characters of an unknown value


class Members:
    """The members of *found*, which stands at *path* of the document."""

    def __init__(self, found: object, path: str, gathering: Gathering) -> None:
        self._path = path
        self._gathering = gathering
        self._left: dict[str, Any] = dict(found) if isinstance(found, dict) else {}
        if not isinstance(found, dict):
            self._odd("", found)

    def text(self, name: str) -> str | None:
        """Take the string *name*."""
        found = self._left.pop(name, None)
        if found is None or isinstance(found, str):
            return found
        self._odd(name, found)
        return None

    def number(self, name: str) -> int | None:
        """Take the whole number *name*."""
        found = self._left.pop(name, None)
        if found is None or (isinstance(found, int) and not isinstance(found, bool)):
            return found
        self._odd(name, found)
        return None

    def claim(self, name: str) -> bool | None:
        """Take the boolean *name*."""
        found = self._left.pop(name, None)
        if found is None or isinstance(found, bool):
            return found
        self._odd(name, found)
        return None

    def items(self, name: str) -> list[object]:
        """Take the array *name*, empty where there is none."""
        found = self._left.pop(name, None)
        if found is None or isinstance(found, list):
            return found or []
        self._odd(name, found)
        return []

    def texts(self, name: str) -> list[str]:
        """Take the array of strings *name*."""
        found = self.items(name)
        for each in found:
            if not isinstance(each, str):
                self._odd(name, each)
        return [each for each in found if isinstance(each, str)]

    def members(self, name: str) -> Members | None:
        """Take the object *name*."""
        if name not in self._left:
            return None
        return Members(self._left.pop(name), self._at(name), self._gathering)

    def objects(self, name: str) -> list[Members]:
        """Take the array of objects *name*."""
        return [Members(each, self._at(name), self._gathering) for each in self.items(name)]

    def drop(self, names: Iterable[str]) -> None:
        """Pass over the members *names*."""
        for name in names:
            self._left.pop(name, None)

    def end(self) -> None:
        """Turn whatever is left into facts."""
        for name, found in self._left.items():
            self._odd(name, found)
        self._left = {}

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path and name else self._path or name

    def _odd(self, name: str, found: object) -> None:
        self._gathering.add(f"RDAP member {self._at(name)}"[:MOST_SHOWN], repr(found)[:MOST_SHOWN])
