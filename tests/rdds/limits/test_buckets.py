"""Token buckets: what one client gets, and what a full table does."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdds.limits.buckets import SHELF, Buckets, Budget, shared_words, slots_for
from tests.rdds.limits.clocks import HandClock

ANNA, BELA = 0x1111_1100_0000_0000, 0x2222_2200_0000_0000  # on one shelf, in one place
CARL, DORA = 0x3333_3300_0000_0001, 0x1111_1100_0000_0008  # beside them; Anna's like elsewhere
MOST = 1 << 64


def buckets(clock: HandClock, *, amount: int, seconds: float, slots: int = 64) -> Buckets:
    """Give an empty table of *slots* buckets."""
    return Buckets(Budget(amount=amount, seconds=seconds), shared_words(slots), clock=clock)


def taken(table: Buckets, visitor: int, tries: int) -> int:
    """Give how many of *tries* to take one token succeed."""
    return sum(not table.take(visitor) for _ in range(tries))


def test_whole_budget_is_there_at_once() -> None:
    """A client that never asked may take its whole budget, and not one more."""
    table = buckets(HandClock(), amount=100, seconds=600)
    assert taken(table, ANNA, 500) == 100


def test_budget_refills_slowly() -> None:
    """conformance.md 6.1.10: 100 in 600 s are one in 6 s once the bucket is empty."""
    clock = HandClock()
    table = buckets(clock, amount=100, seconds=600)
    taken(table, ANNA, 100)
    clock.now += 5.9
    assert table.take(ANNA) > 0
    clock.now += 0.2
    assert table.take(ANNA) == 0
    assert table.take(ANNA) > 0
    clock.now += 600
    assert taken(table, ANNA, 500) == 100


def test_refused_question_costs_nothing() -> None:
    """A client that keeps asking gets its rate all the same: nobody locks itself out."""
    clock = HandClock()
    table = buckets(clock, amount=10, seconds=10)
    taken(table, ANNA, 10)
    admitted = 0
    for _ in range(1000):
        clock.now += 0.125
        admitted += taken(table, ANNA, 3)
    assert admitted == 125


def test_clients_have_buckets_of_their_own() -> None:
    """One client's questions are not another's, wherever the two stand in the table."""
    table = buckets(HandClock(), amount=5, seconds=60)
    assert [taken(table, each, 9) for each in (ANNA, BELA, CARL, DORA)] == [5] * 4
    assert taken(table, ANNA, 9) == 0


def test_who_cannot_have_all_gets_none() -> None:
    """A cost above what is left takes nothing; what is left can still be taken."""
    table = buckets(HandClock(), amount=10, seconds=60)
    assert table.take(ANNA, 8) == 0
    assert table.take(ANNA, 3) == 7  # one token takes 6 s
    assert table.take(ANNA, 2) == 0


@pytest.mark.parametrize("tokens", [10, 11, 10**6, 10**30])
def test_more_than_the_budget_takes_all_of_it(tokens: int) -> None:
    """An answer dearer than the whole budget is given to who has a full one."""
    clock = HandClock()
    table = buckets(clock, amount=10, seconds=60)
    assert table.take(ANNA, tokens) == 0
    assert table.take(ANNA) == 7
    clock.now += 59
    assert table.take(ANNA, tokens) == 2
    clock.now += 2
    assert table.take(ANNA, tokens) == 0


@given(
    amount=st.integers(1, 1_000_000),
    seconds=st.integers(1, 86_400),
    visitor=st.integers(0, MOST - 1),
    moves=st.lists(
        st.tuples(
            st.floats(0, 200_000, allow_nan=False) | st.floats(0, 2, allow_nan=False),
            st.integers(1, 2_000_000) | st.integers(1, 3),
        ),
        max_size=30,
    ),
)
def test_bucket_agrees_with_exact_arithmetic(
    amount: int, seconds: int, visitor: int, moves: list[tuple[float, int]]
) -> None:
    """Who has the tokens by exact arithmetic gets them, to a sixteenth of a token.

    Asking again after the seconds that it is told always succeeds.
    """
    clock = HandClock()
    table = buckets(clock, amount=amount, seconds=seconds)
    speed, left, then = Fraction(amount, seconds), Fraction(amount), Fraction(clock.now)
    near = Fraction(1, 16)
    for step, tokens in moves:
        clock.now += step
        left = min(Fraction(amount), left + (Fraction(clock.now) - then) * speed)
        then, cost = Fraction(clock.now), min(tokens, amount)
        wait = table.take(visitor, tokens)
        if wait:
            assert left < cost + near
            assert 1 <= wait <= seconds + 1
            before, clock.now = clock.now, clock.now + wait
            assert table.take(visitor, tokens) == 0
            left = min(Fraction(amount), left + (Fraction(clock.now) - then) * speed)
            then = Fraction(clock.now)
            assert clock.now > before
        else:
            assert left > cost - near
        left = max(left - cost, Fraction(0))


@given(
    steps=st.lists(
        st.floats(-1e9, 1e9, allow_nan=False) | st.floats(-100, 100, allow_nan=False), max_size=40
    )
)
def test_no_step_of_the_clock_locks_out(steps: list[float]) -> None:
    """Whatever the clock does, a client waits no longer than its bucket takes to fill."""
    clock = HandClock()
    table = buckets(clock, amount=7, seconds=21)
    for step in steps:
        clock.now += step
        assert taken(table, ANNA, 20) <= 7
        assert 0 < table.take(ANNA) <= 22
    clock.now += 22
    assert taken(table, ANNA, 20) == 7


def test_time_that_begins_anew_locks_nobody_out() -> None:
    """After five years, when 40 bits of time have run out, buckets work as before."""
    clock = HandClock(0)
    table = buckets(clock, amount=100, seconds=1)
    clock.now = math.ldexp(1, 40) / 6400 - 0.5
    assert taken(table, ANNA, 300) == 100
    clock.now += 1.01
    assert taken(table, ANNA, 300) == 100
    assert taken(table, ANNA, 300) == 0
    clock.now += 0.5
    assert 49 <= taken(table, ANNA, 300) <= 51


def test_newcomer_gets_the_bucket_that_is_fullest() -> None:
    """A shelf that is taken forgets the client that asked least; others keep their debts."""
    clock = HandClock()
    table = buckets(clock, amount=100, seconds=600, slots=SHELF)
    crowd = [each << 40 for each in range(1, SHELF + 1)]
    for visitor in crowd:
        taken(table, visitor, 100 if visitor != crowd[3] else 2)
    assert table.count_live() == SHELF
    assert taken(table, 99 << 40, 500) == 100
    assert [taken(table, each, 1) for each in crowd if each != crowd[3]] == [0] * (SHELF - 1)


def test_newcomer_takes_nothing_from_who_is_limited_while_there_is_room() -> None:
    """Buckets that are full again are nobody's: they go first."""
    clock = HandClock()
    table = buckets(clock, amount=100, seconds=600, slots=SHELF)
    crowd = [each << 40 for each in range(1, SHELF + 1)]
    for visitor in crowd[1:]:
        taken(table, visitor, 1)
    taken(table, crowd[0], 100)
    clock.now += 7
    assert table.count_live() == 1
    for newcomer in range(100, 150):
        assert table.take(newcomer << 40) == 0
        clock.now += 1
    assert taken(table, crowd[0], 200) <= 10


