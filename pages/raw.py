"""The doors' own answers, handed in: this package knows neither protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from store.queries import Answer

__all__ = ["Raw", "RawAnswers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A protocol's answer: an HTTP status, the bytes and their media type."""

    status: int
    body: bytes
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswers:
    """How an answer of the store reads at both doors; pure functions of the doors.

    ``None``: the door has no question that is answered so.
    """

    whois: Callable[[Answer], Raw | None]
    rdap: Callable[[Answer], Raw | None]
