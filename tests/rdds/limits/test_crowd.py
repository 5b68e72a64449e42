"""Connections of each client, over workers that come and go."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from rdds.limits.crowd import MOST_CELLS, Crowd, Stripes

ANNA, BELA = 0x1234_5678_9ABC_DEF0, 0x0FED_CBA9_8765_4321


def crowds(*, workers: int, most: int, clients: int = 4096) -> list[Crowd]:
    """Give the counts as each of *workers* has them."""
    stripes = Stripes(clients=clients, workers=workers)
    return [Crowd(stripes, place=place, most=most) for place in range(workers)]


def test_connections_of_all_workers_count_together() -> None:
    """N workers don't mean N times the limit, and one that leaves makes room for one."""
    one, other, third = crowds(workers=3, most=5)
    assert [one.enter(ANNA) for _ in range(3)] == [True] * 3
    assert [other.enter(ANNA) for _ in range(3)] == [True, True, False]
    assert not third.enter(ANNA)
    one.leave(ANNA)
    assert third.enter(ANNA)
    assert not third.enter(ANNA)


def test_crowded_client_is_nobody_elses_trouble() -> None:
    """A client at its limit leaves others theirs."""
    (crowd,) = crowds(workers=1, most=2)
    assert [crowd.enter(ANNA) for _ in range(4)] == [True, True, False, False]
    assert [crowd.enter(BELA) for _ in range(3)] == [True, True, False]


def test_connections_of_a_dead_worker_do_not_stay() -> None:
    """The successor of a killed worker begins without its connections, and keeps others'."""
    stripes = Stripes(clients=1024, workers=2)
    dead, alive = (Crowd(stripes, place=place, most=5) for place in range(2))
    assert all(dead.enter(ANNA) for _ in range(4))
    assert alive.enter(ANNA)
    assert not alive.enter(ANNA)
    successor = Crowd(stripes, place=0, most=5)
    assert [successor.enter(ANNA) for _ in range(5)] == [True] * 4 + [False]


def test_client_that_shares_one_cell_with_a_crowd_is_let_in() -> None:
    """Only who shares both of its cells with crowded clients is taken for one."""
    (crowd,) = crowds(workers=1, most=3, clients=1024)
    first, second = 7, 501  # its cells: 7 and 7 ^ 501
    itself = first | second << 20
    assert all(crowd.enter(first | 333 << 20) for _ in range(3))  # the first and another
    assert crowd.enter(itself)
    assert all(crowd.enter((first ^ second) | 777 << 20) for _ in range(2))  # the second
    assert not crowd.enter(itself)


def test_client_whose_cells_could_meet_has_its_whole_number() -> None:
    """No number puts both cells of a client in one place, where it would count twice."""
    (crowd,) = crowds(workers=1, most=5, clients=1024)
    for visitor in (0, 5 | 5 << 20, 1023 | 1023 << 20, 4 | 5 << 20):
        assert sum(crowd.enter(visitor) for _ in range(9)) == 5
        for _ in range(5):
            crowd.leave(visitor)


def test_ten_thousand_clients_are_not_in_each_others_way() -> None:
    """With as many connected as have room, nobody below its limit is refused."""
    chance = random.Random(6)
    (crowd,) = crowds(workers=1, most=20, clients=MOST_CELLS)
    visitors = [chance.getrandbits(64) for _ in range(10_000)]
    assert all(crowd.enter(each) for each in visitors for _ in range(3))


@given(
    moves=st.lists(
        st.tuples(st.integers(0, 2), st.sampled_from([ANNA, BELA, 3, 1 << 63]), st.booleans())
    )
)
def test_counts_are_those_of_a_plain_count(moves: list[tuple[int, int, bool]]) -> None:
    """In and out at any worker: a client is refused exactly when it has its number open."""
    everywhere = crowds(workers=3, most=4)
    opened: dict[tuple[int, int], int] = {}
    for place, visitor, arrives in moves:
        mine = opened.get((place, visitor), 0)
        if arrives:
            all_open = sum(count for (_, who), count in opened.items() if who == visitor)
            let_in = everywhere[place].enter(visitor)
            assert let_in == (all_open < 4)
            opened[place, visitor] = mine + let_in
        elif mine:
            everywhere[place].leave(visitor)
            opened[place, visitor] = mine - 1


def test_cells_are_bounded() -> None:
    """Four million clients of the buckets take no more than 65,536 cells of connections."""
    assert Stripes(clients=1 << 22, workers=1).cells == MOST_CELLS
