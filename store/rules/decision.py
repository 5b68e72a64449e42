"""What a rule decides, and how it names the field to blame."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from store.errors import Code, RegistryError

__all__ = ["Decision", "blamed_on", "check_version", "name_some"]

T = TypeVar("T")

NAMED = 20  # how many objects a refusal names before it only counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Generic[T]):
    """The new state of one record, and what is unlikely about it all the same."""

    record: T
    warnings: tuple[str, ...] = ()


@contextmanager
def blamed_on(field: str) -> Iterator[None]:
    """Give every refusal inside the name of the option that brought the value."""
    try:
        yield
    except RegistryError as error:
        raise RegistryError(error.code, error.message, field=field) from error


def check_version(found: int, wanted: int | None) -> None:
    """Hold a change to the version it was made on, where it names one (D-30).

    Raises:
        RegistryError: ``CONFLICT``.
    """
    if wanted is not None and wanted != found:
        raise RegistryError(
            Code.CONFLICT,
            f"The edit was made on version {wanted}, the store holds version {found}.",
            field="version",
        )


def name_some(names: tuple[str, ...]) -> str:
    """List *names* in a sentence, the first twenty and a count of the rest.

    >>> name_some(("a.example", "b.example"))
    'a.example, b.example'
    """
    more = len(names) - NAMED
    listed = ", ".join(names[:NAMED])
    return f"{listed} and {more} more" if more > 0 else listed
