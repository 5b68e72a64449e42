"""Values: dataclasses that are compared and hashed by what they hold."""

from __future__ import annotations

import pytest

from store.published import DsData
from store.values import value


def test_values_are_compared_and_hashed_by_what_they_hold() -> None:
    one, other = (
        DsData(key_tag=1, algorithm=8, digest_type=2, digest=digest) for digest in ("AB", "AC")
    )
    again = DsData(key_tag=1, algorithm=8, digest_type=2, digest="AB")
    assert one == again != other
    assert {one: "found"}[again] == "found"
    assert hash(one) == hash(again)


def test_no_value_takes_what_it_has_no_field_for() -> None:
    with pytest.raises(AttributeError):
        DsData(key_tag=1, algorithm=8, digest_type=2, digest="AB").extra = 1  # type: ignore[attr-defined]


def test_what_is_not_said_to_be_frozen_is_refused() -> None:
    with pytest.raises(TypeError, match="frozen"):
        value(frozen=False)
