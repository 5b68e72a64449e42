"""The registrar entity, inside other objects and looked up by itself (RFC 9083 §5.1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

import orjson

from rdap.jcard import abuse_card, registrar_card, registrar_name_card
from rdap.jscontact import (
    CARD,
    abuse_contact,
    entity_url,
    registrar_contact,
    registrar_name_contact,
)
from rdap.members import JsonObject, Place, event_list, link, self_link, without_empty
from rdap.text import web_url
from store.published import PublishedRegistrar

__all__ = ["nested_registrar", "registrar_object"]


def nested_registrar(registrar: PublishedRegistrar, place: Place) -> object:
    """Make the registrar entity of a domain or a host (conformance.md 4.5)."""
    if place.jscontact:
        return _nested(registrar, place)
    return _finished(registrar, place.value, place.base)


def _nested(registrar: PublishedRegistrar, place: Place) -> JsonObject:
    return _entity(registrar, place, registrar_name_card(registrar), registrar_name_contact)


@lru_cache(maxsize=1024)
def _finished(registrar: PublishedRegistrar, value: str, base: str) -> orjson.Fragment:
    """Make it as JSON: a registrar has more names than one."""
    return orjson.Fragment(orjson.dumps(_nested(registrar, Place(value=value, base=base))))


def registrar_object(
    registrar: PublishedRegistrar, place: Place, *, as_of: datetime | None
) -> JsonObject:
    """Make the registrar as the topmost object; *as_of* is the store's last commit."""
    entity = _entity(registrar, place, registrar_card(registrar), registrar_contact)
    entity["events"] = event_list(
        as_of, registration=registrar.created, last_changed=registrar.updated
    )
    return without_empty(entity)


def _entity(
    registrar: PublishedRegistrar,
    place: Place,
    card: list[object],
    contact: Callable[..., JsonObject],
) -> JsonObject:
    number = registrar.iana_id
    # D-34: no accreditation, no public id; its page answers to the id it has here.
    identifier = registrar.handle if number is None else str(number)
    identity = entity_url(place, identifier) if place.jscontact else None
    public_id: JsonObject = {"type": "IANA Registrar ID", "identifier": identifier}
    return without_empty(
        {
            "objectClassName": "entity",
            "handle": "not applicable" if number is None else identifier,
            "roles": ["registrar"],
            "publicIds": [] if number is None else [public_id],
            "vcardArray": card,
            CARD: identity and contact(registrar, identity=identity),
            "entities": _abuse_entities(registrar, identity),
            "links": [self_link(place, "entity", identifier), *_about_links(registrar, place)],
        }
    )


def _about_links(registrar: PublishedRegistrar, place: Place) -> list[JsonObject]:
    # conformance.md 4.5.6: here, and nowhere else, `value` isn't the URL asked for.
    base, site = web_url(registrar.rdap_url), web_url(registrar.url)
    if base is None or site is None:
        return []
    return [link(place, rel="about", href=site, media_type="text/html", value=base)]


def _abuse_entities(registrar: PublishedRegistrar, identity: str | None) -> list[JsonObject]:
    if registrar.abuse_email is None and registrar.abuse_phone is None:
        return []
    entity: JsonObject = {
        "objectClassName": "entity",
        "roles": ["abuse"],
        "vcardArray": abuse_card(registrar),
    }
    if identity is not None:
        entity[CARD] = abuse_contact(registrar, identity=identity)
    return [entity]
