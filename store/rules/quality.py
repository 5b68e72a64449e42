"""What a contact's data lack: for the registrar's report, never for a refusal (contacts.md 3)."""

from __future__ import annotations

from collections.abc import Iterable

from store.errors import Code
from store.model import Contact
from store.policy import RegistryPolicy
from store.rules.uses import Use
from store.validation.address import needs_postcode
from store.validation.cautions import list_cautions
from store.validation.contact import CARD_FIELDS, list_breaches

__all__ = ["UNLIKELY", "list_lacks"]

NO, BAD, UNLIKELY = "no-", "bad-", "unlikely-"


def list_lacks(contact: Contact, uses: Iterable[Use], policy: RegistryPolicy) -> tuple[str, ...]:
    """Give each kind of lack once, in ascending order: its word and the option's name.

    ``no-FIELD`` has no value where one is needed: what every contact must have, a street, a
    postcode where the country has them, a phone where a role in *uses* asks for one.
    ``bad-FIELD`` breaks today's entry rules, ``unlikely-FIELD`` is merely unlikely (D-27).
    """
    card = contact.card
    breaches = list_breaches(card, smtputf8=policy.smtputf8, postal_type=contact.postal_type)
    lacks = {
        f"{NO if breach.code is Code.MISSING_VALUE else BAD}{_option(breach.field or '')}"
        for breach in breaches
    }
    broken = {breach.field for breach in breaches}
    if not card.street:
        lacks.add(f"{NO}street")
    if not card.pc and card.cc and needs_postcode(card.cc):
        lacks.add(f"{NO}pc")
    if not card.voice and any(
        use.role in policy.zone(use.zone).phone_required_roles for use in uses
    ):
        lacks.add(f"{NO}voice")
    cautions = list_cautions(card, CARD_FIELDS - broken)
    lacks |= {f"{UNLIKELY}{_option(caution.field)}" for caution in cautions}
    return tuple(sorted(lacks))


def _option(field: str) -> str:
    return field.replace("_", "-")
