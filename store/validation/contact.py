"""The values of a contact, and of the cards of registrars and privacy services.

contacts.md section 2, conformance.md 9.1. A card is checked whole when it is made, and
in the fields an edit names when it is changed: an edit is refused for what it brings or
takes away, not for what stood there before (interface.md, Settings).
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from store.errors import Code, RegistryError
from store.model import Card, PostalForm, PostalType
from store.validation.address import parse_country
from store.validation.cautions import Caution, list_cautions
from store.validation.email import parse_email
from store.validation.phone import parse_extension, parse_phone
from store.validation.text import clean_text, clean_token, limited

__all__ = [
    "CARD_FIELDS",
    "CONTACT_REQUIRED",
    "POSTAL_FIELDS",
    "POSTAL_REQUIRED",
    "REGISTRAR_REQUIRED",
    "SERVICE_REQUIRED",
    "check_card",
    "check_fields",
    "check_handle",
    "check_postal_form",
    "list_breaches",
]

POSTAL_FIELDS = frozenset({"name", "org", "street", "city", "sp", "pc", "cc"})
CARD_FIELDS = POSTAL_FIELDS | {"voice", "voice_ext", "fax", "fax_ext", "email"}

POSTAL_REQUIRED = frozenset({"name", "city", "cc"})
CONTACT_REQUIRED = POSTAL_REQUIRED | {"email"}
REGISTRAR_REQUIRED = frozenset({"name"})
SERVICE_REQUIRED = frozenset({"name", "org"})

# Code points, least and most where there is a value (RFC 5733 §4; I-09 for org).
_LIMITS: Mapping[str, tuple[int, int]] = {
    "name": (1, 255),
    "org": (2, 255),
    "street": (1, 255),
    "city": (1, 255),
    "sp": (1, 255),
    "pc": (1, 16),
}
MOST_STREET_LINES = 3
LEAST_HANDLE, MOST_HANDLE = 3, 16  # RFC 5733 §4, clIDType

_NUMBER_OF = {"voice_ext": "voice", "fax_ext": "fax"}

F = TypeVar("F", bound=PostalForm)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    required: AbstractSet[str]
    smtputf8: bool = False
    ascii_only: bool = False


def check_card(
    card: Card,
    *,
    smtputf8: bool,
    required: AbstractSet[str] = CONTACT_REQUIRED,
    postal_type: PostalType = PostalType.LOC,
) -> tuple[Card, tuple[Caution, ...]]:
    """Check all of a new card; give it in normal form, and what is merely unlikely.

    *required* names the fields that need a value: of a contact by default, or
    ``REGISTRAR_REQUIRED`` or ``SERVICE_REQUIRED``.

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE`` with the field's name.
    """
    return check_fields(
        card, CARD_FIELDS, smtputf8=smtputf8, required=required, postal_type=postal_type
    )


def check_fields(
    card: Card,
    fields: AbstractSet[str],
    *,
    smtputf8: bool,
    required: AbstractSet[str] = CONTACT_REQUIRED,
    postal_type: PostalType = PostalType.LOC,
) -> tuple[Card, tuple[Caution, ...]]:
    """Check the named *fields* of an edited card; the others stay as they are.

    Where a number or its extension is named, the pair must hold together afterwards:
    no extension without a number.

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE`` with the field's name.
    """
    ascii_only = postal_type is PostalType.INT
    rules = _Rules(required=required, smtputf8=smtputf8, ascii_only=ascii_only)
    checked = _checked(card, fields, rules)
    for extension, number in _NUMBER_OF.items():
        if fields & {extension, number}:
            _check_pair(checked, extension)
    return checked, list_cautions(checked, fields)


def check_postal_form(
    form: PostalForm,
    *,
    postal_type: PostalType,
    fields: AbstractSet[str] = POSTAL_FIELDS,
    required: AbstractSet[str] = POSTAL_REQUIRED,
) -> tuple[PostalForm, tuple[Caution, ...]]:
    """Check the named *fields* of a postal form; ``int`` is 7-bit ASCII (RFC 5733 §2.3).

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE`` with the field's name.
    """
    rules = _Rules(required=required, ascii_only=postal_type is PostalType.INT)
    checked = _checked(form, fields, rules)
    return checked, list_cautions(checked, fields)


def list_breaches(
    card: Card,
    *,
    smtputf8: bool,
    required: AbstractSet[str] = CONTACT_REQUIRED,
    postal_type: PostalType = PostalType.LOC,
) -> tuple[RegistryError, ...]:
    """Give every entry rule that *card* breaks, one for each field at most.

    For a deposit, whose values are taken as they are and reported by kind.
    """
    ascii_only = postal_type is PostalType.INT
    rules = _Rules(required=required, smtputf8=smtputf8, ascii_only=ascii_only)
    breaches = []
    for field in sorted(CARD_FIELDS):
        try:
            _field_value(card, field, rules)
            if field in _NUMBER_OF:
                _check_pair(card, field)
        except RegistryError as error:
            breaches.append(error)
    return tuple(breaches)


def check_handle(text: str, *, field: str = "id") -> str:
    """Give an id chosen by its client: a token of 3 to 16 characters (RFC 5733 §2.1).

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE``.
    """
    return limited(
        clean_token(text, field=field), field=field, least=LEAST_HANDLE, most=MOST_HANDLE
    )


def _checked(form: F, fields: AbstractSet[str], rules: _Rules) -> F:
    # In a fixed order, so the same input always has the same refusal.
    changes: dict[str, Any] = {field: _field_value(form, field, rules) for field in sorted(fields)}
    return replace(form, **changes)


def _field_value(form: PostalForm, field: str, rules: _Rules) -> str | tuple[str, ...] | None:
    """Give one field's value in normal form; nothing is ``None``, for the name ``""``."""
    if field == "street":
        return _street(form.street, rules)
    text = clean_text(getattr(form, field) or "", field=field)
    if not text:
        if field in rules.required:
            raise RegistryError(
                Code.MISSING_VALUE, f"The field {field} needs a value.", field=field
            )
        return "" if field == "name" else None
    match field:
        case "cc":
            return parse_country(text, field=field)
        case "voice" | "fax":
            return parse_phone(text, field=field)
        case "voice_ext" | "fax_ext":
            return parse_extension(text, field=field)
        case "email":
            return parse_email(text, smtputf8=rules.smtputf8, field=field)
        case "pc":
            text = clean_token(text, field=field)
        case _:
            pass
    return _postal_text(text, field, rules)


def _street(lines: tuple[str, ...], rules: _Rules) -> tuple[str, ...]:
    cleaned = [clean_text(line, field="street") for line in lines]
    kept = tuple(_postal_text(line, "street", rules) for line in cleaned if line)
    if len(kept) > MOST_STREET_LINES:
        raise RegistryError(
            Code.INVALID_VALUE,
            f"A street has {MOST_STREET_LINES} lines at most.",
            field="street",
        )
    return kept


def _postal_text(text: str, field: str, rules: _Rules) -> str:
    least, most = _LIMITS[field]
    if rules.ascii_only and not text.isascii():
        raise RegistryError(
            Code.INVALID_VALUE,
            f"In an international (int) address the field {field} is ASCII.",
            field=field,
        )
    return limited(text, field=field, least=least, most=most)


def _check_pair(card: Card, extension: str) -> None:
    # 8.1, step 4: an extension only with a number.
    digits, number = getattr(card, extension) or "", getattr(card, _NUMBER_OF[extension]) or ""
    if digits.strip() and not number.strip():
        raise RegistryError(
            Code.INVALID_VALUE,
            f"An extension needs a number: give {_NUMBER_OF[extension]}, or clear {extension} too.",
            field=extension,
        )
