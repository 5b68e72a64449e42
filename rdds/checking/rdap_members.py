"""Members that several RDAP classes share, read into facts (RFC 9083 §4)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from rdds.checking.facts import STAMP, Gathering
from rdds.checking.json_members import Members
from rdds.checking.neutral import neutral_instant, neutral_url
from rdds.checking.rdap_statuses import EPP_STATUS

__all__ = ["LINK_ASIDE", "base_url", "gather_class", "gather_events", "status_words"]

# RFC 9083 §10.2.3.
_DATES: Mapping[str, str] = MappingProxyType(
    {
        "registration": "Creation Date",
        "last changed": "Updated Date",
        "expiration": "Registry Expiry Date",
        "registrar expiration": "Registrar Registration Expiration Date",
        "transfer": "Transfer Date",
        "last update of RDAP database": STAMP,
    }
)

LINK_ASIDE = ("type", "title", "hreflang", "media")


def gather_class(found: Members, expected: str, gathering: Gathering) -> None:
    """Say where *found* has another object class than *expected*."""
    name = found.text("objectClassName")
    if name != expected:
        gathering.add("RDAP member objectClassName", name or "(none)")


def status_words(found: Members) -> list[str]:
    """Take the statuses of *found* in EPP's words (RFC 8056)."""
    return [EPP_STATUS.get(status, status) for status in found.texts("status")]


def gather_events(found: Members, gathering: Gathering, prefix: str) -> None:
    """Add the dates of *found* under keys that begin with *prefix*."""
    for event in found.objects("events"):
        action, date = event.text("eventAction") or "", event.text("eventDate") or ""
        key = _DATES.get(action, f"Event {action}")
        gathering.add(f"{prefix} {key}".strip(), neutral_instant(date))
        event.end()


def base_url(url: str) -> str:
    """Spell an RDAP base URL with the slash at its end."""
    url = neutral_url(url)
    return url if not url or url.endswith("/") else f"{url}/"
