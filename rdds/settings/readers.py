"""Readers: how one setting's value is read from TOML or from a variable's text.

A reader takes what TOML gave (or what its ``spell`` made of a variable) and gives the
value in force, or raises ``ValueError`` with the end of a sentence: ``is not …``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Generic, TypeVar

__all__ = [
    "Network",
    "Reader",
    "choice",
    "chosen",
    "each",
    "flag",
    "listed",
    "nearest",
    "network",
    "number",
    "optional",
    "parsed",
    "split_list",
    "text",
    "whole",
    "word_of",
]

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=Enum)
Network = IPv4Network | IPv6Network

_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader(Generic[T_co]):
    """How a value is read, and how a variable's text becomes what TOML would have given."""

    read: Callable[[object], T_co]
    spell: Callable[[str], object] = str


def nearest(word: str, known: Iterable[str]) -> str:
    """Give ``; did you mean X?`` for the name in *known* nearest to *word*; nothing for no word.

    >>> nearest("patiense", ["listen", "patience"])
    '; did you mean patience?'
    """
    if not word:
        return ""
    return f"; did you mean {get_close_matches(word, list(known), n=1, cutoff=0.0)[0]}?"


def text(raw: object) -> str:
    """Read one line of text without control characters."""
    if not isinstance(raw, str):
        raise ValueError("is not a text")  # noqa: TRY004 - one kind of error for a bad value
    if _CONTROLS.search(raw):
        raise ValueError("holds a control character")
    return raw


def listed(raw: object) -> list[object]:
    """Read a list; one value alone is a list of it."""
    if isinstance(raw, list):
        return raw
    if isinstance(raw, dict):
        raise ValueError("is not a list")  # noqa: TRY004 - one kind of error for a bad value
    return [raw]


def split_list(raw: str) -> object:
    """Cut a variable's list at its commas; empty pieces are none."""
    return [piece.strip() for piece in raw.split(",") if piece.strip()]


def parsed(parse: Callable[[str], T]) -> Reader[T]:
    """Read a text that *parse* takes."""
    return Reader(read=lambda raw: parse(text(raw)))


def optional(parse: Callable[[str], T]) -> Reader[T | None]:
    """Read a text that *parse* takes; an empty one is none."""

    def read(raw: object) -> T | None:
        line = text(raw)
        return parse(line) if line else None

    return Reader(read=read)


def each(parse: Callable[[str], T]) -> Reader[tuple[T, ...]]:
    """Read a list of texts that *parse* takes."""
    return Reader(
        read=lambda raw: tuple(parse(text(item)) for item in listed(raw)), spell=split_list
    )


def whole(least: int, most: int) -> Reader[int]:
    """Read a whole number between *least* and *most*."""

    def read(raw: object) -> int:
        if type(raw) is not int or not least <= raw <= most:
            raise ValueError(f"is not a whole number from {least} to {most}")
        return raw

    return Reader(read=read, spell=_spell_number)


def number(least: float, most: float) -> Reader[float]:
    """Read a number between *least* and *most*."""

    def read(raw: object) -> float:
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not least <= raw <= most:
            raise ValueError(f"is not a number from {least:g} to {most:g}")
        return float(raw)

    return Reader(read=read, spell=_spell_number)


def flag() -> Reader[bool]:
    """Read true or false."""

    def read(raw: object) -> bool:
        if not isinstance(raw, bool):
            raise ValueError("is neither true nor false")  # noqa: TRY004 - one kind of error for a bad value
        return raw

    return Reader(read=read, spell=lambda raw: {"true": True, "false": False}.get(raw.lower(), raw))


def chosen(raw: object, kind: type[E]) -> E:
    """Read the value of one member of *kind*."""
    word = text(raw)
    known = [str(member.value) for member in kind]
    if word not in known:
        raise ValueError(f"is not {_one_of(known)}{nearest(word, known)}")
    return kind(word)


def choice(kind: type[E]) -> Reader[frozenset[E]]:
    """Read a list of members of *kind*, in any order."""
    return Reader(
        read=lambda raw: frozenset(chosen(item, kind) for item in listed(raw)), spell=split_list
    )


def word_of(known: tuple[str, ...]) -> Reader[str]:
    """Read one of the words *known*."""

    def read(raw: object) -> str:
        word = text(raw)
        if word not in known:
            raise ValueError(f"is not {_one_of(known)}{nearest(word, known)}")
        return word

    return Reader(read=read)


def network(line: str) -> Network:
    """Read a network or one address of either kind."""
    try:
        return ip_network(line.strip())
    except ValueError as error:
        raise ValueError(
            f"holds `{line}`, which is no address or network such as 192.0.2.0/24"
        ) from error


def _spell_number(raw: str) -> object:
    for kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            continue
    return raw


def _one_of(known: list[str] | tuple[str, ...]) -> str:
    return known[0] if len(known) == 1 else f"{', '.join(known[:-1])} or {known[-1]}"
