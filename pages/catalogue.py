"""The pages' words: a file for each language, all with the same keys."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from store.languages import LANGUAGES

__all__ = ["LANGUAGES", "read_texts"]

_FOLDER = Path(__file__).parent / "texts"


def read_texts(language: str) -> Mapping[str, str]:
    """Read the words of *language*, one of :data:`LANGUAGES`; tables become dotted keys."""
    tables = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return MappingProxyType(dict(_flat(tables)))


def _flat(table: Mapping[str, object], stem: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{stem}{key}.")
        else:
            yield f"{stem}{key}", str(value)
