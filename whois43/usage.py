"""The help text (conformance.md 6.1.11)."""

from __future__ import annotations

from store.published import Help
from whois43.lines import clean

__all__ = ["help_lines"]

MOST_ZONES = 100

_FORMS = (
    "Questions, one line each:",
    "  NAME                 a domain name, or a name server below one",
    "  domain NAME          a domain name",
    "  nameserver NAME      a name server",
    "  nameserver ADDRESS   the name servers with an IPv4 or IPv6 address",
    "  registrar TEXT       a registrar by its name or IANA ID",
    "  help                 this text",
    "Names are read in any case, as A-labels or as UTF-8.",
    "The flag -C CHARSET before a question asks for ISO-8859-1 or US-ASCII in place of UTF-8.",
)


def help_lines(shown: Help, limits: tuple[str, ...] = ()) -> list[str]:
    """Name the forms of a question, the zones served, and the *limits* of a client, if any."""
    lines = [*_FORMS, "", "Zones served here:"]
    lines += [f"  {clean(zone)}" for zone in shown.zones[:MOST_ZONES]]
    if len(shown.zones) > MOST_ZONES:
        lines.append(f"  and {len(shown.zones) - MOST_ZONES} more")
    if limits:
        lines += ["", "Limits:", *(f"  {clean(limit)}" for limit in limits)]
    return lines
