from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import Code, RegistryError
from store.validation.phone import (
    number_lengths,
    parse_extension,
    parse_phone,
    takes_sms,
    unlikely_phone,
)
from tests.store.validation.refusals import outcome, refused

LENGTHS = {
    1: {10},
    7: {10},
    33: {9},
    34: {9},
    39: set(range(6, 13)),
    44: {9, 10},
    45: {8},
    49: set(range(5, 15)),
    61: {9},
    64: {8, 9, 10},
    81: {9, 10},
    86: set(range(7, 12)),
    91: {10},
    351: {9},
    353: {7, 8, 9, 10},
    420: {9},
}


@pytest.mark.parametrize("code", LENGTHS)
def test_lengths_from_the_library_are_those_of_the_rules(code: int) -> None:
    """8.1, I-13: fixed-line and mobile lengths over all regions of a code, 14 at most."""
    assert number_lengths(code) == LENGTHS[code]


def test_every_calling_code_has_lengths_and_no_other() -> None:
    """8.1: 215 calling codes, six of which have nothing but general lengths."""
    known = {code for code in range(1000) if number_lengths(code)}
    assert known == set(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
    assert len(known) == 215
    assert all(number_lengths(code) for code in (800, 808, 878, 883, 888, 979))
    assert all(1 <= length <= 14 for code in known for length in number_lengths(code))


@pytest.mark.parametrize(
    "number",
    [
        "+1.2025550123",
        "+64.211234567",
        "+39.0612345678",  # the leading 0 belongs to the number
        "+44.2079460958",
        "+49.30123456",
        "+49.1234567890123",
        "+353.12345678",
        "+354.4212434",
        "+800.12345678",
    ],
)
def test_number_in_epp_form_is_taken_as_typed(number: str) -> None:
    """8.1, C-03: digits are neither dropped nor added."""
    assert parse_phone(f" {number}\n") == number


@pytest.mark.parametrize(
    "number",
    [
        # 8.1, what the library would take.
        "+1.5550123",
        "+1.12025550123",
        "+1.2025550123abc",
        "+1.２０２５５５０１２３",
        "+1.٢٠٢٥٥٥٠١٢٣",
        "+12025550123",
        "+1234.5678901",
        "+44.02079460958",
        "+49.12345678901234",  # 17 characters at most
        "+49.123456789012345",
        "+353.12345678901234",
        "+1.2025550123x123",
        "+1.2025550123 ext. 5",
        "+1.202-555-0123",
        "+1. 2025550123",
        "tel:+1.2025550123",
        "＋1.2025550123",
        # I-13.
        "+1.202555012",
        "+1.20255501234",
        # Calling codes.
        "+0.2025550123",
        "+01.202555012",
        "+001.2025550123",
        "+999.12345678",
        # conformance.md 9.1.1, for voice and fax.
        "+12345",
        "+1111.1",
        "55",
        "+1.",
        "+1.123456789012345",
        "+1.a",
        "+a.1",
        "",
        "+",
        ".",
        "+.1",
        "+1.2025550123\x00",
    ],
)
@pytest.mark.parametrize("field", ["voice", "fax"])
def test_number_out_of_form_is_refused(number: str, field: str) -> None:
    """8.1, 9.1.1, I-13: ASCII digits, a real calling code, a right number of digits."""
    with refused(Code.INVALID_VALUE, field):
        parse_phone(number, field=field)


def test_override_gives_a_calling_code_other_lengths() -> None:
    """8.1, step 3: an override widens a known code and makes no new one."""
    overrides = {1: frozenset({7, 10}), 999: frozenset({8})}
    assert parse_phone("+1.5550123", overrides=overrides) == "+1.5550123"
    with refused(Code.INVALID_VALUE, "voice"):
        parse_phone("+999.12345678", overrides=overrides)
    with refused(Code.INVALID_VALUE, "voice"):
        parse_phone("+33.1234567", overrides=overrides)


@given(st.one_of(st.text(), st.from_regex(r"\+\d{1,4}\.\d{1,16}", fullmatch=True)))
def test_number_taken_is_always_in_epp_form(text: str) -> None:
    """Any text gives a number of RFC 5733 or a coded refusal."""
    number = outcome(lambda: parse_phone(text))
    if isinstance(number, RegistryError):
        assert number.code is Code.INVALID_VALUE
    else:
        assert re.fullmatch(r"\+[1-9][0-9]{0,2}\.[0-9]{1,14}", number)
        assert len(number) <= 17


@pytest.mark.parametrize(
    ("typed", "stored"), [("", None), (" ", None), ("0", "0"), ("007", "007"), ("1" * 10, "1" * 10)]
)
def test_extension_has_up_to_ten_digits(typed: str, stored: str | None) -> None:
    """I-14: empty passes, ten digits pass, leading zeros stay."""
    assert parse_extension(typed) == stored


@pytest.mark.parametrize("typed", ["1" * 11, "12a", "+1", "1 2", "１２", "x12", "-1"])
def test_extension_of_anything_else_is_refused(typed: str) -> None:
    """I-14: eleven digits fail, and so does any non-digit."""
    with refused(Code.INVALID_VALUE, "fax_ext"):
        parse_extension(typed, field="fax_ext")


@pytest.mark.parametrize(
    ("number", "unlikely"),
    [
        ("+64.211234567", False),
        ("+39.0612345678", False),
        ("+1.2025550123", False),
        ("+1.1111111111", True),
        ("+44.0207946095", True),
        ("+49.0301234567", True),
        ("+1.0000000000", True),
    ],
)
def test_number_outside_every_plan_is_unlikely_and_taken(number: str, *, unlikely: bool) -> None:
    """8.1, step 5: a plan that the library does not know warns and never refuses."""
    assert unlikely_phone(parse_phone(number)) is unlikely


@pytest.mark.parametrize(
    ("number", "takes"),
    [
        ("+64.211234567", True),  # mobile
        ("+39.3471234567", True),
        ("+1.2025550123", True),  # fixed or mobile: the plan doesn't tell
        ("+64.000000000", True),  # in no plan: nobody knows
        ("+999.1234567", True),
        ("+64.44721234", False),  # fixed
        ("+39.0612345678", False),
        ("+44.8081570192", False),  # freephone
        ("+800.12345678", False),
        ("021 123 4567", False),  # as only a deposit brings them
        ("+64.21.1234567", False),
        ("+64.", False),
        ("", False),
    ],
)
def test_sms_goes_to_what_may_be_a_mobile_phone(number: str, takes: bool) -> None:
    """R-22: a mobile-capable number; of one that nobody knows it is not ruled out."""
    assert takes_sms(number) is takes
