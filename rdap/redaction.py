"""The ``redacted`` member: what an object leaves out on purpose (RFC 9537).

Computed from the published view alone, by the same reading of it as the object: a
withheld value has an entry, a value that is shown has none. The paths are of the
common subset of JSONPath (RFC 9535) and select by role and property, never by a place
in a list that other answers fill differently (conformance.md 4.7.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from operator import attrgetter

import orjson

from rdap.jcard import form_url, has_address
from rdap.members import JsonObject, Place
from rdap.statuses import RDAP_ROLE
from store.published import (
    Party,
    PublicRole,
    PublishedDomain,
    PublishedEntity,
    Reason,
    Standing,
    Withheld,
)

__all__ = ["REASON", "WORD", "domain_redactions", "entity_redactions", "finished_redactions"]

# conformance.md 4.7.8: these names are registered, all others stand in `description`.
REGISTERED = frozenset(
    {
        *("Registry Domain ID", "Registry Registrant ID", "Registrant Name"),
        *("Registrant Organization", "Registrant Street", "Registrant City"),
        *("Registrant Postal Code", "Registrant Phone", "Registrant Phone Ext"),
        *("Registrant Fax", "Registrant Fax Ext", "Registrant Email"),
        *("Registry Tech ID", "Tech Name", "Tech Phone", "Tech Phone Ext", "Tech Email"),
    }
)

WORD = {
    PublicRole.REGISTRANT: "Registrant",
    PublicRole.ADMIN: "Admin",
    PublicRole.TECH: "Tech",
}

# The values of a party with the rest of their WHOIS key; the id's key begins otherwise.
_KEYS: tuple[tuple[str, str], ...] = (
    ("handle", "ID"),
    ("name", "Name"),
    ("org", "Organization"),
    ("street", "Street"),
    ("city", "City"),
    ("sp", "State/Province"),
    ("pc", "Postal Code"),
    ("cc", "Country"),
    ("voice", "Phone"),
    ("voice_ext", "Phone Ext"),
    ("fax", "Fax"),
    ("fax_ext", "Fax Ext"),
    ("email", "Email"),
)
_SLOT = {"Street": 2, "City": 3, "State/Province": 4, "Postal Code": 5}  # of `adr`
_TEL = {"Phone": "voice", "Phone Ext": "voice", "Fax": "fax", "Fax Ext": "fax"}

REASON = {
    Reason.POLICY: "Server policy",
    Reason.HOLDER: "The holder's wish",
    Reason.MODE: "The name's privacy mode",
    Reason.PROXY: "A privacy service stands in",
}
_NOT_PROVIDED = "Not provided"

# What the profile's checker misses where it is merely absent (D-32, conformance.md 4.7.10).
_EXPECTED = {
    PublicRole.REGISTRANT: frozenset({"name", "street", "city", "pc", "voice", "email"}),
    PublicRole.ADMIN: frozenset[str](),
    PublicRole.TECH: frozenset({"name", "voice", "email"}),
}

# How each value of `_KEYS` stands: withheld for a reason, not there, or shown.
State = Reason | bool
_values = attrgetter(*(member for member, _ in _KEYS))
_own_values = attrgetter(*(member for member, _ in _KEYS if member != "handle"))

_MOST_HIDDEN = 4096
_HIDDEN: dict[object, bytes] = {}


def domain_redactions(domain: PublishedDomain, place: Place) -> list[object]:
    """List what *domain* and its contacts leave out, each entry as finished JSON."""
    entries: list[object] = []
    profile = domain.notices.icann_profile
    if domain.handle is None and profile:
        # conformance.md 4.4.4
        entry = _removal("Registry Domain ID", f"{place.root}.handle", _NOT_PROVIDED)
        entries.append(orjson.Fragment(orjson.dumps(entry)))
    for party in _with_gaps(domain):
        path = f"{place.root}.entities[?(@.roles[0]=='{RDAP_ROLE[party.role]}')]"
        # conformance.md 4.7.12: a registrar replaces an address, a registry removes it.
        replaced = domain.at_registrar or isinstance(party.email, Withheld)
        entries += _party_entries(party, path, expected=profile, replaced=replaced)
    return entries


def finished_redactions(domain: PublishedDomain) -> orjson.Fragment | None:
    """List the same for a *domain* that is looked up, in one piece of JSON; ``None``: nothing."""
    profile = domain.notices.icann_profile
    parts = [_no_id()] if domain.handle is None and profile else []
    for party in _with_gaps(domain):
        replaced = domain.at_registrar or isinstance(party.email, Withheld)
        made = _joined(party, expected=profile, replaced=replaced)
        if made:
            parts.append(made)
    return orjson.Fragment(b"[%b]" % b",".join(parts)) if parts else None


def _with_gaps(domain: PublishedDomain) -> Iterable[Party]:
    """Give the contacts that may have an entry: what one lacks is missed by the profile alone."""
    if domain.notices.icann_profile:
        return domain.parties
    return [party for party in domain.parties if party.standing is not Standing.OPEN]


@cache
def _no_id() -> bytes:
    return orjson.dumps(_removal("Registry Domain ID", "$.handle", _NOT_PROVIDED))


def _joined(party: Party, *, expected: bool, replaced: bool) -> bytes:
    """Give the entries of *party* in a look-up, with commas between them.

    Parties of which neither name nor street is shown differ in little; reading how each of
    the others stands takes 3 µs.
    """
    handle = party.handle if isinstance(party.handle, Withheld) else not party.handle
    hidden = isinstance(party.name, Withheld) and isinstance(party.street, Withheld)
    key = (party.role, handle, _own_values(party), party.contact_uri, expected, replaced)
    made = _HIDDEN.get(key) if hidden else None
    if made is None:
        path = f"$.entities[?(@.roles[0]=='{RDAP_ROLE[party.role]}')]"
        entries = _party_entries(party, path, expected=expected, replaced=replaced)
        made = orjson.dumps(entries)[1:-1]
        if hidden:
            if len(_HIDDEN) >= _MOST_HIDDEN:
                _HIDDEN.clear()
            _HIDDEN[key] = made
    return made


def entity_redactions(entity: PublishedEntity, place: Place) -> list[object]:
    """List what a contact looked up by its handle leaves out (conformance.md 4.10.4)."""
    return list(_party_entries(entity.party, place.root, expected=False, replaced=True))


def _party_entries(
    party: Party, path: str, *, expected: bool, replaced: bool
) -> tuple[object, ...]:
    states: tuple[State, ...] = tuple(
        [value.reason if isinstance(value, Withheld) else not value for value in _values(party)]
    )
    form = replaced and form_url(party) is not None
    # The paths of search results hold their places; those of look-ups are few and stay.
    made = _entries_of_results if "SearchResults[" in path else _entries_of_look_ups
    return made(path, party.role, states, expected, has_address(party), form)


def _entries(  # noqa: PLR0917 - the cache's key
    path: str,
    role: PublicRole,
    states: tuple[State, ...],
    expected: bool,  # noqa: FBT001 - a key of the cache
    address: bool,  # noqa: FBT001 - a key of the cache
    form: bool,  # noqa: FBT001 - a key of the cache
) -> tuple[object, ...]:
    """Make the entries of one party as JSON."""
    wanted = _EXPECTED[role] if expected else frozenset[str]()
    entries = []
    for (member, key), state in zip(_KEYS, states, strict=True):
        why = _why(state, expected=member in wanted)
        if why is not None:
            name = f"Registry {WORD[role]} ID" if key == "ID" else f"{WORD[role]} {key}"
            entries.append(_entry(key, name, path, why, address=address, form=form))
    return tuple(orjson.Fragment(orjson.dumps(entry)) for entry in entries)


# Few kinds of party make up a zone, so what was made for one serves the next.
_entries_of_look_ups = lru_cache(maxsize=4096)(_entries)
_entries_of_results = lru_cache(maxsize=4096)(_entries)


def _why(state: State, *, expected: bool) -> str | None:
    """Tell why a value isn't shown; ``None`` for one that is, or that nobody misses."""
    if isinstance(state, Reason):
        return REASON[state]
    return _NOT_PROVIDED if state and expected else None


