"""Phone and fax numbers in EPP's form ``+CC.N`` (contacts.md 8.1).

The number library is a source of data here and never the parser: it takes letters,
other scripts' digits, seven digits under +1 and a doubled calling code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from store.errors import Code, RegistryError
from store.validation.text import clean_text

__all__ = ["number_lengths", "parse_extension", "parse_phone", "takes_sms", "unlikely_phone"]

_NUMBER = re.compile(r"\+([0-9]{1,3})\.([0-9]{1,14})")  # RFC 5733 §2.5, e164StringType
_EXTENSION = re.compile(r"[0-9]{1,10}")  # I-14
MOST_CHARACTERS = 17  # RFC 5733 §4, e164StringType
MOST_DIGITS = 14


def parse_phone(
    text: str, *, field: str = "voice", overrides: Mapping[int, frozenset[int]] | None = None
) -> str:
    """Read a number in EPP's form; its digits stay as they were typed.

    The digits after the dot must be as many as numbers of that calling code have
    (I-13). *overrides* gives other sets of lengths for calling codes, where a registry
    takes freephone or national-rate numbers as well.

    Raises:
        RegistryError: ``INVALID_VALUE``.

    >>> parse_phone("+1.2025550123")
    '+1.2025550123'
    """
    number = clean_text(text, field=field)
    match = _NUMBER.fullmatch(number)
    if match is None or len(number) > MOST_CHARACTERS:
        raise RegistryError(
            Code.INVALID_VALUE,
            "A number is written +CC.N: calling code, a dot, digits; 17 characters at most.",
            field=field,
        )
    code, digits = match.groups()
    lengths = number_lengths(int(code)) if code[0] != "0" else frozenset[int]()
    if lengths and overrides is not None:
        lengths = overrides.get(int(code), lengths)
    if not lengths:
        raise RegistryError(Code.INVALID_VALUE, f"There is no calling code +{code}.", field=field)
    if len(digits) not in lengths:
        raise RegistryError(
            Code.INVALID_VALUE,
            f"A number of +{code} has {_spelled(lengths)} digits after the dot, not {len(digits)}.",
            field=field,
        )
    return number


def parse_extension(text: str, *, field: str = "voice_ext") -> str | None:
    """Read an extension of up to ten digits; nothing is ``None`` (I-14).

    Raises:
        RegistryError: ``INVALID_VALUE``.
    """
    digits = clean_text(text, field=field)
    if not digits:
        return None
    if not _EXTENSION.fullmatch(digits):
        raise RegistryError(
            Code.INVALID_VALUE, "An extension has up to 10 digits and nothing else.", field=field
        )
    return digits


@cache
def number_lengths(code: int) -> frozenset[int]:
    """Give how many digits numbers of calling code *code* have; empty for no such code.

    Fixed-line and mobile lengths over all regions that share the code, 14 at most. The
    few codes without either (800, 888 and such) have their general lengths.
    """
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE, PhoneMetadata

    usual: set[int] = set()
    general: set[int] = set()
    for region in COUNTRY_CODE_TO_REGION_CODE.get(code, ()):
        if region == "001":  # a code that belongs to no country
            plan = PhoneMetadata.metadata_for_nongeo_region(code)
        else:
            plan = PhoneMetadata.metadata_for_region(region)
        if plan is None:
            continue
        for kind in (plan.fixed_line, plan.mobile):
            usual.update(kind.possible_length if kind is not None else ())
        if plan.general_desc is not None:
            general.update(plan.general_desc.possible_length)
    return frozenset(length for length in usual - {-1} or general if 0 < length <= MOST_DIGITS)


def unlikely_phone(text: str) -> bool:
    """Tell whether a well-formed number is in no number plan that the library knows.

    Good for a warning and never for a refusal: plans move (8.1, step 5; D-27). A trunk
    zero that callers from abroad leave out makes a number unlikely as well.
    """
    from phonenumbers import (
        NumberParseException,
        is_valid_number,
        national_significant_number,
    )
    from phonenumbers import parse as parse_number

    code, _, digits = text.partition(".")
    try:
        number = parse_number(code + digits)
    except NumberParseException:
        return True
    return not is_valid_number(number) or national_significant_number(number) != digits


def takes_sms(text: str) -> bool:
    """Tell whether a text message may reach a number (contacts.md R-22).

    One of no known plan or type may: only a number that is known to be something else
    than a mobile phone's does not, nor one that a deposit brought in another form.

    >>> takes_sms("+64.211234567"), takes_sms("+64.44721234")
    (True, False)
    """
    from phonenumbers import NumberParseException, PhoneNumberType, number_type
    from phonenumbers import parse as parse_number

    if _NUMBER.fullmatch(text) is None:
        return False
    try:
        kind = number_type(parse_number(text.replace(".", "")))
    except NumberParseException:
        return True
    return kind in {
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.UNKNOWN,
    }


def _spelled(lengths: frozenset[int]) -> str:
    """Spell a set of lengths, "10" or "7 to 11" or "7 or 9"."""
    ordered = sorted(lengths)
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]} to {ordered[-1]}"
    return " or ".join(str(length) for length in ordered)
