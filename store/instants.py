"""Instants: aware datetimes in UTC outside, whole microseconds since 1970 in the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import overload

__all__ = ["from_micros", "later_of", "now", "to_micros"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)


@overload
def from_micros(micros: int) -> datetime: ...
@overload
def from_micros(micros: None) -> None: ...
def from_micros(micros: int | None) -> datetime | None:
    """Read the store's form, ``None`` for none.

    >>> from_micros(1_500_000)
    datetime.datetime(1970, 1, 1, 0, 0, 1, 500000, tzinfo=datetime.timezone.utc)
    """
    # By place: by name it takes half as long again, and an answer has a dozen of them.
    return None if micros is None else _EPOCH + timedelta(0, 0, micros)


def later_of(one: int | None, other: int | None) -> datetime | None:
    """Read the later of two instants in the store's form, ``None`` where both are none."""
    if one is None:
        return from_micros(other)
    return from_micros(one if other is None else max(one, other))


def to_micros(instant: datetime) -> int:
    """Give the store's form of an aware *instant*, exactly."""
    return (instant - _EPOCH) // _MICRO


def now() -> datetime:
    """Give the present: the clock that the composition root hands to both doors of the store."""
    return datetime.now(UTC)
