"""The answer cache against a model: whatever happens, nothing found in it is stale."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import cast

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from store.answer_cache import MOST_TOUCHED, AnswerCache
from store.queries import Answer, Made

SUBJECTS = st.sets(st.integers(0, 5), max_size=4)
KEYS = st.sampled_from([b"%c" % letter for letter in range(97, 109)])


def a_made(*subjects: int, epoch: int = 0, between: tuple[float, float] | None = None) -> Made:
    """Give an answer made from *subjects*; what it says doesn't matter here."""
    answer = cast("Answer", None)
    return Made(answer=answer, subjects=subjects, epoch=epoch, between=between)


def test_what_is_kept_is_found() -> None:
    """Nothing happened: the answer is the one that was kept."""
    cache = AnswerCache(10_000)
    cache.keep(b"k", "text", size=4, made=a_made(1))
    assert cache.holds(b"k")
    assert cache.find(b"k") == "text"
    assert (cache.hits, cache.misses) == (1, 1)


def test_a_touched_object_drops_exactly_what_was_made_from_it() -> None:
    """DESIGN, Freshness: exactly the answers made from the objects touched."""
    cache = AnswerCache(10_000)
    cache.keep(b"mine", "mine", size=4, made=a_made(1, 2))
    cache.keep(b"other", "other", size=5, made=a_made(3))
    cache.touch((2,))
    assert cache.find(b"mine") is None
    assert cache.find(b"other") == "other"


def test_an_answer_made_before_an_edit_and_kept_after_it_is_not_found() -> None:
    """On PostgreSQL a snapshot may be older than the check that was answered meanwhile."""
    cache = AnswerCache(10_000)
    before = cache.epoch
    cache.touch((1,))
    cache.keep(b"k", "old", size=3, made=a_made(1, epoch=before))
    assert cache.find(b"k") is None


def test_an_answer_made_before_everything_changed_is_not_kept() -> None:
    """After an import nothing from before can be judged."""
    cache = AnswerCache(10_000)
    before = cache.epoch
    cache.clear()
    cache.keep(b"k", "old", size=3, made=a_made(1, epoch=before))
    assert not cache.holds(b"k")


def test_many_changes_are_forgotten_and_what_they_touched_with_them() -> None:
    """What is remembered of changes is bounded; nothing stale comes back for it."""
    cache = AnswerCache(1 << 20)
    before = cache.epoch
    cache.keep(b"touched", "old", size=3, made=a_made(7))
    cache.keep(b"left", "true", size=4, made=a_made(-1))
    cache.touch(range(MOST_TOUCHED + 1))
    cache.keep(b"late", "old", size=3, made=a_made(7, epoch=before))
    assert cache.find(b"touched") is None
    assert cache.find(b"late") is None
    assert cache.find(b"left") == "true"


def test_the_budget_is_kept() -> None:
    """Bytes are bounded; who was asked for since its last turn stays the longest."""
    cache = AnswerCache(20_000)
    for number in range(100):
        cache.keep(b"%d" % number, number, size=1000, made=a_made(number))
        assert cache.find(b"0") == 0
        assert cache.used <= 20_000
    assert cache.evicted > 80
    assert len(cache) > 10


def test_one_answer_takes_no_more_than_its_part() -> None:
    """A page of a hundred hosts must not push out everything else."""
    cache = AnswerCache(20_000)
    cache.keep(b"k", "large", size=5000, made=a_made())
    assert not cache.holds(b"k")
    assert cache.used == 0


def test_without_a_budget_nothing_is_kept() -> None:
    """`[cache] bytes = 0` switches it off."""
    cache = AnswerCache(0)
    cache.keep(b"k", "text", size=4, made=a_made())
    assert len(cache) == 0


@dataclass
class Store:
    """A store of six numbers: what an answer shows of some of them is their sum."""

    values: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(6), 0))
    logged: list[set[int] | None] = field(default_factory=list)

    def shown(self, subjects: frozenset[int], over: bool) -> tuple[object, ...]:
        return (*(self.values[each] for each in sorted(subjects)), over)


class Caching(RuleBasedStateMachine):
    """Edits, checks, answers under way, clock steps, and room for eight answers."""

    def __init__(self) -> None:
        super().__init__()
        self.store = Store()
        self.taken = 0  # how much of the log the cache knows of
        self.now = 1000.0
        self.cache = AnswerCache(6000, clock=lambda: self.now)
        self.made_from: dict[bytes, tuple[frozenset[int], float]] = {}
        self.under_way: list[tuple[bytes, Made, tuple[object, ...]]] = []

    def _what(self, key: bytes) -> tuple[frozenset[int], float]:
        return self.made_from.setdefault(key, (frozenset({key[0] % 6, (key[0] + 1) % 6}), 1000.0))

    def _shown(self, key: bytes) -> tuple[object, ...]:
        subjects, end = self._what(key)
        return self.store.shown(subjects, self.now >= end)

    @rule(subjects=SUBJECTS)
    def edit(self, subjects: set[int]) -> None:
        """Somebody commits."""
        for each in subjects:
            self.store.values[each] += 1
        self.store.logged.append(subjects)

    @rule()
    def roll_back(self) -> None:
        """Somebody doesn't: nothing changes and nothing is logged."""

    @rule()
    def import_all(self) -> None:
        """An import touches everything."""
        self.store.values = {key: value + 1 for key, value in self.store.values.items()}
        self.store.logged.append(None)

    @rule(step=st.sampled_from((-500.0, -1.0, 1.0, 500.0)))
    def step_clock(self, step: float) -> None:
        """A clock goes on, or is set back."""
        self.now += step

    def _made(self, key: bytes) -> Made:
        subjects, end = self._what(key)
        bounds = (end, float("inf")) if self.now >= end else (float("-inf"), end)
        return a_made(*subjects, epoch=self.cache.epoch, between=bounds)

    @rule(key=KEYS)
    def begin(self, key: bytes) -> None:
        """A snapshot is taken; the answer comes later."""
        self.under_way.append((key, self._made(key), self._shown(key)))

    @precondition(lambda self: self.under_way)
    @rule(which=st.integers(0, 3))
    def finish(self, which: int) -> None:
        """One of the answers under way is kept, however late."""
        key, made, shown = self.under_way.pop(which % len(self.under_way))
        self.cache.keep(key, shown, size=320, made=made)

    def check(self) -> None:
        """Take in what was logged; one wake-up may stand for many commits."""
        new, self.taken = self.store.logged[self.taken :], len(self.store.logged)
        touched = [each for rows in new if rows is not None for each in rows]
        if None in new:
            self.cache.clear()
        elif touched:
            self.cache.touch(touched)

    @rule(first=st.sampled_from((97, 97, 97, 103)))
    def ask(self, first: int) -> None:
        """Some ask: check, then what is found is what the store shows; else it is kept."""
        self.check()
        for letter in range(first, first + 6):
            key = b"%c" % letter
            found = self.cache.find(key)
            assert found is None or found == self._shown(key)
            if found is None:
                self.cache.keep(key, self._shown(key), size=320, made=self._made(key))

    @invariant()
    def is_within_its_budget(self) -> None:
        """Bytes are counted right."""
        assert self.cache.used <= 6000
        assert self.cache.used >= 0
        assert bool(self.cache.used) is bool(len(self.cache))


TestCaching = Caching.TestCase
TestCaching.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
