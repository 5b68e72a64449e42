"""What walks share: numbers that statements find several times, each counted once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from store.searching.walks import distinct


def _find(rows: Sequence[Sequence[int]], limit: int, **how: Any) -> tuple[list[int], list[int]]:
    """Answer as a store of *rows* does; give what is found and the limits that it was asked for."""
    reading = distinct("every", {"zones": ["example"]}, limit, **how)
    asked = []
    try:
        _, value = next(reading)
        while True:
            assert isinstance(value, dict)
            assert value["zones"] == ["example"]
            asked.append(value["limit"])
            _, value = reading.send(rows[: value["limit"]])
    except StopIteration as stop:
        return stop.value, asked


@given(
    st.lists(st.integers(0, 12).map(lambda number: (number, number % 2)), max_size=80),
    st.integers(0, 15),
    st.integers(1, 3),
)
def test_numbers_found_several_times_are_given_once(
    rows: list[tuple[int, int]], limit: int, times: int
) -> None:
    """All of them, or more than the limit; those that a row's word keeps out aren't there."""
    for keeps in (lambda _: True, lambda row: row[1] == 1):
        all_of_them = {number for number, word in rows if keeps((number, word))}
        found, _ = _find(rows, limit, times=times, keeps=keeps)
        assert len(found) == len(set(found))
        assert set(found) <= all_of_them
        assert len(found) > limit or set(found) == all_of_them


def test_more_rows_are_asked_for_only_while_too_few_differ() -> None:
    """One statement where each is found as often as is said; bounded steps where more often."""
    assert _find([(n // 3, 0) for n in range(900)], 250, times=3)[1] == [753]
    assert _find([(n // 4, 0) for n in range(900)], 100)[1] == [101, 303, 909]
    assert _find([(7, 0)] * 10, 250)[1] == [251]
