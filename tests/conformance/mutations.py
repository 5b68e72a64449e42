"""Ways to break a good answer: what to change, and in which of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.conformance.exchanges import Exchange, Pair, Twins, WhoisExchange
from tests.conformance.good_answers import GOOD, changed

__all__ = ["Broken", "answer", "drop", "edit", "in_pair", "put", "text"]

Asked = Exchange | WhoisExchange | Pair | Twins
Step = str | int
MISSING = object()


@dataclass(frozen=True, slots=True)
class Broken:
    """A good answer by its name and what breaks it."""

    good: str
    change: Callable[[Any], Asked]

    def exchange(self) -> Asked:
        """Give the broken answer."""
        return self.change(GOOD[self.good])


def put(good: str, *steps: Step, value: Any) -> Broken:
    """Set the member at *steps* of a document; one beyond a list's end is added."""
    return edit(good, lambda document: _put(document, steps, value))


def drop(good: str, *steps: Step) -> Broken:
    """Take the member at *steps* of a document away."""
    return edit(good, lambda document: _put(document, steps, MISSING))


def edit(good: str, change: Callable[[Any], None]) -> Broken:
    """Change a document in place."""

    def apply(exchange: Exchange) -> Exchange:
        document = json.loads(exchange.body)
        change(document)
        return changed(exchange, document)

    return Broken(good, apply)


def answer(good: str, **values: Any) -> Broken:
    """Set members of an exchange itself: its status, headers, body or URL."""
    return Broken(good, lambda exchange: replace(exchange, **values))


def text(good: str, old: str, new: str) -> Broken:
    """Replace the first *old* of an answer of port 43; lines end in LF here."""

    def apply(whois: WhoisExchange) -> WhoisExchange:
        before = whois.answer.decode().replace("\r\n", "\n")
        assert old in before
        after = before.replace(old, new, 1).replace("\n", "\r\n")
        return replace(whois, answer=after.encode())

    return Broken(good, apply)


def in_pair(broken: Broken) -> Broken:
    """Break one side of the good pair."""

    def apply(pair: Pair) -> Pair:
        side = "whois" if broken.good.startswith("whois") else "rdap"
        return replace(pair, **{side: broken.exchange()})

    return Broken("pair", apply)


def _put(document: Any, steps: tuple[Step, ...], value: Any) -> None:
    *outer, last = steps
    for step in outer:
        document = document[step]
    if value is MISSING:
        del document[last]
    elif isinstance(document, list) and last == len(document):
        document.append(value)
    else:
        document[last] = value
