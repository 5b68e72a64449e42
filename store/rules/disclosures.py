"""Holders' words on what is shown of them (EPP's disclose, contacts.md 7.3)."""

from __future__ import annotations

from datetime import datetime

from store.changes import DisclosureEdit
from store.errors import Code, RegistryError
from store.model import Disclosure, Element

__all__ = ["edited_disclosures"]


def edited_disclosures(
    standing: tuple[Disclosure, ...], edit: DisclosureEdit, *, now: datetime
) -> tuple[Disclosure, ...]:
    """Give the disclosures after *edit*, in the elements' own order.

    A new consent is dated *now*; one that stands already keeps its date.

    Raises:
        RegistryError: ``INVALID_VALUE`` for an element in two of the lists.
    """
    for element in Element:
        lists = [
            field for field in ("disclose", "hide", "undisclose") if element in getattr(edit, field)
        ]
        if len(lists) > 1:
            raise RegistryError(
                Code.INVALID_VALUE,
                f"{element} stands under {lists[0]} and under {lists[1]}.",
                field=lists[1],
            )
    said = {word.element: word for word in standing}
    for element in edit.undisclose:
        said.pop(element, None)
    for element in edit.hide:
        said[element] = Disclosure(element=element, show=False, at=None)
    for element in edit.disclose:
        if element not in said or not said[element].show:
            said[element] = Disclosure(element=element, show=True, at=now)
    return tuple(said[element] for element in Element if element in said)
