"""A step of a registrant change is one transaction, cut short at each of its statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import Engine, event

from store.changes import AnswerRegistrantChange, Change
from store.registrant_changes import Answer, ChangeParty, ChangeState
from store.sql.database import Database
from tests.store.editing_values import Registry
from tests.store.registrant_changes.doors import doors_say
from tests.store.registrant_changes.parties import (
    NEW,
    PRIOR,
    a_holder,
    edit,
    latest,
    repoint,
    sent,
    state,
    token,
)

MOST = 200  # statements of one step, far above what any has


class CutError(Exception):
    """The end of a step before its own."""


@contextmanager
def _cut_at(statement: int) -> Iterator[None]:
    """Let the n-th statement fail that this process sends."""
    left = statement

    def end(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise CutError

    event.listen(Engine, "before_cursor_execute", end)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", end)


def _cut_everywhere(registry: Registry, step: Callable[[], object]) -> int:
    """Cut *step* at each statement in turn, until it gets through; give how many there were."""
    before = registry.rows()
    for statement in range(1, MOST):
        try:
            with _cut_at(statement):
                step()
        except CutError:
            assert registry.rows() == before, statement
        else:
            return statement - 1
    raise AssertionError("the step has no end")


def _yes(registry: Registry, party: ChangeParty) -> AnswerRegistrantChange:
    """Give the approval of *party*, over a link that is there before the step begins."""
    link = token(registry, latest(registry).id, party)
    return AnswerRegistrantChange(token=link, answer=Answer.APPROVE, data_correct=party is NEW)


SPLIT = replace(edit(), only=("one.example",))


@pytest.mark.parametrize(
    "request_", [edit(), repoint("one.example"), SPLIT], ids=["edit", "repoint", "split"]
)
def test_step_that_breaks_off_anywhere_leaves_nothing_r26_a12_e38(
    database: Database, request_: Change
) -> None:
    """R-26, A-12, E-38: request, both approvals, lock and messages: each step whole or not at all.

    Whatever statement fails, no row is written, neither door says anything new, and the
    same answer over the same link still counts afterwards, once.
    """
    registry = a_holder(database, "one.example", "two.example")
    said = doors_say(registry, "one.example", "two.example")
    cut = [_cut_everywhere(registry, partial(registry.apply, request_))]
    for party, before in ((NEW, ChangeState.AWAITING_NEW), (PRIOR, ChangeState.AWAITING_PRIOR)):
        assert state(registry) is before
        assert doors_say(registry, "one.example", "two.example") == said
        approval = _yes(registry, party)
        cut.append(_cut_everywhere(registry, partial(registry.apply, approval)))
    assert state(registry) is ChangeState.COMPLETED
    assert doors_say(registry, "one.example")["one.example"] != said["one.example"]
    assert [message.kind for message in sent(registry)] == ["N1", "N2", "N3", "N3", "N3"]
    assert registry.count("transfer_lock") == 1
    assert min(cut) > 3
