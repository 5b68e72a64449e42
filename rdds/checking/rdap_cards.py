"""A jCard read back into facts (RFC 7095; conformance.md 2.1, 2.2)."""

from __future__ import annotations

from rdds.checking.facts import Gathering
from rdds.checking.neutral import mailbox, neutral_text, neutral_url

__all__ = ["gather_card"]

_SLOTS = ((3, "City"), (4, "State/Province"), (5, "Postal Code"))
_EMPTY = (0, 1, 6)  # post office box, extended address, country name (2.2.7, 2.2.8)
_KINDS = {"org": "organisation"}


def gather_card(gathering: Gathering, card: object, prefix: str) -> None:
    """Add what the ``vcardArray`` *card* says to the facts whose keys begin with *prefix*."""
    match card:
        case ["vcard", [*properties]]:
            for each in properties:
                _gather_property(gathering, each, prefix)
        case _:
            gathering.add(f"{prefix} card", repr(card)[:80])


def _gather_property(gathering: Gathering, found: object, prefix: str) -> None:
    match found:
        case ["version", _, _, "4.0"]:
            pass
        case ["fn", _, _, str(value)]:
            _gather_name(gathering, value, prefix)
        case ["kind", _, _, str(value)]:
            gathering.add(f"{prefix} Kind", _KINDS.get(value, value))
        case ["org", _, _, str(value)]:
            gathering.add(f"{prefix} Organization", neutral_text(value))
        case ["adr", dict(parameters), _, [*slots]] if len(slots) == 7:
            _gather_address(gathering, parameters, slots, prefix)
        case ["tel", dict(parameters), _, str(value)]:
            _gather_phone(gathering, parameters.get("type"), value, prefix)
        case ["email" | "contact-uri", _, _, str(value)]:
            gathering.add(f"{prefix} Email", mailbox(value))
        case ["url", _, _, str(value)]:
            gathering.add(f"{prefix} URL", neutral_url(value))
        case _:
            gathering.add(f"{prefix} card", repr(found)[:80])


def _gather_name(gathering: Gathering, value: str, prefix: str) -> None:
    if prefix == "Registrar":
        gathering.add(prefix, neutral_text(value))
    elif prefix != "Registrar Abuse Contact":
        gathering.add(f"{prefix} Name", neutral_text(value))


def _gather_address(
    gathering: Gathering, parameters: dict[str, object], slots: list[object], prefix: str
) -> None:
    street = slots[2] if isinstance(slots[2], list) else [slots[2]]
    for line in street:
        gathering.add(f"{prefix} Street", neutral_text(_text(line)))
    for slot, key in _SLOTS:
        gathering.add(f"{prefix} {key}", neutral_text(_text(slots[slot])))
    gathering.add(f"{prefix} Country", neutral_text(_text(parameters.get("cc", ""))))
    for slot in _EMPTY:
        if slots[slot] != "":
            gathering.add(f"{prefix} card", f"adr {_text(slots[slot])}"[:80])


def _gather_phone(gathering: Gathering, kind: object, value: str, prefix: str) -> None:
    """Read a number; its type is a string, or an array with it (2.2.11)."""
    kinds = kind if isinstance(kind, list) else [kind]
    word = "Fax" if "fax" in kinds else "Phone" if "voice" in kinds else "card tel"
    if value.startswith("tel:"):
        number, _, extension = value.removeprefix("tel:").partition(";ext=")
    else:  # an imported oddity, as text
        number, _, extension = value.partition(" ext. ")
    gathering.add(f"{prefix} {word}", neutral_text(number))
    gathering.add(f"{prefix} {word} Ext", neutral_text(extension))


def _text(found: object) -> str:
    return found if isinstance(found, str) else repr(found)[:80]