def _entry(key: str, name: str, path: str, why: str, *, address: bool, form: bool) -> JsonObject:
    """Make one entry, by the method and path of conformance.md 4.7.8's table."""
    card = f"{path}.vcardArray[1]"
    if key == "ID":
        return _removal(name, f"{path}.handle", why)
    if key == "Name":
        return _empty(name, f"{card}[?(@[0]=='fn')][3]", why)
    if key in _SLOT and address:
        return _empty(name, f"{card}[?(@[0]=='adr')][3][{_SLOT[key]}]", why)
    if key == "Country" and address:
        return _removal(name, f"{card}[?(@[0]=='adr')][1].cc", why)
    if key in _SLOT or key == "Country":
        return _removal(name, f"{card}[?(@[0]=='adr')]", why)
    if key in _TEL:
        return _removal(name, f"{card}[?(@[1].type=='{_TEL[key]}')]", why)
    if key == "Organization":
        return _removal(name, f"{card}[?(@[0]=='org')]", why)
    email = f"{card}[?(@[0]=='email')]"
    if form:  # conformance.md 4.6.9, 11.1.9
        return {
            **_begun(name, why, "replacementValue"),
            "prePath": email,
            "replacementPath": f"{card}[?(@[0]=='contact-uri')]",
        }
    return _removal(name, email, why)


def _removal(name: str, path: str, why: str) -> JsonObject:
    return {**_begun(name, why, "removal"), "prePath": path}


def _empty(name: str, path: str, why: str) -> JsonObject:
    return {**_begun(name, why, "emptyValue"), "postPath": path}


def _begun(name: str, why: str, method: str) -> JsonObject:
    kind = "type" if name in REGISTERED else "description"
    return {"name": {kind: name}, "reason": {"description": why}, "method": method}
