"""The entity of a contact, inside a domain and looked up by handle (RFC 9083 §5.1)."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from rdap.contact_redaction import contact_redactions
from rdap.jcard import finished_card, party_card
from rdap.jscontact import CARD, entity_url, party_contact
from rdap.members import JsonObject, Place, event_list, self_link, without_empty
from rdap.redaction import entity_redactions
from rdap.statuses import RDAP_ROLE, status_list
from rdap.text import clean
from store.published import Party, PublishedEntity, Standing

__all__ = ["contact_object", "party_object"]


def party_object(party: Party, place: Place) -> JsonObject:
    """Make the entity of one role of a domain; roles are never merged (conformance.md 1.7.17)."""
    # conformance.md 11.1.6: a self link for every nested entity with a handle.
    handle = _handle(party)
    links = [] if handle is None else [self_link(place, "entity", handle)]
    return _entity(party, handle, [RDAP_ROLE[party.role]], links, place, as_of=None)


def contact_object(contact: PublishedEntity, place: Place, *, as_of: datetime | None) -> JsonObject:
    """Make a contact as the topmost object, with the union of its roles (11.1.7).

    Its self link names the handle that was asked for: the contact's own may be withheld.
    """
    roles = list(dict.fromkeys(RDAP_ROLE[role] for role in contact.roles))
    links = [self_link(place, "entity", contact.asked)]
    entity = _entity(contact.party, _handle(contact.party), roles, links, place, as_of=as_of)
    redacted = [*entity_redactions(contact, place), *contact_redactions(contact, place)]
    return {**entity, "redacted": redacted} if redacted else entity


def _entity(
    party: Party,
    handle: str | None,
    roles: list[str],
    links: list[JsonObject],
    place: Place,
    *,
    as_of: datetime | None,
) -> JsonObject:
    return without_empty(
        {
            "objectClassName": "entity",
            "handle": handle,
            "roles": roles,
            "vcardArray": finished_card(party) if as_of is None else party_card(party),
            CARD: _contact(party, place) if place.jscontact else None,
            "status": _statuses(party),
            "events": _events(party, as_of),
            "links": links,
        }
    )


def _events(party: Party, as_of: datetime | None) -> list[JsonObject]:
    if as_of is None and party.created is None and party.updated is None:
        return []
    return event_list(as_of, registration=party.created, last_changed=party.updated)


def _contact(party: Party, place: Place) -> JsonObject:
    handle = _handle(party)
    identity = None if handle is None else entity_url(place, handle)
    return party_contact(party, identity=identity)


def _handle(party: Party) -> str | None:
    return (clean(party.handle) or None) if isinstance(party.handle, str) else None


def _statuses(party: Party) -> tuple[str, ...]:
    # D-15, P-16; a hidden contact's own statuses are not its stand-in's.
    match party.standing:
        case Standing.OPEN:
            return status_list(party.statuses)
        case Standing.PROXY:
            return ("proxy",)
        case Standing.PRIVATE:
            return ("private",)
        case _:
            assert_never(party.standing)
