"""Random inputs made of what the doors know, cut, mixed and damaged."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.doors import Doors
from tests.fuzz.kept_inputs import WORDS, kept_inputs
from tests.fuzz.targets import TARGETS


def dictionary() -> list[bytes]:
    """Read the fuzzer's dictionary: a quoted word on each line, odd bytes as ``\\xNN``."""
    lines = WORDS.read_text(encoding="ascii").splitlines()
    quoted = [line for line in lines if line.startswith('"')]
    return [line[1:-1].encode().decode("unicode_escape").encode("latin-1") for line in quoted]


def inputs(target: str) -> st.SearchStrategy[bytes]:
    """Draw kept inputs with pieces exchanged, and words of the dictionary between any bytes."""
    kept = [path.read_bytes() for path in kept_inputs(target)]
    piece = st.one_of(st.sampled_from(dictionary()), st.binary(max_size=8))
    made = st.lists(piece, max_size=12).map(b"".join)
    damaged = st.builds(_replace, st.sampled_from(kept), st.integers(0, 2**16), made)
    return st.one_of(st.sampled_from(kept), damaged, made)


def _replace(kept: bytes, place: int, piece: bytes) -> bytes:
    at = place % (len(kept) + 1)
    return kept[:at] + piece + kept[at + len(piece) :]


@pytest.mark.parametrize("target", TARGETS)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_any_bytes_are_answered(doors: Doors, target: str, data: st.DataObject) -> None:
    """Whatever comes in, an answer or a refusal goes out, and nothing to the log."""
    TARGETS[target](doors, data.draw(inputs(target)))
