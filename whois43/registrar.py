"""The record of a registrar (conformance.md 6.7)."""

from __future__ import annotations

from store.published import PublishedRegistrar
from whois43.lines import put

__all__ = ["registrar_lines"]


def registrar_lines(registrar: PublishedRegistrar) -> list[str]:
    """Give the record of *registrar*."""
    lines: list[str] = []
    put(lines, "Registrar", registrar.name)
    for part in registrar.street:
        put(lines, "Street", part)
    put(lines, "City", registrar.city)
    put(lines, "State/Province", registrar.sp)
    put(lines, "Postal Code", registrar.pc)
    put(lines, "Country", registrar.cc)
    put(lines, "Phone Number", registrar.voice)
    put(lines, "Phone Ext", registrar.voice_ext)  # conformance.md 6.3.7: a key of its own
    put(lines, "Fax Number", registrar.fax)
    put(lines, "Fax Ext", registrar.fax_ext)
    put(lines, "Email", registrar.email)
    put(lines, "Registrar WHOIS Server", registrar.whois_server)
    put(lines, "Registrar URL", registrar.url)
    return lines
