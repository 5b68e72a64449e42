"""What is unlikely and passes all the same (D-27): told to the editor, refused by no one."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from store.model import PostalForm
from store.validation.address import unlikely_postcode
from store.validation.phone import unlikely_phone

__all__ = ["Caution", "list_cautions"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """A sentence about a value that was taken; *field* as in ``RegistryError``."""

    field: str
    message: str


def list_cautions(form: PostalForm, fields: AbstractSet[str]) -> tuple[Caution, ...]:
    """Give what looks wrong with the named *fields* of a checked card or postal form."""
    cautions = [
        Caution(field=field, message="The number is in no number plan known here.")
        for field in ("voice", "fax")
        if field in fields and (number := getattr(form, field, None)) and unlikely_phone(number)
    ]
    if fields & {"pc", "cc"} and form.pc and form.cc and unlikely_postcode(form.cc, form.pc):
        message = f"Postcodes of {form.cc} are written in another way."
        cautions.append(Caution(field="pc", message=message))
    return tuple(cautions)
