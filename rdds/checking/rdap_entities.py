"""The entities of an RDAP answer as facts: registrar, contacts, abuse contact."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rdds.checking.facts import Gathering, Hidden
from rdds.checking.fields import MASKABLE, PARTY_KEYS, ROLES
from rdds.checking.json_members import Members
from rdds.checking.neutral import neutral_text, neutral_url
from rdds.checking.rdap_cards import gather_card
from rdds.checking.rdap_members import (
    LINK_ASIDE,
    base_url,
    gather_class,
    gather_events,
    status_words,
)

__all__ = ["gather_entity"]

# RFC 9083 §10.2.4 to the words of the keys; any other role has no key.
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "registrant": "Registrant",
        "administrative": "Admin",
        "technical": "Tech",
        "registrar": "Registrar",
    }
)

# D-32: these have an entry in `redacted` also where nothing was given.
_NOT_PROVIDED = frozenset({"Registrant Phone", "Registrant Street", "Registrant Postal Code"})


def gather_entity(
    entity: Members, gathering: Gathering, base: str, told: frozenset[str] | None
) -> None:
    """Add what *entity* says under the word of its role.

    *told* names what the answer lists as redacted, ``None`` where it has no such list;
    *base* is what the answer's own links begin with.
    """
    roles = entity.texts("roles") or ["(none)"]
    for role in roles[1:]:
        gathering.add("RDAP member entities.roles", role)
    word = _WORDS.get(roles[0], roles[0].title())
    if word in ROLES:
        _hide_party(gathering, word, told)
    gather_class(entity, "entity", gathering)
    _gather_identity(entity, gathering, word)
    gather_card(gathering, ["vcard", _card(entity)], word)
    gathering.add(f"{word} Status", *status_words(entity))
    gather_events(entity, gathering, word)
    _gather_entity_links(entity, gathering, base, word)
    for nested in entity.objects("entities"):
        _gather_nested(nested, gathering, word)
    entity.end()


def _card(entity: Members) -> list[object]:
    """Take the properties of the entity's ``vcardArray``; a malformed one is one odd property."""
    match entity.items("vcardArray"):
        case []:
            return []
        case ["vcard", [*properties]]:
            return properties
        case odd:
            return [odd]


def _hide_party(gathering: Gathering, role: str, told: frozenset[str] | None) -> None:
    """Say of each value of *role* that it may be withheld; values that are there win."""
    for key in (f"Registry {role} ID", *(f"{role} {key}" for key in PARTY_KEYS)):
        if told is None or (key in told and key in _NOT_PROVIDED):
            gathering.hide(key, Hidden.UNTOLD)
        elif key in told and key in MASKABLE:
            gathering.hide(key, Hidden.WITHHELD)


def _gather_identity(entity: Members, gathering: Gathering, word: str) -> None:
    handle = neutral_text(entity.text("handle") or "")
    if word != "Registrar":
        gathering.add(f"Registry {word} ID", handle)
    elif handle != "not applicable":  # D-34
        gathering.add("Registrar IANA ID", handle)
    for public in entity.objects("publicIds"):
        kind, identifier = public.text("type"), public.text("identifier")
        known = kind == "IANA Registrar ID" and word == "Registrar"
        gathering.add("Registrar IANA ID" if known else f"{word} {kind}", identifier)
        public.end()


def _gather_entity_links(entity: Members, gathering: Gathering, base: str, word: str) -> None:
    for link in entity.objects("links"):
        rel, href, value = link.text("rel"), link.text("href") or "", link.text("value") or ""
        match rel:
            case "self":
                gathering.add(f"{word} Link", href.removeprefix(base))
            case "about" if word == "Registrar":  # conformance.md 4.5.6
                gathering.add("Registrar URL", neutral_url(href))
                gathering.add("Registrar RDAP URL", base_url(value))
            case _:
                gathering.add(f"{word} Link {rel}", href)
        link.drop(LINK_ASIDE)
        link.end()


def _gather_nested(entity: Members, gathering: Gathering, word: str) -> None:
    """Read an entity inside an entity: a registrar's abuse contact (conformance.md 4.5.5)."""
    roles = entity.texts("roles")
    known = roles == ["abuse"] and word == "Registrar"
    prefix = "Registrar Abuse Contact" if known else f"{word} {' '.join(roles)}"
    gather_class(entity, "entity", gathering)
    gather_card(gathering, ["vcard", _card(entity)], prefix)
    entity.end()
