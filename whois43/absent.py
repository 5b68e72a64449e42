"""The first line of an answer that shows no record (conformance.md 6.8)."""

from __future__ import annotations

from store.published import Absence, PublishedDomain, PublishedHost, PublishedRegistrar
from store.queries import Absent
from whois43.lines import clean

__all__ = ["absent_line"]


def absent_line(absent: Absent) -> str:
    """Say why nothing is shown.

    Clients look for "no match" and take the name for free, so only a name that
    is not registered gets these words (conformance.md 11.2.2): a name of another
    registry's, a reserved and a blocked one do not.
    """
    name = clean(absent.name or "").upper()
    match absent.absence:
        case Absence.RESERVED:
            return f"Reserved: {name}"
        case Absence.BLOCKED:
            by = clean(absent.by or "")
            return f"Blocked by {by}: {name}" if by else f"Blocked: {name}"
        case Absence.UNSERVED if name:
            # conformance.md 6.2.8
            return f'The name "{name}" is not served here.'
        case Absence.UNSERVED | Absence.NOT_FOUND:
            return _not_found_line(absent, name)


def _not_found_line(absent: Absent, name: str) -> str:
    if absent.asked is PublishedHost:
        return "No nameservers found."
    if absent.asked is PublishedRegistrar or not name:
        return "No registrar found."
    if absent.asked is PublishedDomain:
        return f'No match for "{name}".'  # conformance.md 11.2.5
    return "Nothing found."
