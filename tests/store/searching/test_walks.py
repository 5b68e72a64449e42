"""What walks share: numbers that statements find several times, each counted once."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from store.searching.walks import distinct, number_of_distinct


def _find(rows: Sequence[tuple[int, bool]], limit: int, times: int) -> tuple[list[int], list[int]]:
    """Answer as a store of *rows* does; give what is found and the limits that it was asked for."""
    reading = distinct("somehow", {"zones": ["example"]}, limit, times=times)
    asked = []
    try:
        statement, value = next(reading)
        while True:
            assert isinstance(value, dict)
            assert (statement, value["zones"]) == ("every_domain_somehow", ["example"])
            asked.append(value["limit"])
            statement, value = reading.send(rows[: value["limit"]])
    except StopIteration as stop:
        return stop.value, asked


def _count(rows: Sequence[tuple[int, bool]], limit: int, times: int) -> tuple[int, list[int]]:
    """Count them as such a store does."""
    reading = number_of_distinct("somehow", {"zones": ["example"]}, limit, times=times)
    asked = []
    try:
        statement, value = next(reading)
        while True:
            assert isinstance(value, dict)
            assert (statement, value["zones"]) == ("count_domains_somehow", ["example"])
            asked.append(value["limit"])
            seen = rows[: value["limit"]]
            found = len({number for number, fits in seen if fits})
            statement, value = reading.send([(found, len(seen))])
    except StopIteration as stop:
        return stop.value, asked


@given(
    st.lists(st.tuples(st.integers(0, 12), st.booleans()), max_size=80),
    st.integers(0, 15),
    st.integers(1, 3),
)
def test_numbers_found_several_times_are_given_once(
    rows: list[tuple[int, bool]], limit: int, times: int
) -> None:
    """All of them, or more than the limit; those that don't fit aren't there. So they count."""
    all_of_them = {number for number, fits in rows if fits}
    found, asked = _find(rows, limit, times)
    assert len(found) == len(set(found))
    assert set(found) <= all_of_them
    assert len(found) > limit or set(found) == all_of_them
    assert _count(rows, limit, times) == (len(found), asked)


def test_more_rows_are_asked_for_only_while_too_few_differ() -> None:
    """One statement where each is found as often as is said; bounded steps where more often."""
    assert _find([(n // 3, True) for n in range(900)], 250, 3)[1] == [753]
    assert _find([(n // 4, True) for n in range(900)], 100, 1)[1] == [101, 303, 909]
    assert _find([(7, True)] * 10, 250, 1)[1] == [251]
