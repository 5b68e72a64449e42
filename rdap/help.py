"""The help answer (RFC 9083 §7): what is served, and on what terms."""

from __future__ import annotations

from rdap.members import JsonObject, notice
from rdap.search.help import searches_notice
from rdap.search.offers import Offers
from store.published import Help

__all__ = ["help_notices"]


def help_notices(page: Help, offers: Offers, limits: tuple[str, ...] = ()) -> list[JsonObject]:
    """Make the notices that say what this server answers (conformance.md 1.11.1)."""
    return [
        notice(
            "Lookups",
            "domain/NAME, nameserver/NAME, entity/HANDLE and help are answered.",
            "A name may be written in A-labels or U-labels, in any letter case.",
            "An entity is a registrar, by its IANA id, or a contact, by its handle.",
        ),
        notice("Zones", *(page.zones or ("No zone is served at present.",))),
        searches_notice(offers),
        *([notice("Limits", *limits)] if limits else []),
        notice("Authentication", "None is asked for: every answer is for everybody."),
    ]
