from __future__ import annotations

import pytest

from store.errors import Code, RegistryError
from store.validation.address import parse_country, unlikely_postcode
from tests.store.validation.refusals import refused


@pytest.mark.parametrize(("typed", "stored"), [("NZ", "NZ"), ("nz", "NZ"), (" Gb\n", "GB")])
def test_country_is_stored_in_upper_case(typed: str, stored: str) -> None:
    """9.1.3: lower case is taken and stored in upper case."""
    assert parse_country(typed) == stored


@pytest.mark.parametrize(
    "typed", ["XX", "U", "USA", "ZZ", "12", "N Z", "ıt", "ＮＺ", "UK", "EU", "XK"]
)
def test_code_of_no_country_is_refused(typed: str) -> None:
    """9.1.1, 8.3: only ISO 3166-1 alpha-2 in ASCII letters."""
    with refused(Code.INVALID_VALUE, "cc"):
        parse_country(typed)


def test_uk_is_refused_with_the_right_code() -> None:
    """8.3: the commonest error is answered with its mending."""
    with pytest.raises(RegistryError, match="GB"):
        parse_country("uk")


def test_no_country_is_missing() -> None:
    """A country is required (9.1)."""
    with refused(Code.MISSING_VALUE, "cc"):
        parse_country(" ")


@pytest.mark.parametrize(
    ("cc", "pc", "unlikely"),
    [
        ("NZ", "6011", False),
        ("NZ", "60111", True),
        ("US", "90292", False),
        ("US", "90292-1234", False),
        ("US", "9029", True),
        ("IT", "00184", False),
        ("IT", "0018", True),
        ("GB", "SW1A 1AA", False),
        ("GB", "sw1a 1aa", False),
        ("GB", "12345", True),
        ("HK", "999077", False),
        ("AE", "anything", False),
        ("PA", "0801", False),
        ("ZZ", "1", False),
    ],
)
def test_postcode_is_unlikely_only_where_its_country_writes_others(
    cc: str, pc: str, *, unlikely: bool
) -> None:
    """8.3, D-27: a pattern of the country decides; without one every code is likely."""
    assert unlikely_postcode(cc, pc) is unlikely
