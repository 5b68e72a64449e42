"""Expect a coded refusal, or take a check's outcome as a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import pytest

from store.errors import Code, RegistryError

__all__ = ["outcome", "refused"]

T = TypeVar("T")


@contextmanager
def refused(code: Code, field: str | None) -> Iterator[None]:
    """Expect a ``RegistryError`` with *code* for *field*."""
    with pytest.raises(RegistryError) as caught:
        yield
    assert (caught.value.code, caught.value.field) == (code, field)
    assert caught.value.message.isprintable()


def outcome(call: Callable[[], T]) -> T | RegistryError:
    """Give what *call* gives, or its coded refusal; anything else it raises goes on."""
    try:
        return call()
    except RegistryError as error:
        return error
