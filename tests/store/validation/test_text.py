from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.validation.text import MOST_INPUT, clean_text, clean_token, limited
from tests.store.validation.refusals import outcome, refused


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("plain", "plain"),
        ("  outer \u00a0\u3000", "outer"),
        ("a  b", "a  b"),
        ("a\tb", "a b"),
        ("a\nb\rc", "a b c"),
        ("X\r\nRegistrar: Evil", "X Registrar: Evil"),  # E-34
        (" \t\r\n ", ""),
        ("e\u0301", "é"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("שלום \u200f(עולם)", "שלום \u200f(עולם)"),
        ("q\u0323\u0307", "q\u0323\u0307"),
        ("\U0001f600" * 255, "\U0001f600" * 255),
    ],
)
def test_text_is_stored_in_one_normal_form(typed: str, stored: str) -> None:
    """D-08, C-02, I-10: NFC, breaks become blanks, outer blanks go, and nothing else changes."""
    assert clean_text(typed) == stored


@pytest.mark.parametrize(
    "character",
    [
        *(chr(n) for n in range(0x20) if chr(n) not in "\t\r\n"),
        *(chr(n) for n in range(0x7F, 0xA0)),
        *"\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ud800\udfff\ufffe\uffff",
    ],
)
def test_control_character_is_refused_wherever_it_stands(character: str) -> None:
    """D-08: other controls are refused, at the ends too, where trimming would hide them."""
    for text in (f"a{character}b", f"{character}a", f"a{character}", character):
        with refused(Code.INVALID_VALUE, "org"):
            clean_text(text, field="org")


@given(st.text())
def test_clean_text_has_no_control_character_and_is_stable(text: str) -> None:
    """Whatever comes, the result is one printable line in NFC, or a coded refusal."""
    cleaned = outcome(lambda: clean_text(text))
    if isinstance(cleaned, RegistryError):
        assert cleaned.code is Code.INVALID_VALUE
        return
    assert cleaned == clean_text(cleaned) == cleaned.strip()
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not any(unicodedata.category(letter) in {"Cc", "Zl", "Zp", "Cs"} for letter in cleaned)
    assert len(cleaned.splitlines()) <= 1


def test_text_too_long_to_look_at_is_refused() -> None:
    """A run of combining marks takes quadratic time to order, so length is judged first."""
    with refused(Code.INVALID_VALUE, "name"):
        clean_text("a" + "\u0323\u0307" * MOST_INPUT, field="name")


def test_token_has_single_blanks() -> None:
    """conformance.md 9.1: tokens also collapse blanks."""
    assert clean_token(" SW1A \t 1AA ") == "SW1A 1AA"


@pytest.mark.parametrize(
    ("text", "length"),
    [("e\u0301" * 5, 5), ("\U0001f600" * 5, 5), ("ﷺ" * 5, 5), ("  abcde  ", 5)],
)
def test_length_counts_code_points_after_nfc(text: str, length: int) -> None:
    """D-07: neither bytes nor UTF-16 units count, nor what NFC joins, nor outer blanks."""
    assert limited(text, field="name", least=length, most=length)
    with refused(Code.INVALID_VALUE, "name"):
        limited(text, field="name", least=1, most=length - 1)
    with refused(Code.INVALID_VALUE, "name"):
        limited(text, field="name", least=length + 1, most=255)


def test_blank_is_missing_where_a_value_must_be() -> None:
    """D-08, C-02: whitespace only is empty."""
    with refused(Code.MISSING_VALUE, "city"):
        limited(" \t ", field="city", least=1, most=255)
    assert limited(" ", field="sp", least=0, most=255) == ""
