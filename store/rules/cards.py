"""Cards as edits make them: what an edit names is checked, the rest stays."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import fields, replace
from typing import Any

from store.changes import UNSET, CardEdit
from store.model import Card, PostalType
from store.validation.cautions import Caution
from store.validation.contact import CONTACT_REQUIRED, check_card, check_fields

__all__ = ["edited_card", "new_card"]


def new_card(
    edit: CardEdit,
    *,
    smtputf8: bool,
    required: AbstractSet[str] = CONTACT_REQUIRED,
    postal_type: PostalType = PostalType.LOC,
) -> tuple[Card, tuple[str, ...]]:
    """Give the card that *edit* makes from nothing, and warnings.

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE`` with the field's name.
    """
    card, cautions = check_card(
        replace(Card(), **_named(edit)),
        smtputf8=smtputf8,
        required=required,
        postal_type=postal_type,
    )
    return card, _sentences(cautions)


def edited_card(
    card: Card,
    edit: CardEdit,
    *,
    smtputf8: bool,
    required: AbstractSet[str] = CONTACT_REQUIRED,
    postal_type: PostalType = PostalType.LOC,
) -> tuple[Card, tuple[str, ...]]:
    """Give *card* after *edit*, and warnings. Only the fields that it names are checked.

    An edit that clears a number and doesn't speak of its extension clears both: 8.1 has
    no extension without a number.

    Raises:
        RegistryError: ``MISSING_VALUE`` or ``INVALID_VALUE`` with the field's name.
    """
    named = _with_extensions(_named(edit))
    if not named:
        return card, ()
    checked, cautions = check_fields(
        replace(card, **named),
        named.keys(),
        smtputf8=smtputf8,
        required=required,
        postal_type=postal_type,
    )
    return checked, _sentences(cautions)


def _named(edit: CardEdit) -> dict[str, Any]:
    values = {field.name: getattr(edit, field.name) for field in fields(edit)}
    return {name: value for name, value in values.items() if value is not UNSET}


def _with_extensions(named: dict[str, Any]) -> dict[str, Any]:
    cleared = (field for field in ("voice", "fax") if not named.get(field, "-").strip())
    return {f"{field}_ext": "" for field in cleared} | named


def _sentences(cautions: tuple[Caution, ...]) -> tuple[str, ...]:
    return tuple(f"{caution.field}: {caution.message}" for caution in cautions)
