"""The key of an answer is a line that asks for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.queries import FindName
from whois43.asking import DOOR, key_of, keyed_as_asked
from whois43.parse import Refusal, parse_line

WORDS = st.sampled_from(
    [
        *("shop.example", "Shop.Example.", "bücher.example", "ns1.shop.example", "amazon.com"),
        *("domain", "nameserver", "registrar", "help", "?", "-C", "UTF-8", "-T", "dn", "--", "-x"),
        *("192.0.2.1", "[2001:db8::1]", "fe80::1", "::ffff:192.0.2.1", "9995", "0292", "1.2"),
        *("one", "ONE", "O'Neil & Co.", "a,b", "x-y", '"', "é", "R-ONE", "reg.", ".", "example"),
    ]
)
LINES = st.lists(WORDS, max_size=5).flatmap(
    lambda words: st.sampled_from([" ", "  ", "\t", ""]).map(lambda blank: blank.join(words))
)


@settings(deadline=None)
@given(st.one_of(LINES.map(str.encode), st.binary(max_size=40)))
def test_key_read_as_a_line_asks_the_same(line: bytes) -> None:
    """So an answer can be found by the line itself, before it is read."""
    query = parse_line(line).query
    if isinstance(query, Refusal):
        return
    key = key_of(query)
    if key is None:
        return
    again = parse_line(key.removeprefix(DOOR)).query
    assert not isinstance(again, Refusal)
    assert keyed_as_asked(again)
    assert key_of(again) == key
    if isinstance(query, FindName) and isinstance(again, FindName):
        assert again.name == query.name
        assert (again == query) is keyed_as_asked(query)
    else:
        assert again == query


@pytest.mark.parametrize("line", [b"registrar One", b"ONE", b"registrar x-y", b"ONE Ltd"])
def test_text_that_means_another_registrar_in_other_letters_has_no_key(line: bytes) -> None:
    """Neither has one that could be read as something else."""
    query = parse_line(line).query
    assert not isinstance(query, Refusal)
    assert key_of(query) is None


def test_spellings_of_a_name_have_one_key() -> None:
    """Letters, a dot at the end, quotes and blanks make no second answer to keep."""
    lines = (b"shop.example", b" SHOP.Example. ", b'"shop.example"', "shop。example".encode())
    queries = [parse_line(line).query for line in lines]
    keys = {key_of(query) for query in queries if not isinstance(query, Refusal)}
    assert keys == {b"Wshop.example"}
