"""The private texts of a random registration, and which of them no answer may hold.

Written from contacts.md 7.3 and apart from ``store.publish``, which it judges.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum, auto

from store.model import Element, PrivacyMode
from store.policy import Part
from store.published import PublicRole
from tests.registrations import PrivateContact, Registration

__all__ = ["Mark", "hidden_marks", "hides", "marks"]


class Mark(Enum):
    """Private texts that are no part of a card."""

    INNER = auto()  # ids, codes, second forms: never shown
    OWN = auto()  # what joins a contact's names: its ROID and its dates


def marks(contact: PrivateContact) -> Iterator[tuple[Part | Mark, str]]:
    """Give each private text of *contact* and what it is."""
    held, card = contact.held, contact.held.card
    stem = contact.handle.removesuffix("id")
    yield Mark.INNER, contact.handle
    yield Mark.INNER, contact.auth_hash
    yield Mark.INNER, contact.second_name
    yield Mark.OWN, held.roid
    for moment in (held.created, held.updated):
        if moment is not None:
            yield Mark.OWN, moment.strftime("%Y-%m-%dT%H:%M:%S")
    for part in (Part.NAME, Part.ORG, Part.CITY, Part.SP, Part.PC, Part.EMAIL):
        if getattr(card, part.value):
            yield part, f"{stem}{part.value}"
    for line, _ in enumerate(card.street):
        yield Part.STREET, f"{stem}street{line}"
    for part, digits in (
        *((Part.VOICE, card.voice), (Part.VOICE, card.voice_ext)),
        *((Part.FAX, card.fax), (Part.FAX, card.fax_ext)),
    ):
        if digits:
            yield part, digits.removeprefix("+64.").removeprefix("FAX ").lstrip("0x")


def hidden_marks(registration: Registration, *, looked_up: bool = False) -> set[str]:
    """Say which private texts no answer may hold, by contacts.md 7.3 and apart from the code.

    *looked_up* is for the answer to a contact's own handle: its ROID then stands beside
    its name also where it holds the admin role alone (D-26).
    """
    proxied = registration.held.privacy is PrivacyMode.PROXY
    found = set()
    for contact in registration.everyone():
        roles = {
            role
            for role, held in registration.contacts.items()
            if held.handle == contact.handle and role in registration.policy.published_roles
        }
        nameless = hides(registration, contact, Part.NAME)
        for kind, mark in marks(contact):
            match kind:
                case Mark.INNER:
                    hidden = True
                case Mark.OWN:
                    alone = not looked_up and roles <= {PublicRole.ADMIN}
                    hidden = not roles or proxied or nameless or alone
                case Part():
                    hidden = not roles or proxied or hides(registration, contact, kind)
            if hidden:
                found.add(mark)
    return found


_COVERED = {
    **{part: Element(part.value) for part in Part if part.value in list(Element)},
    **dict.fromkeys((Part.STREET, Part.CITY, Part.SP, Part.PC, Part.CC), Element.ADDR),
}
_WITHHELD_BY_MODE = {Part.STREET, Part.CITY, Part.SP, Part.PC, Part.VOICE, Part.FAX}


def hides(registration: Registration, contact: PrivateContact, part: Part) -> bool:
    """Say whether *part* of *contact* is withheld where *registration* shows the contact."""
    policy = registration.policy
    if registration.held.privacy is PrivacyMode.WITHHOLD and part in _WITHHELD_BY_MODE:
        return True
    word = {d.element: d.show for d in contact.held.disclosures}.get(_COVERED[part])
    if part in policy.redacted:
        return word is not True
    return word is False and part not in policy.always_shown
