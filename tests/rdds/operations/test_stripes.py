"""Shared numbers: nothing is counted twice, nothing is lost, and no count falls."""

from __future__ import annotations

import os
from contextlib import ExitStack

from rdds.operations.cells import CELLS, Count, Level
from rdds.operations.counters import WorkerCounters
from rdds.operations.stripes import SPARE, Stripes
from store.watch import Door, Kind, Outcome
from tests.rdds.operations.children import living, run_in_child

CELL = Count.CACHE_HITS


def count(stripes: Stripes, times: int) -> None:
    """Claim a stripe and count."""
    counters = WorkerCounters(stripes.claim())
    for _ in range(times):
        counters.note(Door.WHOIS, Kind.DOMAIN, Outcome.FOUND, seconds=0.5, cached=True)


def test_workers_side_by_side_lose_nothing() -> None:
    """Each writes on a stripe of its own, and the sum is of all."""
    stripes = Stripes(4)
    with ExitStack() as alive:
        for number in range(1, 5):
            alive.enter_context(living(lambda number=number: count(stripes, 1000 * number)))
        assert sum(1 for _ in stripes.held()) == 4
        assert stripes.total(cell_of_the_question()) == 10_000


def cell_of_the_question() -> int:
    """Find the cell in which :func:`count` counts."""
    probe = Stripes(1)
    count(probe, 1)
    (stripe,) = probe.held()
    return next(cell for cell in range(CELLS) if stripe[cell] == 1.0)


def test_successor_goes_on_where_a_killed_worker_ended() -> None:
    """A worker's death makes no count fall, and its successor's are added."""
    stripes, cell = Stripes(1), cell_of_the_question()
    with living(lambda: count(stripes, 7)):
        assert stripes.total(cell) == 7
    assert stripes.total(cell) == 7
    assert list(stripes.held()) == []
    with living(lambda: count(stripes, 5)):
        assert stripes.total(cell) == 12
        assert sum(1 for _ in stripes.held()) == 1


def test_levels_are_of_those_who_live() -> None:
    """A dead worker has no open connections, and its successor begins with none."""
    stripes = Stripes(1)

    def open_one() -> None:
        WorkerCounters(stripes.claim()).came(Door.RDAP, refused=False)

    with living(open_one):
        (stripe,) = stripes.held()
        assert stripe[Level.OPEN_RDAP] == 1
    assert list(stripes.held()) == []
    with living(stripes.claim) as pid:
        (stripe,) = stripes.held()
        assert (stripe[Level.PID], stripe[Level.OPEN_RDAP]) == (pid, 0)


def test_old_and_new_workers_of_a_renewal_do_not_share() -> None:
    """While the old ones finish, the new ones count elsewhere: one writer a stripe."""
    stripes = Stripes(1)
    with ExitStack() as alive:
        pids = {alive.enter_context(living(stripes.claim)) for _ in range(SPARE)}
        assert {stripe[Level.PID] for stripe in stripes.held()} == pids
        assert len({stripe[Level.NUMBER] for stripe in stripes.held()}) == SPARE


def test_one_stripe_too_few_costs_counts_and_no_worker() -> None:
    """Where all are taken, a worker counts for nobody and works all the same."""
    stripes = Stripes(1)
    with ExitStack() as alive:
        for _ in range(SPARE):
            alive.enter_context(living(stripes.claim))
        run_in_child(lambda: count(stripes, 3))
        assert stripes.total(cell_of_the_question()) == 0


def test_process_has_as_many_stripes_as_it_claims() -> None:
    """A process's own locks don't hide what it holds, nor does a fork of it hold them."""
    stripes = Stripes(1)
    first, second = stripes.claim(), stripes.claim()
    first[CELL], second[CELL] = 1.0, 2.0
    assert stripes.total(CELL) == 3.0
    assert sum(1 for _ in stripes.held()) == 2

    def look() -> None:
        assert sum(1 for _ in stripes.held()) == 2
        stripes.claim()
        assert sum(1 for _ in stripes.held()) == 3

    run_in_child(look)


def test_deaths_are_counted_for_every_process() -> None:
    """What the parent saw die, the page of metrics tells."""
    stripes = Stripes(1)
    assert stripes.deaths == 0
    run_in_child(stripes.note_death)
    stripes.note_death()
    assert stripes.deaths == 2
    assert not stripes.is_ending


def test_end_is_told_to_every_process() -> None:
    """What the parent says before it ends, its children know."""
    stripes = Stripes(1)
    assert not stripes.is_ending
    run_in_child(stripes.tell_ending)
    assert stripes.is_ending
    assert os.getpid() not in {stripe[Level.PID] for stripe in stripes.held()}
