"""Answers that are sent again, and the cheap look for what needs cleaning."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.published import Party
from store.queries import Answer, FindName
from tests.published_values import (
    a_domain,
    a_host,
    a_party,
    a_proxied_party,
    a_redacted_party,
    absent,
    found,
)
from whois43.charset import Charset
from whois43.finished import finish
from whois43.lines import clean, encoded, encoded_if_clean
from whois43.render import answer_bytes

MOMENTS = st.datetimes(timezones=st.just(UTC)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
ANSWERS = st.sampled_from([found(a_domain()), found(a_host()), absent()])
QUERY = FindName(name="shop.example", text="shop.example")
VALUES = st.text(
    st.one_of(
        st.sampled_from(" :\t\r\n\x00\x1b\x7f\x85\xa0\u2028\u3000\u200b\ud800éж"),
        st.characters(),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(ANSWERS, MOMENTS, st.lists(MOMENTS, min_size=1))
def test_answer_with_another_stamp_is_the_answer_as_of_then(
    answer: Answer, made: datetime, stamps: list[datetime]
) -> None:
    """The stamp alone is changed, as often as it has to be, whatever its length."""
    at_first = replace(answer, as_of=made)
    finished = finish(QUERY, at_first)
    assert finished.text == answer_bytes(at_first)
    for stamp in stamps:
        expected = answer_bytes(replace(at_first, as_of=stamp))
        assert finished.stamped(stamp) == finished.text == expected


@pytest.mark.parametrize(
    ("party", "persons"),
    [
        (a_party(), 1),
        (a_redacted_party(), 0),  # a state and a country alone
        (a_redacted_party(org="Ngata Orchards"), 1),
        (a_redacted_party(pc="6011"), 1),
        (a_redacted_party(street=("1 Kōwhai Street",)), 1),
        (a_redacted_party(street=()), 0),  # none was given
        (a_proxied_party(), 0),
    ],
)
def test_contact_counts_where_data_of_its_own_are_shown(party: Party, persons: int) -> None:
    """What counts is what any door takes for a person's data (6.1.10)."""
    assert finish(QUERY, found(a_domain(parties=(party,)))).persons == persons


def test_answer_in_another_character_set_leaves_the_kept_one_alone() -> None:
    """One in UTF-8 is kept; who wants another gets a copy (6.1.8)."""
    finished = finish(QUERY, found(a_domain()))
    spelled = finished.spelled(Charset.ASCII)
    assert spelled.text == finished.text.decode().encode("ascii", "replace")
    assert finished.spelled(Charset.UTF_8) is finished
    assert finished.text == answer_bytes(found(a_domain()))


@settings(deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=5))
def test_lines_that_pass_for_clean_are_clean(values: list[str]) -> None:
    """No value gets by with a control character, a line end or blanks around it (6.1.9)."""
    text = encoded_if_clean([f"Key: {value}" for value in values])
    cleaned = [clean(value) for value in values]
    if text is not None:
        assert text == encoded(f"Key: {value}" for value in cleaned)
    elif all(value and value.isprintable() for value in values):
        assert cleaned != values or any(":  " in value for value in values)


@settings(deadline=None)
@given(VALUES.filter(bool))
def test_value_in_need_of_cleaning_prints_as_if_it_had_come_clean(value: str) -> None:
    """The second pass makes the same record, without the line where nothing is left (D-24)."""
    dirty = answer_bytes(found(a_domain(handle=value, unicode_name=value)))
    tidy = answer_bytes(found(a_domain(handle=clean(value), unicode_name=clean(value))))
    assert dirty == tidy
