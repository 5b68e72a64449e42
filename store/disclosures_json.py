"""Holders' words on what is shown of them as JSON values, in columns and in patches."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from store.instants import from_micros, to_micros
from store.model import Disclosure, Element

__all__ = ["disclosures_json", "read_disclosures"]


def disclosures_json(disclosures: Iterable[Disclosure]) -> dict[str, int | None]:
    """Map each element to the instant of consent in microseconds, null where it is hidden."""
    return {
        word.element.value: to_micros(word.at) if word.show and word.at else None
        for word in disclosures
    }


def read_disclosures(said: Mapping[str, int | None]) -> tuple[Disclosure, ...]:
    """Read what :func:`disclosures_json` gave, in the elements' own order."""
    return tuple(
        Disclosure(
            element=element,
            show=said[element.value] is not None,
            at=from_micros(said[element.value]),
        )
        for element in Element
        if element.value in said
    )
