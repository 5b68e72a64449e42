"""Coroutines that are begun by hand and finished, if they have to wait, in a task.

A ``store.queries.Reader`` that need not wait never suspends: its answers cost neither a task
nor a turn of the loop. The doors take a coroutine's first step themselves, and ``resume`` one
that does wait.
"""

from __future__ import annotations

import types
from collections.abc import Coroutine, Generator
from typing import TypeVar

__all__ = ["resume"]

T = TypeVar("T")


async def resume(coroutine: Coroutine[object, object, T], waited_for: object) -> T:
    """Finish *coroutine*, whose first step was taken by hand and gave *waited_for*."""
    return await _rest(coroutine, waited_for)


@types.coroutine
def _rest(
    coroutine: Coroutine[object, object, T], waited_for: object
) -> Generator[object, object, T]:
    """Carry what the task and *coroutine* tell each other, from the first wait on."""
    while True:
        thrown: BaseException | None = None
        told: object = None
        try:
            told = yield waited_for
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the coroutine's
            thrown = error
        try:
            waited_for = coroutine.send(told) if thrown is None else coroutine.throw(thrown)
        except StopIteration as done:
            result: T = done.value
            return result
