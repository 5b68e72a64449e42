"""The kept inputs again: what a fuzzer once found stays answered."""

from __future__ import annotations

import pytest

from tests.fuzz.doors import Doors
from tests.fuzz.kept_inputs import CORPUS, kept_inputs
from tests.fuzz.targets import TARGETS

MOST_OCTETS = 200_000  # of the whole corpus


@pytest.mark.parametrize("target", TARGETS)
def test_kept_inputs_are_answered(doors: Doors, target: str) -> None:
    """Each input of the corpus gets an answer or a refusal, and nothing in the log."""
    inputs = kept_inputs(target)
    assert inputs
    for path in inputs:
        try:
            TARGETS[target](doors, path.read_bytes())
        except Exception as error:
            error.add_note(f"the input: {path}")
            raise


def test_the_corpus_is_small_and_all_of_it_is_replayed() -> None:
    """Every folder belongs to a target, and the whole stays small."""
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.glob("*/*")) <= MOST_OCTETS
