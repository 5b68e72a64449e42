"""What JSContact cards leave out, beside the entries of the jCards (conformance.md 2.3.5).

The paths of one card select nothing of the other, so each withheld value of a contact
has a second entry where both cards stand. A JSContact card has no empty values:
everything is a removal, or a form in the place of an address. The names are the WHOIS
keys with the card's, in ``description``: the registered ones stand once in an answer.
"""

from __future__ import annotations

from rdap.jcard import form_url
from rdap.jscontact import CARD
from rdap.members import JsonObject, Place
from rdap.redaction import REASON, WORD
from rdap.statuses import RDAP_ROLE
from store.published import Party, PublishedDomain, PublishedEntity, Reason, Withheld

__all__ = ["contact_redactions"]

_PART = "addresses.addr.components[?(@.kind=='{}')]"
# A value's member, the rest of its WHOIS key, its place in the card. An extension is
# written behind its number, so it has a path of its own that selects nothing. A handle
# is no part of a card.
_PLACES: tuple[tuple[str, str, str], ...] = (
    ("name", "Name", "name.full"),
    ("org", "Organization", "organizations.org"),
    ("street", "Street", _PART.format("name")),
    ("city", "City", _PART.format("locality")),
    ("sp", "State/Province", _PART.format("region")),
    ("pc", "Postal Code", _PART.format("postcode")),
    ("cc", "Country", "addresses.addr.countryCode"),
    ("voice", "Phone", "phones.voice"),
    ("voice_ext", "Phone Ext", "phones.voice.extension"),
    ("fax", "Fax", "phones.fax"),
    ("fax_ext", "Fax Ext", "phones.fax.extension"),
    ("email", "Email", "emails.email"),
)


def contact_redactions(shown: PublishedDomain | PublishedEntity, place: Place) -> list[JsonObject]:
    """List what the cards of *shown*, which stands at *place*, leave out."""
    if not place.jscontact:
        return []
    if isinstance(shown, PublishedEntity):
        return _party_entries(shown.party, place.root)
    entries: list[JsonObject] = []
    for party in shown.parties:
        path = f"{place.root}.entities[?(@.roles[0]=='{RDAP_ROLE[party.role]}')]"
        entries += _party_entries(party, path)
    return entries


def _party_entries(party: Party, path: str) -> list[JsonObject]:
    card = f"{path}.{CARD}"
    entries: list[JsonObject] = []
    for member, key, below in _PLACES:
        value = getattr(party, member)
        if isinstance(value, Withheld):
            name = f"{WORD[party.role]} {key} (JSContact)"
            entries.append(_removal(name, value.reason, f"{card}.{below}"))
    if isinstance(party.email, Withheld) and form_url(party) is not None:
        # conformance.md 4.6.9
        replacement = f"{card}.links['contact-uri']"
        entries[-1] |= {"method": "replacementValue", "replacementPath": replacement}
    return entries


def _removal(name: str, reason: Reason, path: str) -> JsonObject:
    return {
        "name": {"description": name},
        "reason": {"description": REASON[reason]},
        "method": "removal",
        "prePath": path,
    }
