"""The record of a registrar (conformance.md 6.7)."""

from __future__ import annotations

from store.published import PublishedRegistrar
from whois43.lines import put

__all__ = ["is_own", "put_server", "registrar_lines"]


def is_own(server: str, own_name: str | None) -> bool:
    """Tell whether *server* is this one, *own_name* in inner form."""
    return own_name is not None and server.strip().lower().rstrip(".") == own_name


def put_server(lines: list[str], registrar: PublishedRegistrar, own_name: str | None) -> None:
    """Add the line of the registrar's WHOIS server, unless that is this one.

    Clients follow it, and would come back for ever (conformance.md 11.2.3). *own_name*
    is this server's host name in inner form.
    """
    server = registrar.whois_server
    if server and not is_own(server, own_name):
        put(lines, "Registrar WHOIS Server", server)


def registrar_lines(registrar: PublishedRegistrar, own_name: str | None = None) -> list[str]:
    """Give the record of *registrar*; *own_name* as in :func:`put_server`."""
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
    put_server(lines, registrar, own_name)
    put(lines, "Registrar URL", registrar.url)
    return lines