def test_table_keeps_to_its_size_whatever_comes() -> None:
    """A hundred thousand clients fit in 1,024 buckets: all are served, none beyond its budget."""
    table = buckets(HandClock(), amount=3, seconds=3600, slots=1024)
    visitors = [each * 0x9E37_79B9_7F4A_7C15 % MOST for each in range(1, 100_001)]
    assert all(taken(table, each, 5) == 3 for each in visitors)
    assert table.count_live() == table.slots == 1024


def test_live_buckets_of_a_large_table_are_counted_by_a_sample() -> None:
    """A million buckets are not read one by one; what is said is near what is so."""
    table = buckets(HandClock(), amount=3, seconds=3600, slots=1 << 20)
    for each in range(1, 20_001):
        table.take(each * 0x9E37_79B9_7F4A_7C15 % MOST)
    assert 17_000 < table.count_live() < 23_000


def test_client_behind_a_flood_of_others_is_forgotten_last() -> None:
    """Addresses that each ask once don't give an abuser its budget back."""
    clock = HandClock()
    table = buckets(clock, amount=100, seconds=600, slots=64)
    taken(table, ANNA, 100)
    for each in range(1, 20_001):
        table.take(each * 0x9E37_79B9_7F4A_7C15 % MOST)
    assert taken(table, ANNA, 100) == 0


@given(clients=st.integers(1, 1 << 22))
def test_slots_are_a_power_of_two(clients: int) -> None:
    """There is room for as many clients as were asked for, and less than twice as many."""
    slots = slots_for(clients)
    assert slots & (slots - 1) == 0
    assert max(clients, SHELF) <= slots < 2 * max(clients, SHELF)


class Meddled:
    """Words in which another worker writes between this one's reading and its writing."""

    def __init__(self, words: memoryview) -> None:
        self.words = words
        self.meddle = lambda: None

    def __len__(self) -> int:
        return len(self.words)

    def __getitem__(self, which: int | slice) -> object:
        return self.words[which]

    def __setitem__(self, place: int, word: int) -> None:
        meddle, self.meddle = self.meddle, lambda: None
        meddle()
        self.words[place] = word


def workers(clock: HandClock, *, amount: int) -> tuple[Meddled, Buckets, Buckets]:
    """Give the words of two workers, and both workers' tables; the first one is meddled with."""
    words = shared_words(SHELF)
    meddled, budget = Meddled(words), Budget(amount=amount, seconds=600)
    return meddled, Buckets(budget, meddled, clock=clock), Buckets(budget, words, clock=clock)  # type: ignore[arg-type]


def test_lost_update_lets_some_questions_through_and_no_more() -> None:
    """What another worker took between reading and writing is forgotten, nothing else is."""
    meddled, one, other = workers(HandClock(), amount=100)
    taken(one, ANNA, 40)
    meddled.meddle = lambda: taken(other, ANNA, 10)
    assert one.take(ANNA) == 0
    assert taken(other, ANNA, 500) + taken(one, ANNA, 500) == 100 - 41


def test_bucket_that_changes_hands_while_it_is_written_charges_nobody() -> None:
    """A word has one owner's time or another's: no client pays for another one."""
    clock = HandClock()
    meddled, one, other = workers(clock, amount=100)
    everybody = [each << 40 for each in range(1, SHELF + 1)]
    for visitor in everybody:
        taken(one, visitor, 50)
    meddled.meddle = lambda: taken(other, BELA, 30)  # takes over the first one's bucket
    assert one.take(everybody[0]) == 0
    assert taken(other, BELA, 500) == 100
    assert all(taken(other, each, 500) in {49, 50, 100} for each in everybody[1:])
