"""The messages' words: a file for each language, all with the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from store.languages import LANGUAGES

__all__ = ["LANGUAGES", "read_texts"]

_FOLDER = Path(__file__).parent / "texts"


@cache
def read_texts(language: str) -> Mapping[str, str]:
    """Read the words of *language*, English for one that is not there; tables become dotted keys.

    >>> read_texts("it")["month.1"], read_texts("tlh") == read_texts("en")
    ('gennaio', True)
    """
    known = language if language in LANGUAGES else LANGUAGES[0]
    tables = tomllib.loads((_FOLDER / f"{known}.toml").read_text(encoding="utf-8"))
    return MappingProxyType(dict(_flat(tables)))


def _flat(table: Mapping[str, object], stem: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{stem}{key}.")
        else:
            yield f"{stem}{key}", str(value)
