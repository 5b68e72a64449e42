"""Keys under which handles and registrars' names compare."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.folding import fold_handle, fold_name


@pytest.mark.parametrize("spelling", ["REG-A", "reg-a", "Reg-A", "ＲＥＧ-Ａ"])
def test_handles_fold_case_and_width(spelling: str) -> None:
    """A handle is found in any case and width."""
    assert fold_handle(spelling) == "reg-a"


@pytest.mark.parametrize(
    "spelling",
    [
        "Example Registrar, Inc.",
        "EXAMPLE REGISTRAR INC",
        " example-registrar  inc ",
        "Example\tRegistrar: Inc",
    ],
)
def test_names_fold_case_blanks_and_punctuation(spelling: str) -> None:
    """conformance.md 6.2.6: case, spaces and punctuation don't count."""
    assert fold_name(spelling) == "exampleregistrarinc"


def test_name_of_punctuation_has_a_key() -> None:
    """A name without a letter still is found by itself."""
    assert fold_name("!!! ?") == "!!!?"


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    """A key is its own key."""
    assert fold_handle(fold_handle(text)) == fold_handle(text)
    assert fold_name(fold_name(text)) == fold_name(text)
