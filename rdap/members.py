"""Members that every object class shares: links, events, notices (RFC 9083 §4)."""

from __future__ import annotations

import re
from datetime import datetime

from rdap.text import clean, escape_url, instant, path_segment, web_url
from store.published import Notices
from store.values import value

__all__ = [
    "MEDIA_TYPE",
    "JsonObject",
    "Place",
    "age_notice",
    "asked_url",
    "conformance",
    "event_list",
    "link",
    "notice",
    "self_link",
    "terms_notice",
    "without_empty",
]

JsonObject = dict[str, object]

_PLAIN = re.compile(r"[A-Za-z0-9/?:@!$&'()*+,;=~_.-]*")  # what `escape_url` leaves as it is

MEDIA_TYPE = "application/rdap+json"
# conformance.md 4.2.1: the gTLD RDAP profile of February 2024.
PROFILE = ("icann_rdap_response_profile_1", "icann_rdap_technical_implementation_guide_1")


@value(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an answer stands: the URL as it was asked for and the base of all others.

    ``value`` keeps the asker's letter case and query string (conformance.md 11.1.5)
    and is ASCII; ``base`` is the configured public URL, never the ``Host`` header.
    ``root`` is the JSONPath of the object in its answer (conformance.md 1.6.12).
    ``jscontact``: JSContact cards were asked for, beside the jCards (2.3.4).
    """

    value: str
    base: str
    root: str = "$"
    jscontact: bool = False


def conformance(*used: str, profile: bool = True) -> list[str]:
    """List what an answer follows: the ids that it really uses (conformance.md 1.7.1).

    *profile*: it is held to ICANN's gTLD profile, as every error is.
    """
    return ["rdap_level_0", *(PROFILE if profile else ()), *used]


def asked_url(target: str, *, base: str, prefix: str) -> str:
    """Give the URL that a client asked for, from the raw request target.

    *target* is in origin-form. What may not stand in a URL is escaped, so that no
    text of a client reaches an answer as it came (conformance.md 1.3.5).

    >>> asked_url("/rdap/domain/Shop.Example?_=1", base="https://x.example/rdap/", prefix="/rdap/")
    'https://x.example/rdap/domain/Shop.Example?_=1'
    """
    if _PLAIN.fullmatch(target):
        return base + target.removeprefix(prefix)
    return base + escape_url(target.partition("#")[0].removeprefix(prefix))


def link(
    place: Place, *, rel: str, href: str, media_type: str, value: str | None = None
) -> JsonObject:
    """Make a link (RFC 9083 §4.2); its ``value`` is the URL asked for unless given."""
    return {
        "value": place.value if value is None else value,
        "rel": rel,
        "href": href,
        "type": media_type,
    }


def self_link(place: Place, kind: str, identifier: str) -> JsonObject:
    """Link an object to its own look-up, ``kind/identifier`` below the public URL."""
    href = f"{place.base}{kind}/{path_segment(identifier)}"
    return {"value": place.value, "rel": "self", "href": href, "type": MEDIA_TYPE}


def event_list(as_of: datetime | None, **dates: datetime | None) -> list[JsonObject]:
    """List the events that have a date, in the order given (RFC 9083 §4.5).

    Keywords are actions with underscores for blanks. *as_of* is the store's last
    commit and stands on the topmost object only (conformance.md 4.4.8).
    """
    events: list[JsonObject] = [
        {"eventAction": action.replace("_", " "), "eventDate": instant(date)}
        for action, date in dates.items()
        if date is not None
    ]
    if as_of is not None:
        events.append({"eventAction": "last update of RDAP database", "eventDate": instant(as_of)})
    return events


def notice(title: str, *description: str, links: tuple[JsonObject, ...] = ()) -> JsonObject:
    """Make a notice (RFC 9083 §4.3)."""
    made: JsonObject = {"title": title, "description": list(description)}
    if links:
        made["links"] = list(links)
    return made


def age_notice(as_of: datetime) -> JsonObject:
    """Say that nobody vouches for there being no change after *as_of*."""
    return notice(
        "Possibly Out of Date",
        "The registry's store cannot be reached at present.",
        f"Changes made after {instant(as_of)} may be missing from this answer.",
    )


def terms_notice(notices: Notices, place: Place) -> JsonObject:
    """Make the terms-of-service notice (conformance.md 4.3.3); help stands in for a page."""
    url = web_url(notices.terms_url)
    page = link(
        place,
        rel="terms-of-service",
        href=url or f"{place.base}help",
        media_type="text/html" if url else MEDIA_TYPE,
    )
    lines = [clean(line) for line in notices.terms] or ["The terms of use are at the link."]
    return notice("Terms of Service", *lines, links=(page,))


def without_empty(members: JsonObject) -> JsonObject:
    """Leave out members without a value (conformance.md 1.7.13, 1.7.14); false and 0 stay."""
    return {key: value for key, value in members.items() if value or value is False or value == 0}
