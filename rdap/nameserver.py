"""The nameserver object, inside a domain and looked up by name (RFC 9083 §5.2)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

import orjson

from rdap.members import JsonObject, Place, event_list, self_link, without_empty
from rdap.registrar import nested_registrar
from rdap.statuses import status_list
from rdap.text import clean
from store.names import Address
from store.published import PublishedHost

__all__ = ["nameserver_object", "nested_nameserver"]

_MOST_FINISHED = 4096  # some 2 MB
_FINISHED: dict[object, orjson.Fragment] = {}


def nested_nameserver(host: PublishedHost, place: Place) -> object:
    """Make the nameserver object of a delegation (conformance.md 1.8.7, 4.9.1).

    A few hosts serve most names. One without addresses is told apart by little: it is kept
    as finished JSON.
    """
    if host.addresses:
        return _nested(host, place)
    key = (host.name, host.handle, host.unicode_name, host.statuses, place.value, place.base)
    made = _FINISHED.get(key)
    if made is None:
        if len(_FINISHED) >= _MOST_FINISHED:
            _FINISHED.clear()
        made = _FINISHED[key] = orjson.Fragment(orjson.dumps(_nested(host, place)))
    return made


def _nested(host: PublishedHost, place: Place) -> JsonObject:
    links = [self_link(place, "nameserver", host.name)]
    return without_empty({**_members(host), "links": links})


def nameserver_object(host: PublishedHost, place: Place, *, as_of: datetime | None) -> JsonObject:
    """Make a name server as the topmost object; *as_of* is the store's last commit.

    An unknown registrar is left out: its entity is optional (conformance.md 4.9.5).
    """
    registrar = host.registrar
    return without_empty(
        {
            **_members(host),
            "events": event_list(as_of, registration=host.created, last_changed=host.updated),
            "entities": [] if registrar is None else [nested_registrar(registrar, place)],
            "links": [self_link(place, "nameserver", host.name)],
        }
    )


def _members(host: PublishedHost) -> JsonObject:
    return {
        "objectClassName": "nameserver",
        "handle": None if host.handle is None else clean(host.handle),
        "ldhName": host.name,
        "unicodeName": host.unicode_name,
        "status": status_list(host.statuses),
        "ipAddresses": _addresses(host.addresses),
    }


@lru_cache(maxsize=4096)
def _spelled(address: Address) -> str:
    return str(address)  # four microseconds for one of IPv6, and a few hosts serve most names


def _addresses(addresses: Collection[Address]) -> JsonObject:
    if not addresses:
        return {}
    # RFC 5952 is how Python writes an IPv6 address.
    families: dict[int, list[str]] = {4: [], 6: []}
    for address in addresses:
        families[address.version].append(_spelled(address))
    return without_empty({"v4": families[4], "v6": families[6]})
